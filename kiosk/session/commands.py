"""What the session asks of the devices and the network. Each command that ends in an event names all events it can end in.

The walk test uses `ends_in`: wherever a state gives a command, that state must have decided every way in which it can end.
"""

from dataclasses import dataclass
from typing import ClassVar

from jukinet.messages import Extract, Issue
from kiosk.session import events
from kiosk.session.events import Event
from kiosk.session.states import Reason


@dataclass(frozen=True)
class Command:
    ends_in: ClassVar[tuple[type[Event], ...]] = ()


# -- the terminal -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recover(Command):
    """Settle every unsettled visit in the journal: ask the printer, then tell the node."""

    ends_in = (events.Recovered, events.CommandFailed)


@dataclass(frozen=True)
class ForgetVisit(Command):
    """Drop all that the visit left in our hands."""


@dataclass(frozen=True)
class CallStaff(Command):
    code: str


@dataclass(frozen=True)
class NoteUnproven(Command):
    """A line of a log does not hold."""

    log: str
    index: int


@dataclass(frozen=True)
class Chime(Command):
    """The `times`-th call to come back for what was left in a slot."""

    times: int


# -- the card ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReadCard(Command):
    ends_in = (events.CardWasRead, events.CardRefused, events.CardPulled, events.CommandFailed)


@dataclass(frozen=True)
class ProveCard(Command):
    """VERIFY with the PIN in the buffer, wipe it, sign the message bound to visit and kiosk."""

    visit: str
    nonce: bytes
    ends_in = (events.Proved, events.PinWrong, events.CardRefused, events.CardPulled, events.CommandFailed)


@dataclass(frozen=True)
class ChangePin(Command):
    """VERIFY with the PIN in its buffer, CHANGE REFERENCE DATA with the new one if that was the same twice. Wipes all three."""

    ends_in = (
        events.PinChanged,
        events.PinsDiffer,
        events.PinWrong,
        events.CardRefused,
        events.CardPulled,
        events.CommandFailed,
    )


@dataclass(frozen=True)
class ReadArea(Command):
    """Which card is it, may it serve here, and what stands in the area of this service; an area with a PIN is not opened yet."""

    service: str
    ends_in = (events.AreaRead, events.AreaWantsPin, events.CardRefused, events.CardPulled, events.CommandFailed)


@dataclass(frozen=True)
class OpenArea(Command):
    """VERIFY the service's PIN with the one in the buffer, wipe it, read."""

    service: str
    ends_in = (events.AreaRead, events.PinWrong, events.CardRefused, events.CardPulled, events.CommandFailed)


@dataclass(frozen=True)
class RegisterCard(Command):
    """Write a new number into the service's area and read it back."""

    service: str
    ends_in = (events.AreaWritten, events.CardRefused, events.CardPulled, events.CommandFailed)


@dataclass(frozen=True)
class BookSlot(Command):
    """Write one more booking into the facility's area and read it back."""

    service: str
    slot: str
    ends_in = (events.AreaWritten, events.CardRefused, events.CardPulled, events.CommandFailed)


@dataclass(frozen=True)
class WipePin(Command):
    """All buffers."""


@dataclass(frozen=True)
class ReleaseCard(Command):
    """Take the power from the card."""


# -- the network ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FetchNonce(Command):
    visit: str
    ends_in = (events.NonceCame, events.AskFailed, events.CommandFailed)


@dataclass(frozen=True)
class Proof:
    """What every further question of the visit shows."""

    visit: str
    nonce: bytes
    certificate: bytes
    signature: bytes


@dataclass(frozen=True)
class AskHousehold(Command):
    proof: Proof
    ends_in = (events.HouseholdCame, events.AskFailed, events.CommandFailed)


@dataclass(frozen=True)
class AskLooks(Command):
    """Who looked at the record of the card's holder? Composes the list for paper, too."""

    proof: Proof
    language: str
    ends_in = (events.LooksCame, events.AskFailed, events.CommandFailed)


@dataclass(frozen=True)
class PrepareDocument(Command):
    """Ask for the chosen records, compose, prove drawable and see whether the paper will do."""

    proof: Proof
    persons: tuple[int, ...]
    items: tuple[str, ...]
    copies: int
    ends_in = (events.DocumentReady, events.Undrawable, events.AskFailed, events.CommandFailed)


@dataclass(frozen=True)
class MakePreview(Command):
    extract: Extract
    ends_in = (events.PreviewReady, events.CommandFailed)


@dataclass(frozen=True)
class IssueDocument(Command):
    proof: Proof
    extract: Extract
    answer: str
    copies: int
    pages: int
    ends_in = (events.Issued, events.AskFailed, events.CommandFailed)


@dataclass(frozen=True)
class AskMoves(Command):
    """Where are we? And the towns that there are."""

    proof: Proof
    ends_in = (events.MovesCame, events.AskFailed, events.CommandFailed)


@dataclass(frozen=True)
class TellMoveOut(Command):
    """The notice of moving out. Told again in the same visit, it is the same one. `leaves` is a day, `town` the new one's code."""

    proof: Proof
    persons: tuple[int, ...]
    leaves: str
    town: str
    language: str
    ends_in = (events.MoveTaken, events.AskFailed, events.CommandFailed)


@dataclass(frozen=True)
class TellMoveIn(Command):
    """The notice of moving in, likewise."""

    proof: Proof
    move: str
    moved: str
    language: str
    ends_in = (events.MoveTaken, events.AskFailed, events.CommandFailed)


@dataclass(frozen=True)
class CarryOn(Command):
    """The card stays good at the new town (継続利用)."""

    proof: Proof
    move: str
    ends_in = (events.MoveTaken, events.AskFailed, events.CommandFailed)


@dataclass(frozen=True)
class SendOpinion(Command):
    """Nothing of the visit goes along."""

    about: str
    use: str
    rating: int
    ends_in = (events.OpinionCounted, events.AskFailed, events.CommandFailed)


@dataclass(frozen=True)
class VoidIssue(Command):
    """Write into journal and outbox that no valid paper of this visit exists."""

    visit: str
    reason: str
    ends_in = (events.OutcomeKept, events.CommandFailed)


# -- the paper --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Print(Command):
    """All copies, band by band. Ends with the outcome in journal and outbox."""

    visit: str
    extract: Extract
    issue: Issue
    ends_in = (events.Printing, events.PrintEnded, events.CommandFailed)


@dataclass(frozen=True)
class PrintPaper(Command):
    """What a service that issues nothing puts on paper; the desk has it ready under this name."""

    paper: str
    language: str
    ends_in = (events.Printing, events.PrintEnded, events.CommandFailed)


@dataclass(frozen=True)
class CancelPrint(Command):
    """The running `Print` clears the printer and ends."""


@dataclass(frozen=True)
class PrintSlip(Command):
    reason: Reason
    language: str
    reference: str
    ends_in = (events.SlipEnded, events.CommandFailed)


@dataclass(frozen=True)
class PrintReceipt(Command):
    """`numbers`: those of the copies, for the issuing town; no personal data."""

    language: str
    numbers: tuple[str, ...]
    fee: int
    ends_in = (events.SlipEnded, events.CommandFailed)


@dataclass(frozen=True)
class RetractPaper(Command):
    pass


# -- payment ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Collect(Command):
    amount: int
    ends_in = (events.MoneyInserted, events.Paid, events.PaymentFailed, events.CommandFailed)


@dataclass(frozen=True)
class GiveBack(Command):
    ends_in = (events.MoneyReturned, events.CommandFailed)
