"""The ESC/POS commands we send, each with its name in Epson's command reference. Little-endian lengths; all values in dots.

`HAZARDS` are the two-byte openings of real-time commands (DLE EOT, DLE ENQ, DLE DC4). A printer obeys them on reception wherever
they stand, in the middle of a picture too (NCR 7193/7197 programming guide; Epson programming guide p. 10-12), so no data of ours
may hold one.
"""

import re
from collections.abc import Sequence

HAZARDS = re.compile(rb"\x10[\x04\x05\x14]")

INITIALISE = b"\x1b@"  # ESC @: modes, print buffer, user-defined characters
SHIFT_JIS = b"\x1cC\x01"  # FS C: kanji codes are Shift-JIS, so that two bytes are a kanji without FS &
NO_GAPS = b"\x1cS\x00\x00\x1b \x00"  # FS S, ESC SP: the 24 and 12 dot grid
USER_HALF_WIDTH = b"\x1b%\x01"  # ESC %: codes that were defined print as defined
ASB_ON = b"\x1da\xff"  # GS a: status now and at each change
ASK_QUEUED = b"\x1dr\x01"  # GS r 1: paper sensor, answered in its turn
ASK_FULL_CUSTOM = b"\x10\x04\x14"  # DLE EOT 20 (Custom): six bytes
CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"  # DLE DC4 8, answered 37 25 00
RECOVER_DROP = b"\x10\x05\x02"  # DLE ENQ 2: recover from an error, drop the buffers
PRESENT = b"\x1de\x03\x80"  # GS e 3 (Custom): 128 steps of 0.625 mm out of the mouth
RETRACT = b"\x1de\x02"  # GS e 2 (Custom)
EJECT = b"\x1de\x05"  # GS e 5 (Custom): lets go of a sheet

KANJI_CODES = tuple(bytes((0xEC, low)) for low in (*range(0x40, 0x7F), *range(0x80, 0x9F)))
HALF_CODES = tuple(bytes((code,)) for code in range(0x21, 0x7F))


def motion_units(dpi: int) -> bytes:
    """GS P: ESC $ and ESC J count dots; the vertical default of many models is half dots."""
    return bytes((0x1D, 0x50, dpi, dpi))


def feed(rows: int) -> bytes:
    """ESC J: prints the line and feeds. More than 255 rows take several."""
    return b"".join(bytes((0x1B, 0x4A, min(255, rest))) for rest in range(rows, 0, -255))


def at(x: int) -> bytes:
    """ESC $: where the next character, column or raster begins."""
    return b"\x1b$" + x.to_bytes(2, "little")


def columns(data: bytes) -> bytes:
    """ESC * 33: 24-dot columns of three bytes each, in the text line."""
    return b"\x1b*\x21" + (len(data) // 3).to_bytes(2, "little") + data


def raster(stride: int, data: bytes, wide: int, high: int) -> bytes:
    """GS v 0: `stride` bytes a row; each dot `wide` and `high` times, 1 or 2 (m = 0 to 3)."""
    mode = (wide - 1) | (high - 1) << 1
    return b"\x1dv0" + bytes((mode,)) + stride.to_bytes(2, "little") + (len(data) // stride).to_bytes(2, "little") + data


def character_size(wide: int, high: int) -> bytes:
    """GS !: each dot of a character `wide` and `high` times, 1 to 8."""
    return bytes((0x1D, 0x21, (wide - 1) << 4 | (high - 1)))


def define_kanji(code: bytes, data: bytes) -> bytes:
    """FS 2: 24 columns of three bytes."""
    return b"\x1c2" + code + data


def define_halves(first: bytes, glyphs: Sequence[bytes]) -> bytes:
    """ESC &: characters with codes from `first` on, each up to 12 columns of three bytes; what is missing on the right is white."""
    last = first[0] + len(glyphs) - 1
    return b"\x1b&\x03" + first + bytes((last,)) + b"".join(bytes((len(data) // 3,)) + data for data in glyphs)


def ask_process_id(identity: bytes) -> bytes:
    """GS ( H 48: answered 37 22 d1-d4 00 when everything before it is on paper. `identity` is four bytes of 20h-7Eh."""
    return b"\x1d(H\x06\x00\x30\x30" + identity


def ask_status(number: int) -> bytes:
    """DLE EOT n: one byte, at once, even offline."""
    return bytes((0x10, 0x04, number))
