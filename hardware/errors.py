"""The few errors of the devices, each with what the next person needs.

Two questions decide what happens after a device failed: who must act, and what reached the paper. Every error answers the
first by its type (`acts`, the words of XFS4IoT's Common.ErrorEvent.action) and, for printers, the second by its data.
An exception of a foreign library ends in the one file that imports the library and comes out as one of these.
"""

from enum import StrEnum


class Acts(StrEnum):
    """Who can make the device work again (XFS4IoT Common.ErrorEvent.action)."""

    RESET = "reset"  # we try again ourselves, not too often
    CLEAR = "clear"  # someone on site: replace the paper, close the cover, take the card out
    MAINTENANCE = "maintenance"  # an engineer
    CONFIGURATION = "configuration"  # whoever wrote the settings
    SUSPEND = "suspend"  # recovers by itself (a hot print head)


class OnPaper(StrEnum):
    """How much of a job a person can hold in the hand."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"
    UNKNOWN = "unknown"


class HardwareError(Exception):
    """A device could not do what was asked."""

    acts: Acts = Acts.MAINTENANCE


class SettingsError(HardwareError):
    """The address or model in the settings names nothing we can open. `str()` says key, value and what would be right."""

    acts = Acts.CONFIGURATION


# -- cards ------------------------------------------------------------------------------------------------------------


class CardError(HardwareError):
    acts = Acts.RESET


class CardRemoved(CardError):
    """The card left, lost power or was reset by another program: whatever it had verified is gone."""


class CardMute(CardError):
    """Something is in the slot and does not answer: wrong way round, or no card of ours."""

    acts = Acts.CLEAR


class ReaderLost(CardError):
    """No reader, or its service ended. It may come back by itself."""

    acts = Acts.CLEAR


class NotOurCard(CardError):
    """A working card without the application asked for (6A82 to SELECT)."""


class NoCertificate(CardError):
    """The card holds no certificate for user authentication: not wanted at issue, expired, or a child's card."""


class WrongPin(CardError):
    """63Cx to VERIFY. `tries_left` 0 means that this very try locked it."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"wrong PIN, {tries_left} left")
        self.tries_left = tries_left


class PinLocked(CardError):
    """6984 (or 6983) to VERIFY: only the municipal counter can unlock it."""


class CardNotGenuine(CardError):
    """The card could not prove that it holds the key of a certificate we trust: a copy, or no card of ours."""


class TerminalRefused(CardError):
    """The card does not take this terminal's certificate or key: it is another municipality's, or an old one."""

    acts = Acts.CONFIGURATION


class AreaFull(CardError):
    """A service's area on the card has no room for what was to be written; nothing was changed. Both in bytes."""

    def __init__(self, needed: int, free: int) -> None:
        super().__init__(f"{needed} bytes needed, {free} free")
        self.needed = needed
        self.free = free


class UnexpectedStatus(CardError):
    """A status word that the application does not use in this place."""

    def __init__(self, status: int, doing: str) -> None:
        super().__init__(f"SW={status:04X} while {doing}")
        self.status = status


# -- printers ---------------------------------------------------------------------------------------------------------


class PrinterError(HardwareError):
    """`on_paper` and `rows` (dot rows known to be printed) make a retry a decision instead of a hope."""

    def __init__(self, what: str, on_paper: OnPaper = OnPaper.NOTHING, rows: int = 0) -> None:
        super().__init__(what)
        self.on_paper = on_paper
        self.rows = rows


class PrinterLost(PrinterError):
    """The port is gone (adapter pulled, path away) or the printer has been silent beyond its time limit."""

    acts = Acts.CLEAR


# -- payment ----------------------------------------------------------------------------------------------------------


class PaymentError(HardwareError):
    """The payment device cannot take, hold or return money."""


# -- sound ------------------------------------------------------------------------------------------------------------


class SoundLost(HardwareError):
    """No sound card of that name, or it went away."""
