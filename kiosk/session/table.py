"""All transitions by event. A reader who wants to know what a tap or an answer does looks here and nowhere else."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hardware.interfaces import Media, Mouth, Outcome
from kiosk.session import actions as do
from kiosk.session import events as on
from kiosk.session.commands import CancelPrint, RetractPaper
from kiosk.session.events import Event
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


def what_is_left(session: "Session", event: Event | None) -> str:
    return "card" if card_in(session, event) else "paper" if paper_in_mouth(session, event) else "nothing"


# -- ways used in several places --------------------------------------------------------------------------------------

_HOME = To(State.TAKE_CARD_BACK)  # where a visit goes that ends early: passed through when no card is in
_REFUSED = To(State.REFUSED, do.keep_reason)
_FAULT = To(State.REFUSED, do.because(Reason.FAULT))
_FAILED = Choice(today, {True: _REFUSED, False: To(State.NOT_TODAY, do.keep_reason)})
_LEAVE: dict[type[Event], To | Choice] = {on.Stop: _HOME, on.TimeUp: _HOME}
# What may still come in after the visit has been decided, and changes nothing.
_AFTERWARDS: dict[type[Event], To | Choice] = {on.OutcomeKept: stay(), on.MoneyReturned: stay(), on.CommandFailed: stay()}
_VOID = (do.void_issue("issue_unanswered"), do.give_back)

TRANSITIONS: dict[State, dict[type[Event], To | Choice]] = {
    State.RECOVERING: {
        on.Recovered: To(State.ATTRACT),
        on.CommandFailed: To(State.OUT_OF_SERVICE, do.left_behind("recovery")),
        on.TimeUp: To(State.OUT_OF_SERVICE, do.left_behind("recovery")),
    },
    State.ATTRACT: {
        on.Touched: To(State.CHOOSE_SERVICE),
        on.LanguageChosen: To(State.CHOOSE_SERVICE, do.keep_language),
        on.EaseChosen: To(State.CHOOSE_SERVICE, do.keep_ease),
    },
    State.CLOSED: {},
    State.OUT_OF_SERVICE: {},
    State.CHOOSE_SERVICE: {
        on.ServiceChosen: To(State.INSERT_CARD, do.keep_service),
        on.Stop: Choice(card_in, {True: _HOME, False: To(State.ATTRACT)}),
        on.TimeUp: _HOME,
    },
    State.INSERT_CARD: {
        on.Back: To(State.CHOOSE_SERVICE),
        **_LEAVE,
    },
    State.READING: {
        on.CardWasRead: To(State.ENTER_PIN, do.keep_card),
        on.CardRefused: _REFUSED,
        on.CardPulled: To(State.INSERT_CARD),
        on.CommandFailed: To(State.REFUSED, do.because(Reason.CARD_FAULT)),
        on.Stop: _HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.CARD_SLOW)),
    },
    State.ENTER_PIN: {
        on.PinCount: stay(do.keep_count),
        on.Forward: To(State.PROVING),
        on.Back: To(State.CHOOSE_SERVICE, do.forget_count),
        **_LEAVE,
    },
    State.PROVING: {
        on.NonceCame: stay(do.keep_nonce),
        on.AskFailed: _FAILED,
        on.Proved: To(State.ASKING, do.keep_signature),
        on.PinWrong: Choice(
            locked_now, {True: To(State.REFUSED, do.because(Reason.PIN_LOCKED)), False: To(State.ENTER_PIN, do.keep_tries)}
        ),
        on.CardRefused: _REFUSED,
        on.CardPulled: To(State.INSERT_CARD),
        on.CommandFailed: _FAULT,
        on.Stop: _HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.CARD_SLOW)),
    },
    State.ASKING: {
        on.HouseholdCame: To(State.CHOOSE_PERSONS, do.keep_household),
        on.AskFailed: _FAILED,
        on.CommandFailed: _FAULT,
        on.Stop: _HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.NETWORK)),
    },
    State.CHOOSE_PERSONS: {
        on.PersonToggled: stay(do.toggle_person),
        on.PersonsChosen: stay(do.choose_persons),
        on.Forward: Choice(somebody_chosen, {True: To(State.CHOOSE_ITEMS), False: stay()}),
        on.Back: To(State.CHOOSE_SERVICE),
        **_LEAVE,
    },
    State.CHOOSE_ITEMS: {
        on.ItemToggled: stay(do.toggle_item),
        on.Forward: To(State.CHOOSE_COPIES),
        on.Back: To(State.CHOOSE_PERSONS),
        **_LEAVE,
    },
    State.CHOOSE_COPIES: {
        on.CopiesChanged: stay(do.change_copies),
        on.Forward: To(State.PREPARING),
        on.Back: To(State.CHOOSE_ITEMS),
        **_LEAVE,
    },
    State.PREPARING: {
        on.DocumentReady: Choice(
            enough_paper,
            {True: To(State.CONFIRM, do.keep_document), False: To(State.REFUSED, do.keep_obstacle)},
        ),
        on.Undrawable: To(State.NOT_TODAY, do.because(Reason.COUNTER)),
        on.AskFailed: _FAILED,
        on.CommandFailed: _FAULT,
        on.Stop: _HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.NETWORK)),
    },
    State.CONFIRM: {
        on.Yes: Choice(costs_something, {True: To(State.PAY), False: To(State.ISSUING)}),
        on.PreviewWanted: stay(do.make_preview),
        on.PreviewReady: stay(do.keep_preview),
        on.CommandFailed: stay(),
        on.Back: To(State.CHOOSE_COPIES),
        **_LEAVE,
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
        # Nothing has been printed and nothing will be: whatever the node did, this visit has no paper.
        on.Issued: Choice(
            stop_wanted, {True: To(State.STOPPING, do.keep_issue, do.void_issue("stopped")), False: To(State.TAKE_CARD, do.keep_issue)}
        ),
        on.AskFailed: Choice(
            today,
            {True: To(State.REFUSED, do.keep_reason, *_VOID), False: To(State.NOT_TODAY, do.keep_reason, *_VOID)},
        ),
        on.CommandFailed: To(State.REFUSED, do.because(Reason.FAULT), *_VOID),
        on.TimeUp: To(State.REFUSED, do.because(Reason.NETWORK), *_VOID),
        on.Stop: stay(do.want_stop),
    },
    State.TAKE_CARD: {
        on.Stop: To(State.STOPPING, do.void_issue("stopped")),
        on.TimeUp: To(State.CARD_LEFT, do.void_unprinted, do.give_back, do.left_behind("card")),
    },
    State.PRINTING: {
        on.Printing: stay(do.keep_progress),
        on.PrintEnded: Choice(
            printed,
            {True: To(State.TAKE_PAPER, do.keep_outcome), False: To(State.PRINT_FAILED, do.keep_outcome, do.give_back_if_void)},
        ),
        on.Stop: stay(do.want_stop, do.give(CancelPrint())),
        on.CommandFailed: To(State.PRINT_FAILED, do.keep_outcome),
        on.TimeUp: To(State.PRINT_FAILED, do.keep_outcome),
    },
    State.PRINT_FAILED: {
        on.Forward: To(State.GOODBYE),
        on.TimeUp: To(State.GOODBYE),
        on.MoneyReturned: stay(),
        on.CommandFailed: stay(),
    },
    State.TAKE_PAPER: {
        on.PaperTaken: To(State.RECEIPT),
        on.TimeUp: Choice(
            paper_in_mouth, {True: To(State.PAPER_LEFT, do.left_behind("paper"), do.give(RetractPaper())), False: To(State.RECEIPT)}
        ),
    },
    State.RECEIPT: {
        on.Yes: stay(do.print_receipt),
        on.No: To(State.GOODBYE),
        on.SlipEnded: To(State.GOODBYE),
        on.CommandFailed: To(State.GOODBYE),
        on.TimeUp: To(State.GOODBYE),
    },
    State.REFUSED: {on.Forward: _HOME, **_LEAVE, **_AFTERWARDS},
    State.NOT_TODAY: {
        on.SlipWanted: stay(do.print_slip),
        on.SlipEnded: stay(do.keep_slip),
        on.Forward: _HOME,
        **_LEAVE,
        **_AFTERWARDS,
    },
    State.STOPPING: {
        on.OutcomeKept: _HOME,
        on.CommandFailed: _HOME,
        on.MoneyReturned: stay(),
        on.TimeUp: _HOME,
    },
    State.TAKE_CARD_BACK: {
        on.TimeUp: To(State.CARD_LEFT, do.left_behind("card")),
        on.MoneyReturned: stay(),
        on.CommandFailed: stay(),
    },
    State.CARD_LEFT: {on.TimeUp: To(State.OUT_OF_SERVICE), **_AFTERWARDS},
    State.PAPER_LEFT: {on.TimeUp: To(State.OUT_OF_SERVICE)},
    State.GOODBYE: {
        on.TimeUp: Choice(
            what_is_left,
            {"nothing": To(State.ATTRACT), "card": _HOME, "paper": To(State.PAPER_LEFT, do.left_behind("paper"), do.give(RetractPaper()))},
        ),
        **_AFTERWARDS,
    },
    State.VENDOR_MODE: {
        on.VendorModeLeft: To(State.RECOVERING),
        on.TimeUp: To(State.RECOVERING),
    },
}
