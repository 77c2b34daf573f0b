"""The two seals of a copy: the town's black stamp, and the digital one as a QR code."""

from bisect import bisect_left
from math import ceil, sqrt

import segno

from hardware.printer.page import Bitmap
from kiosk.document.fonts import FULL, Fonts

SIDE = 7 * FULL  # dots, 21 mm, as mayors' seals are cut; at most 25 mm square (standard specification, 5.6)
_FRAME = 5  # dots of the frame's line
_AIR = 6  # dots between the frame and the characters
_GAP = 3  # dots between characters

# Characters that versions 1 to 40 hold at level M in alphanumeric mode (ISO/IEC 18004:2015, table 7).
_CAPACITY = (
    *(20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600, 656, 734, 816, 909, 970),
    *(1035, 1134, 1248, 1326, 1451, 1542, 1637, 1732, 1839, 1994, 2113, 2238, 2369, 2506, 2632, 2780, 2894, 3054, 3220, 3391),
)
QUIET = 4  # modules of white around the symbol (ISO/IEC 18004, 5.3.8)

# Any of the 8 masks reads the same. The standard's search for the most even one takes 4 times as long as the rest and guards against
# texts with patterns in them; a signed, compressed text has none.
_MASK = 2


def symbol(text: str) -> Bitmap:
    """The text as a QR code of level M, one dot a module, without its quiet zone. Raises ValueError (segno's DataOverflowError) when the
    text is too long for any version."""
    code = segno.make_qr(text, error="m", boost_error=False, mask=_MASK)
    rows = [int("".join("1" if module else "0" for module in row), 2) for row in code.matrix]
    return Bitmap.of_lines(len(rows), rows)


def symbol_modules(characters: int) -> int:
    """Modules a side of a symbol of so many alphanumeric characters; the largest there is if it holds no more."""
    return 17 + 4 * min(bisect_left(_CAPACITY, characters) + 1, 40)


def stamp(title: str, suffixes: list[str], fonts: Fonts) -> Bitmap:
    """A square seal with the characters of `title` and 印, in columns from the right, as seals are cut: each column fills the height.

    Made from the issuer's title on every copy and never kept in a printer, where whoever holds the serial line could print it.
    """
    columns = _columns(title, suffixes)
    lines = _frame()
    start = _FRAME + _AIR
    room = SIDE - 2 * start
    for number, column in enumerate(columns):
        right = SIDE - start - number * (room + _GAP) // len(columns)
        left = SIDE - start - (number + 1) * (room + _GAP) // len(columns) + _GAP
        for place, character in enumerate(column):
            top = start + place * (room + _GAP) // len(column)
            bottom = start + (place + 1) * (room + _GAP) // len(column) - _GAP
            glyph = fonts.stretched(character, right - left, bottom - top)
            for offset, bits in enumerate(glyph.lines):
                lines[top + offset] |= bits << (SIDE - right)
    return Bitmap.of_lines(SIDE, lines)


def _columns(title: str, suffixes: list[str]) -> list[str]:
    """At most as many columns as a square has; the last may be one shorter."""
    whole = [title + suffix for suffix in suffixes]
    even = [text for text in whole if len(text) % ceil(sqrt(len(text))) == 0]
    text = (even or whole)[0]
    count = ceil(sqrt(len(text)))
    short = -len(text) % count
    columns, start = [], 0
    for number in range(count):
        end = start + ceil(len(text) / count) - (number >= count - short)
        columns.append(text[start:end])
        start = end
    return columns


def _frame() -> list[int]:
    full = (1 << SIDE) - 1
    edge = ((1 << _FRAME) - 1) << (SIDE - _FRAME) | (1 << _FRAME) - 1
    return [full if row < _FRAME or row >= SIDE - _FRAME else edge for row in range(SIDE)]
