"""Session -> View: what each state shows and what can be pressed there. One function a state, total over State."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from hardware.interfaces import Media, PrinterState
from jukinet.messages import Item
from kiosk.session import events as on
from kiosk.session import view as show
from kiosk.session.actions import staff_code, visit_of
from kiosk.session.ease import choices
from kiosk.session.events import Event
from kiosk.session.levels import Hours, Staff
from kiosk.session.rules import leftovers, trouble
from kiosk.session.session import Session
from kiosk.session.states import PinName, Reason, State, Step
from kiosk.session.view import View

Actions = dict[str, Event]
Shows = tuple[show.Shown, Actions]

PIN_LENGTH = 4
# A JPKI PIN for user authentication allows three tries; fewer left are told.
PIN_TRIES = 3
# The picture of the growing paper moves in so many steps: each is a frame, and the printer's worker wants the processor too.
PRINT_PARTS = 5
# Who can help, by what stands in the way (`why.*`); everything else recovers by itself.
_ACTS = {
    "journal": "maintenance",
    "staff": "clear",
    "reader": "clear",
    "starting": "suspend",
    "network_suspended": "configuration",
    "network_down": "suspend",
    "printer_hot": "suspend",
    "printer_unknown": "suspend",
}

_STOP: Actions = {"stop": on.Stop()}
_BACK_STOP: Actions = {"back": on.Back(), **_STOP}
_OK: Actions = {"ok": on.Forward()}
_STEPS = {
    State.READING: Step.CARD,
    State.PROVING: Step.PROOF,
    State.ASKING: Step.RECORD,
    State.PREPARING: Step.DOCUMENT,
    State.ISSUING: Step.ISSUE,
}


def view(session: Session) -> View:
    """The whole screen as a value."""
    shown, actions = SHOWS[session.state](session)
    if session.visit is not None:
        language = session.visit.language
        if session.state in _TALKING:
            actions |= {f"language.{other}": on.LanguageChosen(other) for other in session.place.languages}
            actions |= {action: on.EaseChosen(ease) for action, ease in choices(session.ease)}
        if not session.visit.staff_called:
            actions["help.staff"] = on.StaffWanted()
        if session.countdown is not None:
            actions |= {"more_time": on.MoreTime()}
    else:
        language = session.place.languages[0]
    number, called = (session.visit.number, session.visit.staff_called) if session.visit is not None else (0, False)
    return View(session.state, session.serial, language, shown, actions, session.countdown, session.ease, number, called)


# States in which the resident decides, and may so change the language too.
_TALKING = frozenset(
    {
        State.CHOOSE_SERVICE,
        State.INSERT_CARD,
        State.ENTER_PIN,
        State.CHOOSE_PERSONS,
        State.CHOOSE_ITEMS,
        State.CHOOSE_COPIES,
        State.CONFIRM,
        State.PAY,
        State.RECEIPT,
        State.REFUSED,
        State.NOT_TODAY,
    }
)


def _nothing(session: Session) -> Shows:
    return show.Nothing(), {}


def _attract(session: Session) -> Shows:
    place = session.place
    actions: Actions = {"attract.start": on.Touched()}
    actions |= {f"language.{language}": on.LanguageChosen(language) for language in place.languages}
    actions |= {action: on.EaseChosen(ease) for action, ease in choices(session.ease)}
    return show.AttractShown(place.services, place.town_name, place.opens, place.closes, place.languages), actions


def _closed(session: Session) -> Shows:
    place = session.place
    why = trouble(session.levels) or leftovers(session.levels) or (session.left_behind and "staff")
    if not why:
        why = "hours" if session.levels.hours is not Hours.OPEN else "starting"
    if session.levels.staff is not Staff.OFF:
        why = "staff"
    acts = _ACTS.get(why, "clear")
    return show.ClosedShown(why, acts, staff_code(session, why), place.opens, place.closes, place.contact), {}


def _choose_service(session: Session) -> Shows:
    place = session.place
    actions: Actions = {f"service.{service}": on.ServiceChosen(service) for service in place.services}
    return show.ServicesShown(place.services, place.languages), actions | _STOP


def _insert_card(session: Session) -> Shows:
    media = session.levels.media
    return show.InsertCardShown(media is Media.MUTE, media is Media.SEVERAL), dict(_BACK_STOP)


def _wait(session: Session) -> Shows:
    steps = list(Step)
    step = _STEPS[session.state]
    return show.WaitShown(step, steps.index(step) + 1, len(steps)), dict(_STOP)


def _enter_pin(session: Session) -> Shows:
    visit = visit_of(session)
    tries = visit.tries_left if visit.tries_left is not None and visit.tries_left < PIN_TRIES else None
    actions: Actions = {f"pin.{digit}": on.PinKey(digit) for digit in range(10)}
    actions["pin.erase"] = on.PinKey(-1)
    actions["pin.shuffle"] = on.EaseChosen(replace(visit.ease, shuffle=not visit.ease.shuffle))
    if visit.pin_entered == PIN_LENGTH:
        actions["pin.done"] = on.Forward()
    shown = show.PinShown(PinName.USER_AUTHENTICATION, visit.pin_entered, PIN_LENGTH, tries, visit.pin_was_wrong)
    return shown, actions | _BACK_STOP


def _choose_persons(session: Session) -> Shows:
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
    return show.PersonsShown(choices, visit.household.town_name if visit.household else ""), actions | _BACK_STOP


def _choose_items(session: Session) -> Shows:
    visit = visit_of(session)
    offered = [item for item in Item if visit.household and item in visit.household.items]
    actions: Actions = {f"items.{item}": on.ItemToggled(item) for item in offered}
    choices = tuple(show.ItemChoice(item, item in visit.items) for item in offered)
    return show.ItemsShown(choices), actions | {"items.next": on.Forward()} | _BACK_STOP


def _choose_copies(session: Session) -> Shows:
    visit = visit_of(session)
    actions: Actions = {"copies.next": on.Forward()}
    if visit.copies > 1:
        actions["copies.less"] = on.CopiesChanged(-1)
    if visit.copies < session.place.most_copies:
        actions["copies.more"] = on.CopiesChanged(1)
    return show.CopiesShown(visit.copies, session.place.most_copies), actions | _BACK_STOP


def _confirm(session: Session) -> Shows:
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
    return shown, actions | _BACK_STOP


def _pay(session: Session) -> Shows:
    visit = visit_of(session)
    return show.PayShown(visit.fee(session.place), visit.inserted), dict(_STOP)


def _take_card(session: Session) -> Shows:
    return show.CardShown(session.chimes, paper_follows=True), dict(_STOP)


def _take_card_back(session: Session) -> Shows:
    return show.CardShown(session.chimes, paper_follows=False), {}


def _printing(session: Session) -> Shows:
    visit = visit_of(session)
    part = PRINT_PARTS * visit.printed // visit.bands if visit.bands else 0
    return show.PrintingShown(part, PRINT_PARTS, session.levels.printer is PrinterState.HOT), dict(_STOP)


def _print_failed(session: Session) -> Shows:
    visit = visit_of(session)
    money = "nothing_taken" if not visit.paid else "returned" if visit.outcome == "voided" else "ask_staff"
    why = str(visit.cause) if visit.cause is not PrinterState.READY else "stopped" if visit.stop_wanted else "unknown"
    on_paper = "some" if visit.copies_out else str(visit.on_paper)
    return show.PrintFailedShown(on_paper, visit.copies_out, why, money, staff_code(session, f"print_{why}")), dict(_OK)


def _take_paper(session: Session) -> Shows:
    visit = visit_of(session)
    return show.PaperShown(session.sees_paper, session.chimes, visit.copies), {"paper.taken": on.PaperTaken()}


def _paper_left(session: Session) -> Shows:
    return show.PaperShown(session.sees_paper, session.chimes, visit_of(session).copies), {}


def _receipt(session: Session) -> Shows:
    return show.Nothing(), {"receipt.yes": on.Yes(), "receipt.no": on.No()}


def _refused(session: Session) -> Shows:
    visit, place = visit_of(session), session.place
    actions = dict(_OK)
    if session.state is State.NOT_TODAY and not visit.slip_printed:
        actions["slip.print"] = on.SlipWanted()
    reason = visit.reason if isinstance(visit.reason, Reason) else Reason.FAULT
    return show.RefusedShown(reason, staff_code(session, reason), place.contact, place.opens, place.closes, visit.slip_printed), actions


SHOWS: Mapping[State, Callable[[Session], Shows]] = {
    State.RECOVERING: _nothing,
    State.ATTRACT: _attract,
    State.CLOSED: _closed,
    State.OUT_OF_SERVICE: _closed,
    State.CHOOSE_SERVICE: _choose_service,
    State.INSERT_CARD: _insert_card,
    State.READING: _wait,
    State.ENTER_PIN: _enter_pin,
    State.PROVING: _wait,
    State.ASKING: _wait,
    State.CHOOSE_PERSONS: _choose_persons,
    State.CHOOSE_ITEMS: _choose_items,
    State.CHOOSE_COPIES: _choose_copies,
    State.PREPARING: _wait,
    State.CONFIRM: _confirm,
    State.PAY: _pay,
    State.ISSUING: _wait,
    State.TAKE_CARD: _take_card,
    State.PRINTING: _printing,
    State.PRINT_FAILED: _print_failed,
    State.TAKE_PAPER: _take_paper,
    State.RECEIPT: _receipt,
    State.REFUSED: _refused,
    State.NOT_TODAY: _refused,
    State.STOPPING: _nothing,
    State.TAKE_CARD_BACK: _take_card_back,
    State.CARD_LEFT: _take_card_back,
    State.PAPER_LEFT: _paper_left,
    State.GOODBYE: _nothing,
    State.VENDOR_MODE: _nothing,
}
