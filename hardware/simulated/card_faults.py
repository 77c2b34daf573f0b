"""What may be the matter with a card as a device, each a switch; and how slow it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypedDict

from hardware.card.apdu import Ins, StatusWord


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


class Switch(TypedDict, total=False):
    """Fields of `Faults`."""

    mute: bool
    dizzy: bool
    hangs_at: int
    t0: bool
    no_short_ids: int
    most_read: int
    ends_with_warning: bool
    locked: int
    silent_when_verified: bool


SWITCHES: Mapping[str, Switch] = {
    "mute": {"mute": True},
    "dizzy": {"dizzy": True},
    "hang": {"hangs_at": Ins.PERFORM_SECURITY_OPERATION},
    "t0": {"t0": True},
    "no-short-ids": {"no_short_ids": StatusWord.WRONG_PARAMETERS},
    "short-reads": {"most_read": 100},
    "warns-at-end": {"ends_with_warning": True},
    "locked-6983": {"locked": StatusWord.BLOCKED},
    "silent-when-verified": {"silent_when_verified": True},
}


def faults_of(names: Iterable[str]) -> Faults:
    """All of these together."""
    faults = Faults()
    for name in names:
        faults = replace(faults, **SWITCHES[name])
    return faults
