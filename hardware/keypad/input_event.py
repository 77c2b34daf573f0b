"""Bytes of the kernel's input devices -> keys and switches.

`struct input_event` (linux/input.h) is a time of two longs, then type, code (16 bit each) and value (32 bit, signed); a read gives
whole events from a device, and any piece of them from a pipe. `feed` is total: no sequence of bytes raises, and what is no key of
ours is nothing. Codes are those of linux/input-event-codes.h.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from hardware.interfaces import Key

EVENT = struct.Struct("@llHHi")

EV_SYN, EV_KEY, EV_SW = 0, 1, 5
SYN_REPORT, SYN_DROPPED = 0, 3
SW_HEADPHONE_INSERT = 2
RELEASED, PRESSED = 0, 1  # 2: the kernel repeats a key that is held; nothing here wants that

_DIGITS = tuple(Key(str(digit)) for digit in range(10))
# A keypad for kiosks tells one of these codes a key, as it was set up. Ten keys are a telephone's or a number pad's.
KEYS: dict[int, Key] = {
    11: Key.K0,
    82: Key.K0,  # of the number pad
    **{2 + digit - 1: _DIGITS[digit] for digit in range(1, 10)},
    **dict(zip((79, 80, 81, 75, 76, 77, 71, 72, 73), _DIGITS[1:], strict=True)),  # number pad: 1 2 3, 4 5 6, 7 8 9
    **{0x200 + digit: _DIGITS[digit] for digit in range(10)},  # KEY_NUMERIC_0 …
    103: Key.UP,
    74: Key.UP,  # minus of the number pad
    108: Key.DOWN,
    78: Key.DOWN,  # plus of the number pad
    28: Key.SELECT,  # enter
    96: Key.SELECT,  # enter of the number pad
    0x161: Key.SELECT,
    14: Key.BACK,  # backspace
    158: Key.BACK,
    83: Key.BACK,  # point of the number pad
    138: Key.HELP,
    59: Key.HELP,  # F1
    55: Key.HELP,  # asterisk of the number pad
}
# What a simulated keypad tells: the first code of each key.
CODES: dict[Key, int] = {key: code for code, key in reversed(KEYS.items())}


@dataclass(frozen=True)
class KeyMoved:
    key: Key
    down: bool


@dataclass(frozen=True)
class HeadphonesMoved:
    inserted: bool


@dataclass(frozen=True)
class Dropped:
    """The kernel's buffer ran over: what is held and plugged must be asked for again."""


Input = KeyMoved | HeadphonesMoved | Dropped


class InputReader:
    """Puts pieces together. One a connection."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[Input]:
        data = self._rest + data
        whole = len(data) // EVENT.size * EVENT.size
        self._rest = data[whole:]
        for _, _, kind, code, value in EVENT.iter_unpack(data[:whole]):
            if kind == EV_KEY and code in KEYS and value in (RELEASED, PRESSED):
                yield KeyMoved(KEYS[code], value == PRESSED)
            elif kind == EV_SW and code == SW_HEADPHONE_INSERT:
                yield HeadphonesMoved(value != 0)
            elif kind == EV_SYN and code == SYN_DROPPED:
                yield Dropped()


def written(kind: int, code: int, value: int) -> bytes:
    """One event with its report, as a device tells it. The time is left out: nobody here reads it."""
    return EVENT.pack(0, 0, kind, code, value) + EVENT.pack(0, 0, EV_SYN, SYN_REPORT, 0)
