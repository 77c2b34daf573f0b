"""A town's own service on the card: its area is read, opened with its own PIN where it has one, and written once. No network, no paper.

The holder is not asked to prove who they are: the area's key or PIN lets in, and a 住基カード, which has no certificate for user
authentication any more, serves as well. Each write is one object, whole or not at all, and is read back; a card that left in between is
asked for again, and then says which of the two it was.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kiosk.session import actions as do
from kiosk.session import commands, way
from kiosk.session import events as on
from kiosk.session import view as show
from kiosk.session.actions import visit_of
from kiosk.session.commands import Command
from kiosk.session.events import Event
from kiosk.session.limit import Limit
from kiosk.session.part import BACK_STOP, Actions, Part, Show, Shows
from kiosk.session.states import PinName, Reason, State, Step
from kiosk.session.way import Choice, Row, To, stay

if TYPE_CHECKING:
    from kiosk.session.session import Session

_EMPTY = To(State.REFUSED, do.because(Reason.AREA_EMPTY))
_READ = Choice(
    way.what_stands,
    {
        "no number": To(State.CARD_OFFER, do.keep_area),
        "number": To(State.DONE, do.keep_area, do.result("shown")),
        "bookings": To(State.CARD_BOOKINGS, do.keep_area),
        "entitlement": To(State.DONE, do.keep_area, do.result("shown")),
        "nothing": _EMPTY,
    },
)
_WRITTEN = Choice(
    way.what_was_written,
    {
        "booking": To(State.DONE, do.keep_area, do.result("booked")),
        "number": To(State.DONE, do.keep_area, do.result("registered")),
        "bookings": To(State.CARD_BOOKINGS, do.keep_area),
        # What was read back is what was meant, so these cannot be.
        "no number": way.FAULT,
        "entitlement": way.FAULT,
        "nothing": way.FAULT,
    },
)

READ: Row = {on.AreaRead: _READ, on.AreaWantsPin: To(State.ENTER_PIN, do.keep_area_tries)}

ROWS: dict[State, Row] = {
    State.CARD_OPENING: {
        on.AreaRead: _READ,
        on.PinWrong: way.WRONG_PIN,
        on.CardRefused: way.REFUSED,
        on.CardPulled: To(State.INSERT_CARD),
        on.CommandFailed: way.FAULT,
        on.Stop: way.HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.CARD_SLOW)),
    },
    State.CARD_OFFER: {
        on.Yes: To(State.CARD_WRITING),
        on.Back: To(State.CHOOSE_SERVICE),
        **way.LEAVE,
    },
    State.CARD_BOOKINGS: {
        on.SlotChosen: stay(do.choose_slot),
        on.Forward: Choice(way.slot_chosen, {True: To(State.CARD_WRITING), False: stay()}),
        on.Back: To(State.CHOOSE_SERVICE),
        **way.LEAVE,
    },
    State.CARD_WRITING: {
        on.AreaWritten: _WRITTEN,
        on.CardRefused: way.REFUSED,
        on.CardPulled: To(State.REFUSED, do.because(Reason.AREA_EARLY)),
        on.CommandFailed: way.FAULT,
        on.Stop: stay(),  # one write of some milliseconds: how it ended is worth waiting for
        on.TimeUp: To(State.REFUSED, do.because(Reason.CARD_SLOW)),
    },
}


def _read(session: "Session", event: Event | None) -> Iterable[Command]:
    yield commands.ReadArea(visit_of(session).service)


def _open(session: "Session", event: Event | None) -> Iterable[Command]:
    yield commands.OpenArea(visit_of(session).service)


def _write(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    yield commands.BookSlot(visit.service, visit.slot) if visit.slot else commands.RegisterCard(visit.service)


def _offer(session: "Session") -> Shows:
    service = visit_of(session).service
    named = next((f"{each.name} {each.number}" for each in session.place.ordinances if each.service == service), "")
    return show.OfferShown(service, named), {"card.register": on.Yes(), **BACK_STOP}


def _bookings(session: "Session") -> Shows:
    visit = visit_of(session)
    slots = visit.area.slots or ()
    actions: Actions = {f"slots.{slot.id}": on.SlotChosen(slot.id) for slot in slots}
    if visit.slot:
        actions["slots.book"] = on.Forward()
    choices = tuple(show.SlotChoice(slot.id, slot.booking, slot.id == visit.slot) for slot in slots)
    return show.BookingsShown(visit.area.bookings, choices), actions | BACK_STOP


SHOWS: dict[State, Show] = {State.CARD_OFFER: _offer, State.CARD_BOOKINGS: _bookings}

PART = Part(
    rows=ROWS,
    entry={State.CARD_OPENING: (_open,), State.CARD_WRITING: (_write,)},
    limits={
        # A few short commands each.
        State.CARD_OPENING: Limit(15),
        State.CARD_WRITING: Limit(15),
        State.CARD_OFFER: Limit(120, warns=True),
        State.CARD_BOOKINGS: Limit(120, warns=True),
    },
    shows=SHOWS,
    steps={State.CARD_OPENING: Step.AREA, State.CARD_WRITING: Step.CHANGE},
    holds=frozenset({State.CARD_OFFER, State.CARD_BOOKINGS}),
    proved=None,
    pin_entered=To(State.CARD_OPENING, do.forget_count),
    pin=PinName.SERVICE,
    reads=_read,
    read=READ,
)
