"""Session -> View: what each state shows and what can be pressed there. One function a state, total over State."""

from collections.abc import Mapping
from dataclasses import replace

from hardware.interfaces import Media, PrinterState
from kiosk.session import events as on
from kiosk.session import view as show
from kiosk.session.actions import staff_code, visit_of
from kiosk.session.ease import choices
from kiosk.session.levels import Hours, Staff
from kiosk.session.part import BACK_STOP, STOP, Actions, Show, Shows
from kiosk.session.parts import PARTS
from kiosk.session.rules import leftovers, trouble
from kiosk.session.session import Session
from kiosk.session.states import PinName, Reason, State, Step
from kiosk.session.topics import TOPICS
from kiosk.session.view import View

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

_WHY_CLOSED = {Hours.CLOSING: "hours", Hours.CLOSED: "hours", Hours.PAUSED: "paused"}
_OK: Actions = {"ok": on.Forward()}
# Why somebody cannot move by card, and is told of the paper that does it, too (転出証明書).
PAPER_WAY = frozenset(
    {
        *(reason for reason in Reason if reason.startswith("card_") and reason is not Reason.CARD_TURNED),
        *(Reason.PIN_LOCKED, Reason.MOVE_NOT_CARRIED_ON, Reason.MOVE_NO_CARD, Reason.MOVE_LATE_NOTICE, Reason.MOVE_LATE),
        *(Reason.MOVE_NOT_EXPECTED, Reason.MOVE_NO_TOWN),
    }
)
# The way to what can be read, from screens on which nothing is read yet.
_READ: Actions = {f"info.{TOPICS[0]}": on.TopicChosen(TOPICS[0])}


_PINS = {State.NEW_PIN: PinName.NEW, State.NEW_PIN_AGAIN: PinName.AGAIN}


def view(session: Session) -> View:
    """The whole screen as a value."""
    shown, actions = SHOWS[session.state](session)
    if session.visit is not None:
        language = session.visit.language
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


_STEPS = {
    State.READING: Step.CARD,
    State.PROVING: Step.PROOF,
    **{state: step for part in PARTS.values() for state, step in part.steps.items()},
}


def _nothing(session: Session) -> Shows:
    return show.Nothing(), {}


def _attract(session: Session) -> Shows:
    place = session.place
    actions: Actions = {"attract.start": on.Touched(), **_READ}
    actions |= {f"language.{language}": on.LanguageChosen(language) for language in place.languages}
    actions |= {action: on.EaseChosen(ease) for action, ease in choices(session.ease)}
    return show.AttractShown(place.open_services, place.town_name, place.opens, place.closes, place.languages), actions


def _closed(session: Session) -> Shows:
    place = session.place
    why = trouble(session.levels) or leftovers(session.levels) or (session.left_behind and "staff")
    if not why:
        why = _WHY_CLOSED.get(session.levels.hours, "starting")
    if session.levels.staff is not Staff.OFF:
        why = "staff"
    acts = _ACTS.get(why, "clear")
    return show.ClosedShown(why, acts, staff_code(session, why), place.opens, place.closes, place.contact), {}


def _choose_service(session: Session) -> Shows:
    place = session.place
    actions: Actions = {f"service.{service}": on.ServiceChosen(service) for service in place.open_services}
    actions |= {f"service.{service}": on.ServiceChosen("opinion", about=service) for service in place.discussed}
    return show.ServicesShown(place.open_services, place.languages, place.discussed), actions | _READ | STOP


def _information(session: Session) -> Shows:
    topic, names = visit_of(session).topic, session.place.names
    actions: Actions = {f"info.{other}": on.TopicChosen(other) for other in TOPICS}
    return show.InformationShown(topic, names.called(topic), names.day), actions | BACK_STOP


def _insert_card(session: Session) -> Shows:
    media = session.levels.media
    return show.InsertCardShown(media is Media.MUTE, media is Media.SEVERAL), dict(BACK_STOP)


def _wait(session: Session) -> Shows:
    part = PARTS[visit_of(session).service or next(iter(PARTS))]
    waits = [*part.steps]
    if part.proved is not None:
        waits.insert(0, State.PROVING)
    if part.chosen.state is State.INSERT_CARD:
        waits.insert(0, State.READING)
    return show.WaitShown(_STEPS[session.state], waits.index(session.state) + 1, len(waits)), dict(STOP)


def _enter_pin(session: Session) -> Shows:
    visit = visit_of(session)
    tries = visit.tries_left if visit.tries_left is not None and visit.tries_left < PIN_TRIES else None
    actions: Actions = {f"pin.{digit}": on.PinKey(digit) for digit in range(10)}
    actions["pin.erase"] = on.PinKey(-1)
    actions["pin.shuffle"] = on.EaseChosen(replace(visit.ease, shuffle=not visit.ease.shuffle))
    if visit.pin_entered == PIN_LENGTH:
        actions["pin.done"] = on.Forward()
    name = _PINS.get(session.state) or PARTS[visit.service].pin
    if session.state is not State.ENTER_PIN:
        return show.PinShown(name, visit.pin_entered, PIN_LENGTH, None, False), actions | BACK_STOP
    shown = show.PinShown(name, visit.pin_entered, PIN_LENGTH, tries, visit.pin_was_wrong, visit.pins_differed)
    return shown, actions | BACK_STOP


def _take_card(session: Session) -> Shows:
    return show.CardShown(session.chimes, paper_follows=True), dict(STOP)


def _take_card_back(session: Session) -> Shows:
    return show.CardShown(session.chimes, paper_follows=False), {}


def _printing(session: Session) -> Shows:
    visit = visit_of(session)
    part = PRINT_PARTS * visit.printed // visit.bands if visit.bands else 0
    return show.PrintingShown(part, PRINT_PARTS, session.levels.printer is PrinterState.HOT), dict(STOP)


def _print_failed(session: Session) -> Shows:
    visit = visit_of(session)
    money = "nothing_taken" if not visit.paid else "returned" if visit.outcome == "voided" else "ask_staff"
    why = str(visit.cause) if visit.cause is not PrinterState.READY else "stopped" if visit.stop_wanted else "unknown"
    on_paper = "some" if visit.copies_out else str(visit.on_paper)
    code, contact = staff_code(session, f"print_{why}"), session.place.contact
    return show.PrintFailedShown(on_paper, visit.copies_out, why, money, code, contact), dict(_OK)


def _take_paper(session: Session) -> Shows:
    visit = visit_of(session)
    return show.PaperShown(session.sees_paper, session.chimes, visit.copies), {"paper.taken": on.PaperTaken()}


def _paper_left(session: Session) -> Shows:
    return show.PaperShown(session.sees_paper, session.chimes, visit_of(session).copies), {}


def _receipt(session: Session) -> Shows:
    return show.Nothing(), {"receipt.yes": on.Yes(), "receipt.no": on.No()}


def _done(session: Session) -> Shows:
    visit = visit_of(session)
    actions: Actions = dict(_OK)
    if visit.paper and not trouble(session.levels):
        actions["done.print"] = on.PaperWanted()
    return show.DoneShown(visit.service, visit.result, visit.facts, bool(visit.paper)), actions


def _refused(session: Session) -> Shows:
    visit, place = visit_of(session), session.place
    actions = dict(_OK)
    if session.state is State.NOT_TODAY and not visit.slip_printed:
        actions["slip.print"] = on.SlipWanted()
    reason = visit.reason if isinstance(visit.reason, Reason) else Reason.FAULT
    if session.state is State.REFUSED and reason is Reason.MOVE_UNKNOWN:
        actions["move.again"] = on.Yes()
    paper_way = visit.service == "move" and reason in PAPER_WAY
    code = staff_code(session, reason)
    return show.RefusedShown(reason, code, place.contact, place.opens, place.closes, visit.slip_printed, paper_way), actions


_FRAME: Mapping[State, Show] = {
    State.RECOVERING: _nothing,
    State.ATTRACT: _attract,
    State.CLOSED: _closed,
    State.OUT_OF_SERVICE: _closed,
    State.CHOOSE_SERVICE: _choose_service,
    State.INFORMATION: _information,
    State.INSERT_CARD: _insert_card,
    State.READING: _wait,
    State.ENTER_PIN: _enter_pin,
    State.NEW_PIN: _enter_pin,
    State.NEW_PIN_AGAIN: _enter_pin,
    State.PROVING: _wait,
    State.TAKE_CARD: _take_card,
    State.PRINTING: _printing,
    State.PRINT_FAILED: _print_failed,
    State.TAKE_PAPER: _take_paper,
    State.RECEIPT: _receipt,
    State.DONE: _done,
    State.REFUSED: _refused,
    State.NOT_TODAY: _refused,
    State.STOPPING: _nothing,
    State.TAKE_CARD_BACK: _take_card_back,
    State.CARD_LEFT: _take_card_back,
    State.PAPER_LEFT: _paper_left,
    State.GOODBYE: _nothing,
    State.VENDOR_MODE: _nothing,
}

SHOWS: Mapping[State, Show] = {
    **_FRAME,
    **{state: _wait for part in PARTS.values() for state in part.steps},
    **{state: shows for part in PARTS.values() for state, shows in part.shows.items()},
}
