"""What every copy is adorned with: guilloche bands and lines of microtext.

Both repeat every few cells of 24 dots, so that a printer that keeps characters gets each cell once and is told its number after that.
Nothing here is a secret or worth anything: a printer may keep it in its flash.
"""

from collections.abc import Iterator
from math import cos, pi, sin

from hardware.printer.page import Bitmap
from kiosk.document.faces import MICRO
from kiosk.document.fonts import FULL, Font, NoGlyph

BAND = 2 * FULL  # rows of a guilloche band
_PERIOD = 4 * FULL  # dots after which it repeats
_STRANDS = 10
_STEPS = 8  # points a dot on each strand: no gap where a strand is steep
MICRO_ROWS = 8


def guilloche(width: int) -> Bitmap:
    """Sine waves, each a tenth of a period after the one before, between two envelopes that swell and narrow once a period."""
    marks = {(round(_height(at / _STEPS, strand)), at // _STEPS) for strand in range(_STRANDS) for at in range(_PERIOD * _STEPS)}
    period = [sum(1 << (_PERIOD - 1 - x) for x in range(_PERIOD) if (row, x) in marks) for row in range(BAND)]
    return _repeated(period, _PERIOD, width)


def _height(x: float, strand: int) -> float:
    middle = (BAND - 1) / 2
    swell = 0.5 + 0.5 * abs(cos(pi * x / _PERIOD))
    return middle + middle * swell * sin(2 * pi * (x / _PERIOD + strand / _STRANDS))


def microtext(text: str, width: int) -> Bitmap:
    """`text` over and over in letters of 8 dots, 1 mm: read with a glass, a grey line to the eye and to a copier. In the middle of 24
    rows. Raises NoGlyph."""
    font = Font(MICRO)
    if not all(font.has(character) for character in text):
        raise NoGlyph(f"microtext {text!r}: {MICRO.name} lacks a character of it")
    glyphs = [font.cell(character, MICRO_ROWS, MICRO_ROWS).lines for character in text]
    period = [0] * MICRO_ROWS
    for glyph in glyphs:
        period = [row << MICRO_ROWS | dots for row, dots in zip(period, glyph, strict=True)]
    blank = [0] * ((FULL - MICRO_ROWS) // 2)
    return _repeated([*blank, *period, *blank], MICRO_ROWS * len(text), width)


def tiles(bitmap: Bitmap) -> Iterator[tuple[int, int, Bitmap]]:
    """The picture cut into (x, y, 24 x 24 dots); its sides are multiples of 24. White ones are left out."""
    for y in range(0, bitmap.height, FULL):
        rows = bitmap.lines[y : y + FULL]
        for x in range(0, bitmap.width, FULL):
            shift = bitmap.width - x - FULL
            tile = Bitmap.of_lines(FULL, [row >> shift & (1 << FULL) - 1 for row in rows])
            if any(tile.rows):
                yield x, y, tile


def _repeated(rows: list[int], period: int, width: int) -> Bitmap:
    times = -(-width // period)
    spare = times * period - width
    return Bitmap.of_lines(width, [sum(row << (period * number) for number in range(times)) >> spare for row in rows])
