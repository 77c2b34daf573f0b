"""All transitions by event: those of the frame that every visit has, and each service's own. A reader who wants to know what a tap or an
answer does looks here and in `parts`, and nowhere else.
"""

from kiosk.session import actions as do
from kiosk.session import events as on
from kiosk.session import way
from kiosk.session.commands import CancelPrint, RetractPaper
from kiosk.session.parts import PARTS
from kiosk.session.states import Reason, State
from kiosk.session.way import Choice, Row, To, stay

_FRAME: dict[State, Row] = {
    State.RECOVERING: {
        on.Recovered: To(State.ATTRACT),
        on.CommandFailed: To(State.OUT_OF_SERVICE, do.left_behind("recovery")),
        on.TimeUp: To(State.OUT_OF_SERVICE, do.left_behind("recovery")),
    },
    State.ATTRACT: {
        on.Touched: To(State.CHOOSE_SERVICE),
        on.LanguageChosen: To(State.CHOOSE_SERVICE, do.keep_language),
        on.EaseChosen: To(State.CHOOSE_SERVICE, do.keep_ease),
        on.TopicChosen: To(State.INFORMATION, do.keep_topic),
    },
    State.CLOSED: {},
    State.OUT_OF_SERVICE: {},
    State.CHOOSE_SERVICE: {
        on.ServiceChosen: Choice(way.service_asked, {name: part.chosen for name, part in PARTS.items()}),
        on.TopicChosen: To(State.INFORMATION, do.keep_topic),
        on.Stop: Choice(way.card_in, {True: way.HOME, False: To(State.ATTRACT)}),
        on.TimeUp: way.HOME,
    },
    State.INFORMATION: {
        on.TopicChosen: stay(do.keep_topic),
        on.Back: To(State.CHOOSE_SERVICE),
        on.Stop: Choice(way.card_in, {True: way.HOME, False: To(State.ATTRACT)}),
        on.TimeUp: way.HOME,
    },
    State.INSERT_CARD: {
        on.Back: To(State.CHOOSE_SERVICE),
        **way.LEAVE,
    },
    State.READING: {
        on.CardWasRead: To(State.ENTER_PIN, do.keep_card),
        **{event: way for part in PARTS.values() for event, way in part.read.items()},
        on.CardRefused: way.REFUSED,
        on.CardPulled: To(State.INSERT_CARD),
        on.CommandFailed: To(State.REFUSED, do.because(Reason.CARD_FAULT)),
        on.Stop: way.HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.CARD_SLOW)),
    },
    State.ENTER_PIN: {
        on.PinCount: stay(do.keep_count),
        on.Forward: Choice(way.service_asked, {name: part.pin_entered for name, part in PARTS.items()}),
        on.Back: To(State.CHOOSE_SERVICE, do.forget_count),
        **way.LEAVE,
    },
    State.PROVING: {
        on.NonceCame: stay(do.keep_nonce),
        on.AskFailed: way.FAILED,
        on.Proved: Choice(way.service_asked, {name: part.proved for name, part in PARTS.items() if part.proved is not None}),
        on.PinWrong: way.WRONG_PIN,
        on.CardRefused: way.REFUSED,
        on.CardPulled: To(State.INSERT_CARD),
        on.CommandFailed: way.FAULT,
        on.Stop: way.HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.CARD_SLOW)),
    },
    State.TAKE_CARD: {
        on.Stop: Choice(way.has_issue, {True: To(State.STOPPING, do.void_issue("stopped")), False: way.HOME}),
        on.TimeUp: To(State.CARD_LEFT, do.void_unprinted, do.give_back, do.left_behind("card")),
    },
    State.PRINTING: {
        on.Printing: stay(do.keep_progress),
        on.PrintEnded: Choice(
            way.printed,
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
        on.PaperTaken: Choice(way.has_issue, {True: To(State.RECEIPT), False: To(State.GOODBYE)}),
        on.TimeUp: Choice(
            way.after_paper,
            {
                "left": To(State.PAPER_LEFT, do.left_behind("paper"), do.give(RetractPaper())),
                "receipt": To(State.RECEIPT),
                "end": To(State.GOODBYE),
            },
        ),
    },
    State.RECEIPT: {
        on.Yes: stay(do.print_receipt),
        on.No: To(State.GOODBYE),
        on.SlipEnded: To(State.GOODBYE),
        on.CommandFailed: To(State.GOODBYE),
        on.TimeUp: To(State.GOODBYE),
    },
    State.DONE: {on.Forward: way.HOME, on.PaperWanted: To(State.TAKE_CARD), **way.LEAVE, **way.AFTERWARDS},
    State.REFUSED: {
        # The same notice in the same visit: it counts once, however often it is told.
        on.Yes: Choice(way.may_ask_again, {True: To(State.MOVE_FILING), False: stay()}),
        on.Forward: way.HOME,
        **way.LEAVE,
        **way.AFTERWARDS,
    },
    State.NOT_TODAY: {
        on.SlipWanted: stay(do.print_slip),
        on.SlipEnded: stay(do.keep_slip),
        on.Forward: way.HOME,
        **way.LEAVE,
        **way.AFTERWARDS,
    },
    State.STOPPING: {
        on.OutcomeKept: way.HOME,
        on.CommandFailed: way.HOME,
        on.MoneyReturned: stay(),
        on.TimeUp: way.HOME,
    },
    State.TAKE_CARD_BACK: {
        on.TimeUp: To(State.CARD_LEFT, do.left_behind("card")),
        on.MoneyReturned: stay(),
        on.CommandFailed: stay(),
    },
    State.CARD_LEFT: {on.TimeUp: To(State.OUT_OF_SERVICE), **way.AFTERWARDS},
    State.PAPER_LEFT: {on.TimeUp: To(State.OUT_OF_SERVICE)},
    State.GOODBYE: {
        on.TimeUp: Choice(
            way.what_is_left,
            {
                "nothing": To(State.ATTRACT),
                "card": way.HOME,
                "paper": To(State.PAPER_LEFT, do.left_behind("paper"), do.give(RetractPaper())),
            },
        ),
        **way.AFTERWARDS,
    },
    State.VENDOR_MODE: {
        on.VendorModeLeft: To(State.RECOVERING),
        on.TimeUp: To(State.RECOVERING),
    },
}

TRANSITIONS: dict[State, Row] = {**_FRAME, **{state: row for part in PARTS.values() for state, row in part.rows.items()}}
