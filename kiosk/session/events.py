"""What can happen: the resident's taps, the devices' and the network's one answer to each command, and time.

Every event is a frozen value. No event holds a PIN digit but `PinKey`, which the conductor takes out of the stream and turns into
`PinCount` before the session sees anything.
"""

from dataclasses import dataclass
from datetime import date

from hardware.errors import OnPaper
from hardware.interfaces import Outcome, PrinterState
from jukinet.messages import Extract, Household, Issue, Move
from kiosk.session.ease import Ease
from kiosk.session.looks import Looked
from kiosk.session.moving import TownName
from kiosk.session.own import AreaRecord
from kiosk.session.states import Reason


@dataclass(frozen=True)
class Event:
    """Base of all events."""


# -- the resident -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Touched(Event):
    """Anywhere, where nothing else was meant."""


@dataclass(frozen=True)
class LanguageChosen(Event):
    language: str


@dataclass(frozen=True)
class EaseChosen(Event):
    """How the terminal shall be for this visit."""

    ease: Ease


@dataclass(frozen=True)
class StaffWanted(Event):
    """The resident asks for somebody to come."""


@dataclass(frozen=True)
class ServiceChosen(Event):
    """`about` is the service under discussion, where `service` is the form for opinions."""

    service: str
    about: str = ""


@dataclass(frozen=True)
class TopicChosen(Event):
    """Something to read about (`topics.TOPICS`)."""

    topic: str


@dataclass(frozen=True)
class PersonToggled(Event):
    number: int


@dataclass(frozen=True)
class PersonsChosen(Event):
    """All of them, or the card's holder alone."""

    whole: bool


@dataclass(frozen=True)
class ItemToggled(Event):
    item: str


@dataclass(frozen=True)
class SlotChosen(Event):
    slot: str


@dataclass(frozen=True)
class UseChosen(Event):
    """Of an opinion: whether the resident would use it."""

    use: str


@dataclass(frozen=True)
class RatingChosen(Event):
    rating: int


@dataclass(frozen=True)
class DayChosen(Event):
    """Days from today."""

    day: int


@dataclass(frozen=True)
class TownChosen(Event):
    """A town's code, or a prefecture's: the towns of that one are offered then."""

    code: str


@dataclass(frozen=True)
class NoticeWanted(Event):
    """Another move, after one that is over."""


@dataclass(frozen=True)
class CopiesChanged(Event):
    by: int


@dataclass(frozen=True)
class PinKey(Event):
    """Digit 0-9, or -1 to erase. Ends at the conductor."""

    digit: int


@dataclass(frozen=True)
class PinCount(Event):
    """So many digits stand in the buffer."""

    entered: int


@dataclass(frozen=True)
class Forward(Event):
    """The screen's main button."""


@dataclass(frozen=True)
class Back(Event):
    pass


@dataclass(frozen=True)
class Stop(Event):
    pass


@dataclass(frozen=True)
class MoreTime(Event):
    pass


@dataclass(frozen=True)
class PreviewWanted(Event):
    pass


@dataclass(frozen=True)
class PageTurned(Event):
    """Of a list: 1 for the next page, -1 for the one before."""

    by: int


@dataclass(frozen=True)
class PaperWanted(Event):
    """What was done shall stand on paper."""


@dataclass(frozen=True)
class SlipWanted(Event):
    pass


@dataclass(frozen=True)
class Yes(Event):
    pass


@dataclass(frozen=True)
class No(Event):
    pass


@dataclass(frozen=True)
class PaperTaken(Event):
    """Said by the resident, where the printer cannot see it."""


@dataclass(frozen=True)
class PinChanged(Event):
    """The card has the new PIN."""


@dataclass(frozen=True)
class PinsDiffer(Event):
    """The new PIN was not entered the same way twice. Nothing has been sent to the card."""


# -- time -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TimeUp(Event):
    """`Session.deadline` has passed."""


# -- the card ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardWasRead(Event):
    """The card is one of ours and its certificate may be used. `certificate` is DER; it names nobody."""

    certificate: bytes
    tries_left: int


@dataclass(frozen=True)
class CardRefused(Event):
    reason: Reason


@dataclass(frozen=True)
class CardPulled(Event):
    """While a command was at work; the level says the same for itself."""


@dataclass(frozen=True)
class PinWrong(Event):
    tries_left: int


@dataclass(frozen=True)
class Proved(Event):
    """The card signed the message bound to this visit, its nonce and this kiosk."""

    signature: bytes


@dataclass(frozen=True)
class AreaRead(Event):
    """A service's area on the card is open, and this stands in it."""

    record: AreaRecord


@dataclass(frozen=True)
class AreaWantsPin(Event):
    """The service's area is opened by its own PIN."""

    tries_left: int


@dataclass(frozen=True)
class AreaWritten(Event):
    """Read back and found to be what was meant: this stands in it now."""

    record: AreaRecord


# -- the network ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NonceCame(Event):
    nonce: bytes


@dataclass(frozen=True)
class HouseholdCame(Event):
    household: Household


@dataclass(frozen=True)
class MovesCame(Event):
    """Moves of the card's holder, newest first, and what the signed directory calls the towns. `here` is the terminal's."""

    moves: tuple[Move, ...]
    here: str
    today: date
    towns: tuple[TownName, ...]
    prefectures: tuple[TownName, ...]


@dataclass(frozen=True)
class MoveTaken(Event):
    """The town has the notice, or carries the card on."""

    move: Move


@dataclass(frozen=True)
class LooksCame(Event):
    """Who looked at the record. `paper`: the list can be had on paper."""

    looked: Looked
    paper: bool


@dataclass(frozen=True)
class DocumentReady(Event):
    """The chosen records came, were composed and are drawable. `answer` is the home town's signed answer, `pages` those of one copy;
    `obstacle` says why they cannot all be printed now, as far as the printer can know; None: they can."""

    extract: Extract
    answer: str
    pages: int
    obstacle: Reason | None = None


@dataclass(frozen=True)
class Undrawable(Event):
    """A name or address holds a character that no font here draws exactly."""


@dataclass(frozen=True)
class Issued(Event):
    issue: Issue


@dataclass(frozen=True)
class AskFailed(Event):
    """A question ended without an answer to use. `today` False: a neutral slip is offered."""

    reason: Reason
    today: bool = True


@dataclass(frozen=True)
class OpinionCounted(Event):
    """At the town."""


@dataclass(frozen=True)
class OutcomeKept(Event):
    """The outcome is in the journal and its report in the outbox."""


# -- the paper --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Printing(Event):
    """Band `printed` of `of` is on paper."""

    printed: int
    of: int


@dataclass(frozen=True)
class PrintEnded(Event):
    """`copies` are out whole, also of a job that was voided in a later one."""

    outcome: Outcome
    on_paper: OnPaper
    cause: PrinterState
    copies: int = 0


@dataclass(frozen=True)
class SlipEnded(Event):
    """A slip or receipt is out, or could not be printed: either way the visit goes on."""

    printed: bool


@dataclass(frozen=True)
class PreviewReady(Event):
    preview: bytes  # PNG


# -- payment ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyInserted(Event):
    inserted: int


@dataclass(frozen=True)
class Paid(Event):
    pass


@dataclass(frozen=True)
class PaymentFailed(Event):
    pass


@dataclass(frozen=True)
class MoneyReturned(Event):
    amount: int


# -- the terminal -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recovered(Event):
    """Every unsettled visit in the journal is settled, or handed to staff where only a person can see what is on the paper."""


@dataclass(frozen=True)
class CommandFailed(Event):
    """A command ended by its deadline or by a fault of ours. `command` is its name."""

    command: str


@dataclass(frozen=True)
class VendorModeLeft(Event):
    pass
