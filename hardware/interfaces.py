"""Every device interface on one page: what each call does, may raise, and how long it may take.

Levels are told, never asked for: a device says what *is* (card present, paper out) whenever that changes, from its own thread,
and the receiver treats it as a level, not as an edge. Calls block; each is made from the one worker that owns the device, and
the caller's deadline decides when to stop waiting. The words are those of XFS4IoT.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hardware.errors import OnPaper

# -- cards ------------------------------------------------------------------------------------------------------------


class Reader(StrEnum):
    NO_SERVICE = "no_service"  # pcscd does not answer
    ABSENT = "absent"  # service there, no reader
    READY = "ready"


class Media(StrEnum):
    NONE = "none"
    PRESENT = "present"
    MUTE = "mute"
    SEVERAL = "several"  # more than one card: nobody can know which is meant


@dataclass(frozen=True)
class ReaderLevel:
    """`counter` grows with each insertion and removal, so that a card swapped within a millisecond is seen as another card."""

    reader: Reader
    media: Media
    counter: int = 0


class CardConnection(Protocol):
    """One powered card, held exclusively. ISO 7816-4 command APDU in, response APDU (data + SW1 SW2) out."""

    def transmit(self, command: bytes | bytearray | list[int]) -> bytes:
        """Raises CardRemoved when the card left, ReaderLost when the reader or its service did.
        May block as long as the card does; the caller's deadline decides, not this call."""

    def close(self) -> None:
        """Takes the power away: what was verified must not outlive the visit. Never raises; closing twice is fine."""


class CardReader(Protocol):
    def watch(self, tell: Callable[[ReaderLevel], None]) -> None:
        """Starts telling levels: the present one at once, then each change. Returns at once; `close` ends it within 1 s."""

    def connect(self) -> CardConnection:
        """A fresh exclusive connection to the card that is present. Raises CardRemoved (none there), CardMute, ReaderLost."""

    def close(self) -> None:
        """Ends the watch and the connection. Never raises."""


# -- printers ---------------------------------------------------------------------------------------------------------


class PrinterState(StrEnum):
    """What stands in the way, the most pressing first; READY when nothing does."""

    UNKNOWN = "unknown"  # not heard from yet
    OFFLINE = "offline"  # silence, no port, or bytes that are noise (wrong baud)
    CUTTER = "cutter"
    JAM = "jam"
    COVER = "cover"
    OUT = "out"
    HOT = "hot"  # recovers by itself
    LOW = "low"  # near end; prints
    READY = "ready"


class Mouth(StrEnum):
    """The sheet at the exit slot. UNKNOWN for printers that cannot see it."""

    UNKNOWN = "unknown"
    EMPTY = "empty"
    PAPER = "paper"


@dataclass(frozen=True)
class PrinterLevel:
    state: PrinterState
    mouth: Mouth = Mouth.UNKNOWN


@dataclass(frozen=True)
class Band:
    """Bytes that print `rows` dot rows; a sheet's cut is in its last band. The driver may only stop between bands."""

    data: bytes
    rows: int
    ends_sheet: bool = False


@dataclass(frozen=True)
class Progress:
    """Told from inside `print`, in the printer's worker: before band `sent` leaves us, and after band `printed` is on paper.
    Both count bands from 0 to len(bands); the receiver makes it durable before it returns."""

    sent: int
    printed: int
    rows: int


class Outcome(StrEnum):
    PRINTED = "printed"  # the printer said that the last band is on paper
    VOIDED = "voided"  # certainly not whole: cleared before the end
    UNKNOWN = "unknown"  # the printer fell silent or restarted when the end was on its way


@dataclass(frozen=True)
class PrintResult:
    """Exactly one for each `print`. `cause` is what stood in the way, READY if nothing did (cancelled on request). `sheets` are known to be
    on paper whole, and cut: of several, the first may be good though the job is voided."""

    outcome: Outcome
    on_paper: OnPaper
    rows: int
    cause: PrinterState = PrinterState.READY
    sheets: int = 0


class Printer(Protocol):
    """One printer on its port. All calls but `cancel` from one worker.

    `stored` names the static art that it is known to have, `rows_since_low` says how many rows were printed since the roll is nearly at
    its end, as far as that is known.
    """

    stored: frozenset[str]
    rows_since_low: int

    def watch(self, tell: Callable[[PrinterLevel], None]) -> None:
        """Where to tell levels: on each change, from inside `attend` or `print`."""

    def attend(self, seconds: float) -> None:
        """Listens for at most `seconds`, asks for status when it is due, reopens a lost port. For when nothing is to be printed."""

    def print(self, bands: Sequence[Band], told: Callable[[Progress], None]) -> PrintResult:
        """Prints all bands or clears them; never leaves a rest in the printer's buffer. Does not raise for device trouble."""

    def cancel(self) -> None:
        """From any thread: the running `print` clears the buffers and ends (VOIDED, or PRINTED when it was too late)."""

    def settle(self, bands_sent: int, of: int) -> PrintResult:
        """After a restart of ours: clears what may be left in the printer, cuts, and says what can be known of a job that had been
        sent up to `bands_sent` of `of`. Never prints anything of that job."""

    def retract(self) -> None:
        """Pulls back a sheet that nobody took, where the printer can; else does nothing."""

    def close(self) -> None:
        """Never raises."""


# -- payment ----------------------------------------------------------------------------------------------------------


class Payment(Protocol):
    """Coins, notes or a cashless terminal. With `payment = "none"` there is no device and every fee is 0."""

    def collect(self, amount: int, told: Callable[[int], None]) -> None:
        """Takes `amount` yen, telling what has been inserted so far. Raises PaymentError."""

    def give_back(self) -> int:
        """Returns what is held and says how much in yen. Raises PaymentError."""

    def close(self) -> None:
        """Never raises."""


# -- keypad and voice -------------------------------------------------------------------------------------------------


class Key(StrEnum):
    """Ten keys as on a telephone, and five that differ in shape (Trace EZ Access: up, down, action, back, help)."""

    K0 = "0"
    K1 = "1"
    K2 = "2"
    K3 = "3"
    K4 = "4"
    K5 = "5"
    K6 = "6"
    K7 = "7"
    K8 = "8"
    K9 = "9"
    UP = "up"
    DOWN = "down"
    SELECT = "select"
    BACK = "back"
    HELP = "help"


@dataclass(frozen=True)
class KeypadLevel:
    """`headphones`: a plug is in the keypad's socket."""

    connected: bool
    headphones: bool


class Keypad(Protocol):
    def watch(self, key: Callable[[Key, bool], None], level: Callable[[KeypadLevel], None]) -> None:
        """Starts telling, from the keypad's own thread: each key going down (True) and up, the present level and each change."""

    def close(self) -> None:
        """Ends the watch within 1 s. Never raises."""


class Sound(Protocol):
    """A sound card: one channel of 16-bit samples (native order), `rate` a second. All calls from one thread."""

    rate: int

    def write(self, samples: bytes) -> None:
        """Returns when they are in the card's buffer, which holds at most 60 ms. Raises SoundLost."""

    def drop(self) -> None:
        """What is in the buffer is not heard any more. Never raises."""

    def close(self) -> None:
        """Lets the card go; the next `write` opens it again. Never raises."""
