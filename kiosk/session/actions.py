"""What is remembered and what is asked for on the way from state to state. Each action changes the visit and gives commands.

Small functions of (session, event), named as the tables read: `To(State.ASKING, keep_signature)`.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeVar

from hardware.interfaces import Outcome
from kiosk.session import commands, events
from kiosk.session.commands import Command
from kiosk.session.events import Event
from kiosk.session.states import Reason
from kiosk.session.visit import Visit

if TYPE_CHECKING:
    from kiosk.session.session import Session

Action = Callable[["Session", Event | None], Iterable[Command]]
E = TypeVar("E", bound=Event)


def visit_of(session: "Session") -> Visit:
    """The present visit; a table that reaches here without one is wrong."""
    if session.visit is None:
        raise AssertionError(f"no visit in {session.state}")
    return session.visit


def _is(event: Event | None, kind: type[E]) -> E:
    if not isinstance(event, kind):
        raise AssertionError(f"{kind.__name__} expected, not {type(event).__name__}")
    return event


def staff_code(session: "Session", reason: str) -> str:
    """Short, for the telephone: where it ended and the visit's number. Holds no personal data."""
    return f"{reason.replace('_', '-').upper()} {session.visit.number if session.visit else session.visits:04d}"


# -- remembering ------------------------------------------------------------------------------------------------------


def keep_language(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).language = _is(event, events.LanguageChosen).language
    return ()


def keep_topic(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).topic = _is(event, events.TopicChosen).topic
    return ()


def keep_ease(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).ease = _is(event, events.EaseChosen).ease
    return ()


def keep_service(session: "Session", event: Event | None) -> Iterable[Command]:
    visit, chosen = visit_of(session), _is(event, events.ServiceChosen)
    visit.service, visit.about = chosen.service, chosen.about
    return ()


def keep_counter(session: "Session", event: Event | None) -> Iterable[Command]:
    """Which insertion this visit is about: another counter is another card."""
    visit_of(session).card_counter = session.levels.counter
    return ()


def keep_card(session: "Session", event: Event | None) -> Iterable[Command]:
    read, visit = _is(event, events.CardWasRead), visit_of(session)
    visit.certificate, visit.tries_left, visit.pin_was_wrong, visit.pin_entered = read.certificate, read.tries_left, False, 0
    return ()


def keep_count(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).pin_entered = _is(event, events.PinCount).entered
    return ()


def forget_count(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).pin_entered = 0
    return ()


def pins_differ(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    visit.pins_differed, visit.pin_was_wrong, visit.pin_entered = True, False, 0
    return ()


def result(name: str, paper: str = "") -> Action:
    """How a service that issues nothing has ended."""

    def keep(session: "Session", event: Event | None) -> Iterable[Command]:
        visit = visit_of(session)
        visit.result, visit.paper = name, paper
        return ()

    return keep


def keep_tries(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    visit.tries_left, visit.pin_was_wrong, visit.pin_entered = _is(event, events.PinWrong).tries_left, True, 0
    visit.pins_differed = False
    return ()


def keep_area(session: "Session", event: Event | None) -> Iterable[Command]:
    """What stands in the service's area, and of that what the end of the visit tells."""
    visit = visit_of(session)
    booked = next((slot.booking for slot in visit.area.slots or () if slot.id == visit.slot), None)  # of what could be had before
    if isinstance(event, events.AreaRead | events.AreaWritten):
        visit.area = event.record
    facts = [("number", visit.area.number)] if visit.area.number else []
    if booked is not None:
        facts = [("place", booked.place), ("day", booked.day), ("time", booked.hours), *facts]
    if visit.area.entitlement is not None:
        facts = [("entitlement", visit.area.entitlement.title), ("until", visit.area.entitlement.until)]
    visit.facts = tuple(facts)
    return ()


def keep_area_tries(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    visit.tries_left, visit.pin_was_wrong, visit.pin_entered = _is(event, events.AreaWantsPin).tries_left, False, 0
    return ()


def choose_slot(session: "Session", event: Event | None) -> Iterable[Command]:
    """The same again takes it back."""
    visit, slot = visit_of(session), _is(event, events.SlotChosen).slot
    visit.slot = "" if visit.slot == slot else slot
    return ()


def choose_use(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).use = _is(event, events.UseChosen).use
    return ()


def choose_rating(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).rating = _is(event, events.RatingChosen).rating
    return ()


def keep_nonce(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    visit.nonce = _is(event, events.NonceCame).nonce
    yield commands.ProveCard(visit.id, visit.nonce)


def keep_signature(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).signature = _is(event, events.Proved).signature
    return ()


def keep_household(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    visit.household = _is(event, events.HouseholdCame).household
    visit.persons = frozenset(member.number for member in visit.household.members if member.holder)
    visit.items = frozenset()
    return ()


def toggle_person(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    visit.persons = visit.persons ^ {_is(event, events.PersonToggled).number}
    return ()


def choose_persons(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    if visit.household is not None:
        whole = _is(event, events.PersonsChosen).whole
        visit.persons = frozenset(member.number for member in visit.household.members if whole or member.holder)
    return ()


def toggle_item(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    visit.items = visit.items ^ {_is(event, events.ItemToggled).item}
    return ()


def change_copies(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    visit.copies = min(session.place.most_copies, max(1, visit.copies + _is(event, events.CopiesChanged).by))
    return ()


def keep_document(session: "Session", event: Event | None) -> Iterable[Command]:
    ready, visit = _is(event, events.DocumentReady), visit_of(session)
    visit.extract, visit.answer, visit.pages, visit.preview = ready.extract, ready.answer, ready.pages, None
    return ()


def keep_obstacle(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).reason = _is(event, events.DocumentReady).obstacle or Reason.FAULT
    return ()


def keep_preview(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).preview = _is(event, events.PreviewReady).preview
    return ()


def keep_inserted(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).inserted = _is(event, events.MoneyInserted).inserted
    return ()


def keep_paid(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    visit.paid = visit.fee(session.place)
    return ()


def keep_issue(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).issue = _is(event, events.Issued).issue
    return ()


def keep_progress(session: "Session", event: Event | None) -> Iterable[Command]:
    progress, visit = _is(event, events.Printing), visit_of(session)
    visit.printed, visit.bands = progress.printed, progress.of
    return ()


def keep_outcome(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    if isinstance(event, events.PrintEnded):
        visit.outcome, visit.on_paper, visit.cause, visit.copies_out = event.outcome, event.on_paper, event.cause, event.copies
    else:
        visit.outcome = Outcome.UNKNOWN
    return ()


def want_stop(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).stop_wanted = True
    return ()


def keep_reason(session: "Session", event: Event | None) -> Iterable[Command]:
    reason = getattr(event, "reason", None)
    visit_of(session).reason = reason if isinstance(reason, Reason) else Reason.FAULT
    return ()


def because(reason: Reason) -> Action:
    """The same for ends that no event explains."""

    def keep(session: "Session", event: Event | None) -> Iterable[Command]:
        visit_of(session).reason = reason
        return ()

    return keep


def keep_slip(session: "Session", event: Event | None) -> Iterable[Command]:
    visit_of(session).slip_printed = isinstance(event, events.SlipEnded) and event.printed
    return ()


def left_behind(what: str) -> Action:
    def keep(session: "Session", event: Event | None) -> Iterable[Command]:
        session.left_behind = what
        return ()

    return keep


# -- asking -----------------------------------------------------------------------------------------------------------


def make_preview(session: "Session", event: Event | None) -> Iterable[Command]:
    if (extract := visit_of(session).extract) is not None:
        yield commands.MakePreview(extract)


def print_slip(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    yield commands.PrintSlip(visit.reason, visit.language, f"{visit.number:04d}")


def print_receipt(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    numbers = tuple(copy.number for copy in visit.issue.copies) if visit.issue else ()
    yield commands.PrintReceipt(visit.language, numbers, visit.paid)


def void_issue(reason: str) -> Action:
    def void(session: "Session", event: Event | None) -> Iterable[Command]:
        yield commands.VoidIssue(visit_of(session).id, reason)

    return void


def void_unprinted(session: "Session", event: Event | None) -> Iterable[Command]:
    """For a card left behind: an issue that was waiting for it is void; a visit without one has nothing to void."""
    visit = visit_of(session)
    if visit.issue is not None and visit.outcome is None:
        yield commands.VoidIssue(visit.id, "card_left")


def give_back(session: "Session", event: Event | None) -> Iterable[Command]:
    """Money that was taken for paper that will not come."""
    if session.visit is not None and (session.visit.paid or session.visit.inserted):
        yield commands.GiveBack()


def give_back_if_void(session: "Session", event: Event | None) -> Iterable[Command]:
    """Unknown paper is for staff to look at first."""
    if visit_of(session).outcome is Outcome.VOIDED:
        yield from give_back(session, event)


def give(command: Command) -> Action:
    def given(session: "Session", event: Event | None) -> Iterable[Command]:
        return (command,)

    given.__name__ = type(command).__name__
    return given


def call_staff(session: "Session", event: Event | None) -> Iterable[Command]:
    yield commands.CallStaff(staff_code(session, session.state))
