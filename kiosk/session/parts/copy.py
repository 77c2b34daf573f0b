"""The copy of the resident record: whom, which items, how many; checked, paid for, issued."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from jukinet.messages import Item
from kiosk.session import actions as do
from kiosk.session import commands, way
from kiosk.session import events as on
from kiosk.session import view as show
from kiosk.session.actions import visit_of
from kiosk.session.commands import Command
from kiosk.session.events import Event
from kiosk.session.limit import Limit
from kiosk.session.part import BACK_STOP, STOP, Actions, Part, Show, Shows
from kiosk.session.states import Reason, State, Step
from kiosk.session.way import Choice, Row, To, stay

if TYPE_CHECKING:
    from kiosk.session.session import Session

# Nothing has been printed and nothing will be: whatever the node did, this visit has no paper.
_VOID = (do.void_issue("issue_unanswered"), do.give_back)

ROWS: dict[State, Row] = {
    State.ASKING: {
        on.HouseholdCame: To(State.CHOOSE_PERSONS, do.keep_household),
        on.AskFailed: way.FAILED,
        on.CommandFailed: way.FAULT,
        on.Stop: way.HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.NETWORK)),
    },
    State.CHOOSE_PERSONS: {
        on.PersonToggled: stay(do.toggle_person),
        on.PersonsChosen: stay(do.choose_persons),
        on.Forward: Choice(way.somebody_chosen, {True: To(State.CHOOSE_ITEMS), False: stay()}),
        on.Back: To(State.CHOOSE_SERVICE),
        **way.LEAVE,
    },
    State.CHOOSE_ITEMS: {
        on.ItemToggled: stay(do.toggle_item),
        on.Forward: To(State.CHOOSE_COPIES),
        on.Back: To(State.CHOOSE_PERSONS),
        **way.LEAVE,
    },
    State.CHOOSE_COPIES: {
        on.CopiesChanged: stay(do.change_copies),
        on.Forward: To(State.PREPARING),
        on.Back: To(State.CHOOSE_ITEMS),
        **way.LEAVE,
    },
    State.PREPARING: {
        on.DocumentReady: Choice(
            way.enough_paper,
            {True: To(State.CONFIRM, do.keep_document), False: To(State.REFUSED, do.keep_obstacle)},
        ),
        on.Undrawable: To(State.NOT_TODAY, do.because(Reason.COUNTER)),
        on.AskFailed: way.FAILED,
        on.CommandFailed: way.FAULT,
        on.Stop: way.HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.NETWORK)),
    },
    State.CONFIRM: {
        on.Yes: Choice(way.costs_something, {True: To(State.PAY), False: To(State.ISSUING)}),
        on.PreviewWanted: stay(do.make_preview),
        on.PreviewReady: stay(do.keep_preview),
        on.CommandFailed: stay(),
        on.Back: To(State.CHOOSE_COPIES),
        **way.LEAVE,
    },
    State.PAY: {
        on.MoneyInserted: stay(do.keep_inserted),
        on.Paid: To(State.ISSUING, do.keep_paid),
        on.PaymentFailed: To(State.REFUSED, do.because(Reason.FAULT), do.give_back),
        on.CommandFailed: To(State.REFUSED, do.because(Reason.FAULT), do.give_back),
        on.Stop: To(State.TAKE_CARD_BACK, do.give_back),
        on.TimeUp: To(State.TAKE_CARD_BACK, do.give_back),
    },
    State.ISSUING: {
        on.Issued: Choice(
            way.stop_wanted, {True: To(State.STOPPING, do.keep_issue, do.void_issue("stopped")), False: To(State.TAKE_CARD, do.keep_issue)}
        ),
        on.AskFailed: Choice(
            way.today,
            {True: To(State.REFUSED, do.keep_reason, *_VOID), False: To(State.NOT_TODAY, do.keep_reason, *_VOID)},
        ),
        on.CommandFailed: To(State.REFUSED, do.because(Reason.FAULT), *_VOID),
        on.TimeUp: To(State.REFUSED, do.because(Reason.NETWORK), *_VOID),
        on.Stop: stay(do.want_stop),
    },
}


def _ask_household(session: "Session", event: Event | None) -> Iterable[Command]:
    yield commands.AskHousehold(do.visit_of(session).proof)


def _prepare(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = do.visit_of(session)
    yield commands.PrepareDocument(visit.proof, tuple(sorted(visit.persons)), tuple(sorted(visit.items)), visit.copies)


def _collect(session: "Session", event: Event | None) -> Iterable[Command]:
    yield commands.Collect(do.visit_of(session).fee(session.place))


def _issue(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = do.visit_of(session)
    if visit.extract is not None:
        yield commands.IssueDocument(visit.proof, visit.extract, visit.answer, visit.copies, visit.pages)


ENTRY: dict[State, tuple[do.Action, ...]] = {
    State.ASKING: (_ask_household,),
    State.PREPARING: (_prepare,),
    State.PAY: (_collect,),
    State.ISSUING: (_issue,),
}

LIMITS: dict[State, Limit | None] = {
    # Kiosk -> own town -> centre and home town.
    State.ASKING: Limit(20),
    # Data screens: VVSG 2.0 allows 2-5 min idle.
    State.CHOOSE_PERSONS: Limit(120, warns=True),
    State.CHOOSE_ITEMS: Limit(120, warns=True),
    State.CHOOSE_COPIES: Limit(120, warns=True),
    State.PREPARING: Limit(20),
    State.CONFIRM: Limit(120, warns=True),
    State.PAY: Limit(60, warns=True),
    # After this the outcome is voided through the outbox, whatever the node did.
    State.ISSUING: Limit(20),
}


def _choose_persons(session: "Session") -> Shows:
    visit = visit_of(session)
    members = visit.household.members if visit.household else []
    actions: Actions = {f"persons.{member.number}": on.PersonToggled(member.number) for member in members}
    if len(members) > 1:
        actions |= {"persons.all": on.PersonsChosen(True), "persons.self": on.PersonsChosen(False)}
    if visit.persons:
        actions["persons.next"] = on.Forward()
    choices = tuple(
        show.PersonChoice(member.number, member.name, member.kana, member.number in visit.persons, member.holder) for member in members
    )
    return show.PersonsShown(choices, visit.household.town_name if visit.household else ""), actions | BACK_STOP


def _choose_items(session: "Session") -> Shows:
    visit = visit_of(session)
    offered = [item for item in Item if visit.household and item in visit.household.items]
    actions: Actions = {f"items.{item}": on.ItemToggled(item) for item in offered}
    choices = tuple(show.ItemChoice(item, item in visit.items) for item in offered)
    return show.ItemsShown(choices), actions | {"items.next": on.Forward()} | BACK_STOP


def _choose_copies(session: "Session") -> Shows:
    visit = visit_of(session)
    actions: Actions = {"copies.next": on.Forward()}
    if visit.copies > 1:
        actions["copies.less"] = on.CopiesChanged(-1)
    if visit.copies < session.place.most_copies:
        actions["copies.more"] = on.CopiesChanged(1)
    return show.CopiesShown(visit.copies, session.place.most_copies), actions | BACK_STOP


def _confirm(session: "Session") -> Shows:
    visit = visit_of(session)
    members = visit.household.members if visit.household else []
    chosen = [member for member in members if member.number in visit.persons]
    actions: Actions = {"confirm.yes": on.Yes(), "confirm.preview": on.PreviewWanted()}
    shown = show.ConfirmShown(
        persons=tuple(member.name for member in chosen),
        items=tuple(sorted(visit.items)),
        copies=visit.copies,
        fee=visit.fee(session.place),
        pages=visit.pages * visit.copies,
        preview=visit.preview,
        kana=tuple(member.kana for member in chosen),
    )
    return shown, actions | BACK_STOP


def _pay(session: "Session") -> Shows:
    visit = visit_of(session)
    return show.PayShown(visit.fee(session.place), visit.inserted), dict(STOP)


SHOWS: dict[State, Show] = {
    State.CHOOSE_PERSONS: _choose_persons,
    State.CHOOSE_ITEMS: _choose_items,
    State.CHOOSE_COPIES: _choose_copies,
    State.CONFIRM: _confirm,
    State.PAY: _pay,
}

PART = Part(
    rows=ROWS,
    entry=ENTRY,
    limits=LIMITS,
    shows=SHOWS,
    steps={State.ASKING: Step.RECORD, State.PREPARING: Step.DOCUMENT, State.ISSUING: Step.ISSUE},
    holds=frozenset(ROWS) - {State.ISSUING},
    proved=To(State.ASKING, do.keep_signature),
)
