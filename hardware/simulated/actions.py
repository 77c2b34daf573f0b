"""What a simulated printer does, one thing after the other, with the bytes it has read."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One dot row, `PrinterModel.dots` bits, most significant left."""

    dots: int


@dataclass(frozen=True)
class Answer:
    """Bytes for the host once everything before has been done."""

    data: bytes


@dataclass(frozen=True)
class QueuedStatus:
    """GS r: the paper sensor as it is when its turn comes."""


@dataclass(frozen=True)
class AutomaticStatus:
    enabled: bool


@dataclass(frozen=True)
class Cut:
    pass


@dataclass(frozen=True)
class Eject:
    """GS e (Custom): 2 retract, 3 present, 5 eject."""

    function: int


Action = Row | Answer | QueuedStatus | AutomaticStatus | Cut | Eject
