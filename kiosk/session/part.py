"""What one service adds to the frame of a visit: its own states with their rows, questions, time limits and screens' values.

The frame (service, card, PIN, proof; card out, paper, goodbye) is one for all. `steps` are the part's waits in their order, as the progress
line counts them; in `holds` whoever takes the card leaves: the next person must not go on in their name.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kiosk.session import actions as do
from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session import view as show
from kiosk.session.actions import Action
from kiosk.session.events import Event
from kiosk.session.limit import Limit
from kiosk.session.states import PinName, State, Step
from kiosk.session.way import Row, To

if TYPE_CHECKING:
    from kiosk.session.session import Session

Actions = dict[str, Event]
Shows = tuple[show.Shown, Actions]
Show = Callable[["Session"], Shows]

STOP: Actions = {"stop": on.Stop()}
BACK_STOP: Actions = {"back": on.Back(), **STOP}

_TO_CARD = To(State.INSERT_CARD, do.keep_service)
_TO_PROOF = To(State.PROVING)
_READ_CARD = do.give(commands.ReadCard())


@dataclass(frozen=True)
class Part:
    proved: To | None  # after the card has proved who is there; None: it is not asked to
    rows: Mapping[State, Row]
    limits: Mapping[State, Limit | None]
    shows: Mapping[State, Show]
    entry: Mapping[State, tuple[Action, ...]]
    steps: Mapping[State, Step]
    holds: frozenset[State]
    chosen: To = _TO_CARD  # after the service was chosen
    pin_entered: To = _TO_PROOF
    pin: PinName = PinName.USER_AUTHENTICATION  # the first one asked for
    reads: Action = _READ_CARD  # once the card is in
    read: Row = field(default_factory=dict)  # in READING, beside what every service may hear there
