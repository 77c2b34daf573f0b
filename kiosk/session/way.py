"""Ways out of a state: where to, and what is done on the way. The questions and ways that several tables use stand here, too."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hardware.interfaces import Media, Mouth, Outcome
from kiosk.session import actions as do
from kiosk.session import events as on
from kiosk.session.events import Event
from kiosk.session.moving import Stand, stand_of
from kiosk.session.states import Reason, State

if TYPE_CHECKING:
    from kiosk.session.session import Session


@dataclass(frozen=True, init=False)
class To:
    """The next state (None: stay) and what is done on the way."""

    state: State | None
    actions: tuple[do.Action, ...] = field(default=())

    def __init__(self, state: State | None, *actions: do.Action) -> None:
        object.__setattr__(self, "state", state)
        object.__setattr__(self, "actions", actions)


@dataclass(frozen=True)
class Choice:
    """A named question of session and event, and a way for each answer."""

    question: Callable[["Session", Event | None], Hashable]
    ways: Mapping[Hashable, To]


Row = Mapping[type[Event], To | Choice]
"""What a state does on each event it decides."""


def stay(*actions: do.Action) -> To:
    return To(None, *actions)


# -- questions --------------------------------------------------------------------------------------------------------


def today(session: "Session", event: Event | None) -> bool:
    return not isinstance(event, on.AskFailed) or event.today


def locked_now(session: "Session", event: Event | None) -> bool:
    return isinstance(event, on.PinWrong) and event.tries_left == 0


def somebody_chosen(session: "Session", event: Event | None) -> bool:
    return bool(do.visit_of(session).persons)


def enough_paper(session: "Session", event: Event | None) -> bool:
    return isinstance(event, on.DocumentReady) and event.obstacle is None


def what_stands(session: "Session", event: Event | None) -> str:
    """In the area of the visit's service."""
    record = event.record if isinstance(event, on.AreaRead | on.AreaWritten) else do.visit_of(session).area
    if record.entitlement is not None:
        return "entitlement"
    if record.number is None:
        return "nothing"
    if not record.number:
        return "no number"
    return "number" if record.slots is None else "bookings"


def what_was_written(session: "Session", event: Event | None) -> str:
    return "booking" if do.visit_of(session).slot else what_stands(session, event)


def slot_chosen(session: "Session", event: Event | None) -> bool:
    return bool(do.visit_of(session).slot)


def opinion_whole(session: "Session", event: Event | None) -> bool:
    visit = do.visit_of(session)
    return bool(visit.use and visit.rating)


def how_a_move_stands(session: "Session", event: Event | None) -> str:
    """What can be done of the newest one."""
    if not isinstance(event, on.MovesCame) or not event.moves:
        return "none"
    move = event.moves[0]
    arrives = move.destination == event.here and stand_of(move) is Stand.EXPECTED
    return "arrives" if arrives else "known"


def day_chosen(session: "Session", event: Event | None) -> str:
    """And of what: moving out or in."""
    moving = do.visit_of(session).moving
    return "none" if moving.day is None else "in" if moving.arrives else "out"


def arrives(session: "Session", event: Event | None) -> bool:
    return do.visit_of(session).moving.arrives


def is_town(session: "Session", event: Event | None) -> bool:
    return isinstance(event, on.TownChosen) and len(event.code) > 2


def town_chosen(session: "Session", event: Event | None) -> bool:
    return bool(do.visit_of(session).moving.town)


def prefecture_chosen(session: "Session", event: Event | None) -> bool:
    return bool(do.visit_of(session).moving.prefecture)


def where_it_is_told(session: "Session", event: Event | None) -> str:
    """Who took the card too early still learns what was taken."""
    return "screen" if card_in(session, event) or do.visit_of(session).moving.carries_on else "paper"


def was_it_taken(session: "Session", event: Event | None) -> str:
    """A line that broke may have done so on the way back."""
    if not isinstance(event, on.AskFailed):
        return "unknown"
    if event.reason in (Reason.NETWORK, Reason.WRONG_ANSWER):
        return "unknown"
    return "no" if event.today else "not today"


def may_ask_again(session: "Session", event: Event | None) -> bool:
    return do.visit_of(session).reason is Reason.MOVE_UNKNOWN


def costs_something(session: "Session", event: Event | None) -> bool:
    return do.visit_of(session).fee(session.place) > 0


def stop_wanted(session: "Session", event: Event | None) -> bool:
    return do.visit_of(session).stop_wanted


def printed(session: "Session", event: Event | None) -> bool:
    return isinstance(event, on.PrintEnded) and event.outcome is Outcome.PRINTED


def card_in(session: "Session", event: Event | None) -> bool:
    return session.levels.media is not Media.NONE


def paper_in_mouth(session: "Session", event: Event | None) -> bool:
    return session.levels.mouth is Mouth.PAPER


def has_issue(session: "Session", event: Event | None) -> bool:
    return do.visit_of(session).issue is not None


def service_asked(session: "Session", event: Event | None) -> str:
    return event.service if isinstance(event, on.ServiceChosen) else do.visit_of(session).service


def after_paper(session: "Session", event: Event | None) -> str:
    return "left" if paper_in_mouth(session, event) else "receipt" if has_issue(session, event) else "end"


def what_is_left(session: "Session", event: Event | None) -> str:
    return "card" if card_in(session, event) else "paper" if paper_in_mouth(session, event) else "nothing"


# -- ways used in several places --------------------------------------------------------------------------------------

HOME = To(State.TAKE_CARD_BACK)  # where a visit goes that ends early: passed through when no card is in
REFUSED = To(State.REFUSED, do.keep_reason)
FAULT = To(State.REFUSED, do.because(Reason.FAULT))
FAILED = Choice(today, {True: REFUSED, False: To(State.NOT_TODAY, do.keep_reason)})
WRONG_PIN = Choice(locked_now, {True: To(State.REFUSED, do.because(Reason.PIN_LOCKED)), False: To(State.ENTER_PIN, do.keep_tries)})
LEAVE: Row = {on.Stop: HOME, on.TimeUp: HOME}
# What may still come in after the visit has been decided, and changes nothing.
AFTERWARDS: Row = {on.OutcomeKept: stay(), on.MoneyReturned: stay(), on.CommandFailed: stay()}
