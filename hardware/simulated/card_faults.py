"""What may be the matter with a card as a device, each a switch; and how slow it is."""

from dataclasses import dataclass

from hardware.card.apdu import StatusWord


@dataclass(frozen=True)
class Delays:
    """Seconds a command takes; signatures take longer. 0.01 and 0.6 are a contactless card's."""

    command: float = 0.0
    signature: float = 0.0


SLOW = Delays(command=0.01, signature=0.6)


@dataclass(frozen=True)
class Faults:
    """Other makers' cards are not at fault, but a driver must know them too."""

    mute: bool = False  # does not answer a reset: upside down, or no card at all
    dizzy: bool = False  # 6F00 once after power-up
    hangs_at: int | None = None  # this instruction never comes back until the power goes
    t0: bool = False  # speaks T=0, with 61xx and 6Cxx
    no_short_ids: int = 0  # says this status word to each short id: 6A82, 6A86 and 6D00 have been seen
    most_read: int = 256  # bytes that one READ BINARY gives at most, with 9000
    ends_with_warning: bool = False  # 6282 and the bytes there are, where others give fewer with 9000
    locked: int = StatusWord.LOCKED  # 6983 on others
    silent_when_verified: bool = False  # 9000 to an empty VERIFY after a right PIN
