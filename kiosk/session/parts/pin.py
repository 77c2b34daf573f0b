"""Another PIN for the card: the old one, the new one twice, and the card changes it. No network, no paper."""

from kiosk.session import actions as do
from kiosk.session import commands, way
from kiosk.session import events as on
from kiosk.session.limit import Limit
from kiosk.session.part import Part
from kiosk.session.states import Reason, State, Step
from kiosk.session.way import Row, To, stay

ROWS: dict[State, Row] = {
    State.NEW_PIN: {
        on.PinCount: stay(do.keep_count),
        on.Forward: To(State.NEW_PIN_AGAIN, do.forget_count),
        on.Back: To(State.ENTER_PIN, do.forget_count),
        **way.LEAVE,
    },
    State.NEW_PIN_AGAIN: {
        on.PinCount: stay(do.keep_count),
        on.Forward: To(State.CHANGING_PIN),
        on.Back: To(State.ENTER_PIN, do.forget_count),
        **way.LEAVE,
    },
    State.CHANGING_PIN: {
        on.PinChanged: To(State.DONE, do.result("changed")),
        # The card waits with its old PIN; all three are asked for again, since all three have been wiped.
        on.PinsDiffer: To(State.ENTER_PIN, do.pins_differ),
        on.PinWrong: way.WRONG_PIN,
        on.CardRefused: way.REFUSED,
        on.CardPulled: To(State.INSERT_CARD),
        on.CommandFailed: way.FAULT,
        on.Stop: way.HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.CARD_SLOW)),
    },
}

PART = Part(
    rows=ROWS,
    entry={State.CHANGING_PIN: (do.give(commands.ChangePin()),)},
    # As for the PIN itself; and VERIFY and CHANGE REFERENCE DATA are two short commands.
    limits={State.NEW_PIN: Limit(30, warns=True), State.NEW_PIN_AGAIN: Limit(30, warns=True), State.CHANGING_PIN: Limit(15)},
    shows={},
    steps={State.CHANGING_PIN: Step.CHANGE},
    holds=frozenset(),
    proved=None,
    pin_entered=To(State.NEW_PIN, do.forget_count),
)
