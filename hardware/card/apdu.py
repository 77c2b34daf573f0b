"""Command and response APDUs and status words (ISO/IEC 7816-4), short length only. Pure.

The PIN is kept out of `Command`: its data is `bytes`, which Python copies and never wipes. A command that carries a PIN is a
`list[int]` from `pin_command` to the driver, and whoever made it wipes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

SHORT_MAX = 255  # most data bytes of a short command
LE_MAX = 256  # on the wire 00


class Ins(IntEnum):
    """Instruction bytes used here (ISO/IEC 7816-4 table 4.2)."""

    VERIFY = 0x20
    CHANGE_REFERENCE_DATA = 0x24
    PERFORM_SECURITY_OPERATION = 0x2A
    RESET_RETRY_COUNTER = 0x2C
    EXTERNAL_AUTHENTICATE = 0x82
    GET_CHALLENGE = 0x84
    INTERNAL_AUTHENTICATE = 0x88
    SELECT = 0xA4
    READ_BINARY = 0xB0
    READ_RECORD = 0xB2
    GET_RESPONSE = 0xC0
    GET_DATA = 0xCA
    PUT_DATA = 0xDA


SIGN_CLASS = 0x80  # JPKI's signature command is the maker's own: 80 2A, not ISO's 00 2A


class StatusWord(int):
    """SW1 SW2 as one number. The names stand in ISO/IEC 7816-4 tables 5 and 6; 63Cx and 6984 as the JPKI card uses them."""

    OK = 0x9000
    END_OF_FILE = 0x6282
    NO_LIMIT = 0x6300  # wrong, and the reference data has no counter
    WRONG_LENGTH = 0x6700
    CHANNEL = 0x6881
    WRONG_KIND_OF_FILE = 0x6981
    NOT_VERIFIED = 0x6982
    BLOCKED = 0x6983  # ISO's word for locked; tolerated
    LOCKED = 0x6984  # what the card says
    CONDITIONS = 0x6985
    NO_CURRENT_FILE = 0x6986
    WRONG_DATA = 0x6A80
    NO_FILE = 0x6A82
    NO_RECORD = 0x6A83
    NO_ROOM = 0x6A84
    WRONG_PARAMETERS = 0x6A86
    NO_KEY = 0x6A88
    PAST_END = 0x6B00
    NO_INS = 0x6D00
    NO_CLA = 0x6E00
    SELF_TEST = 0x6F00  # one card says so once, right after power-up

    @property
    def ok(self) -> bool:
        return self == self.OK

    @property
    def locked(self) -> bool:
        return self in (self.LOCKED, self.BLOCKED)

    @property
    def tries(self) -> int | None:
        """x of 63Cx: how often the PIN may still be wrong. None for any other status."""
        return self & 0x0F if self & 0xFFF0 == 0x63C0 else None

    @property
    def more(self) -> int | None:
        """xx of 61xx (T=0): so many bytes wait for GET RESPONSE, 256 for 00. None for any other status."""
        return (self & 0xFF or LE_MAX) if self >> 8 == 0x61 else None

    @property
    def right_le(self) -> int | None:
        """xx of 6Cxx (T=0): repeat the command with this Le. None for any other status."""
        return (self & 0xFF or LE_MAX) if self >> 8 == 0x6C else None

    def __repr__(self) -> str:
        return f"{int(self):04X}"


@dataclass(frozen=True)
class Command:
    """`le` is the number of bytes wanted, 1 to 256; None for none. Without data and `le` the command is four bytes long (case 1)."""

    ins: int
    p1: int = 0
    p2: int = 0
    data: bytes = b""
    le: int | None = None
    cla: int = 0

    def __post_init__(self) -> None:
        if len(self.data) > SHORT_MAX:
            raise ValueError(f"a short command holds at most {SHORT_MAX} bytes, not {len(self.data)}")
        if self.le is not None and not 1 <= self.le <= LE_MAX:
            raise ValueError(f"Le is 1 to {LE_MAX}, not {self.le}")

    def encode(self) -> bytes:
        body = bytes((len(self.data),)) + self.data if self.data else b""
        tail = b"" if self.le is None else bytes((self.le & 0xFF,))
        return bytes((self.cla, self.ins, self.p1, self.p2)) + body + tail


@dataclass(frozen=True)
class Response:
    data: bytes
    status: StatusWord


def decode_response(raw: bytes) -> Response:
    """Data and status of a response. Raises ValueError below the two bytes of a status word."""
    if len(raw) < 2:
        raise ValueError(f"a response has at least 2 bytes, not {len(raw)}")
    return Response(raw[:-2], StatusWord(int.from_bytes(raw[-2:], "big")))


def pin_command(ins: int, p1: int, p2: int, pin: Sequence[int]) -> list[int]:
    """A command with a PIN (ASCII codes, 1 to 16 of them) that can be wiped. Errors never hold any part of it."""
    if not 1 <= len(pin) <= 16:
        raise ValueError("a PIN has 1 to 16 characters")
    return [0x00, ins, p1, p2, len(pin), *pin]


def wipe(buffer: bytearray | list[int]) -> None:
    for place in range(len(buffer)):
        buffer[place] = 0
