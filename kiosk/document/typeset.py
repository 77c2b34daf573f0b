"""Text -> cells on the grid: widths, lines, places. Every cell starts at a multiple of 12 dots from the line's start.

Letters that join with their neighbours (Devanagari) cannot be cut into cells: their words are pictures that begin and end on the grid.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from hardware.printer.page import Bitmap, Cell, Picture
from kiosk.document.fonts import FULL, HALF, MARKS, SHAPED, Font, Fonts, clusters, width_of
from kiosk.linebreak import balance_lines, break_lines, is_kana

Measure = Callable[[str], int]  # text -> dots
TITLE, SMALLER_TITLE = 48, 36  # dots, of small papers

_GOOD_ENDS = frozenset("、。都道府県郡市区町村目号」）")
_PARTICLES = frozenset("をはがにでと")
_NEVER = frozenset(("番地", "号室", "号棟", "号館"))
_SPACE = re.compile(f"([ \u3000]+(?![{MARKS}]))")


class Setting:
    """Sets the lines of one document in its fonts. `kept` are glyphs drawn ahead.

    Draws each cluster once a document. What it drew dies with it: a rare character tells who was here.
    """

    def __init__(self, fonts: Fonts, kept: Mapping[str, Bitmap] | None = None) -> None:
        self._fonts = fonts
        self._drawn = dict(kept or {})
        self.height = SHAPED if fonts.shaped else FULL  # rows of a line

    def width(self, text: str) -> int:
        if not self._fonts.shaped:
            return width_of(text)
        return sum(width_of(piece) if font is None else _whole_cells(font.length(piece)) for font, piece in self._pieces(text))

    def items(self, line: str, x: int, y: int) -> Iterator[Cell | Picture]:
        """The line from `x` on. Spaces are advance, not cells. Raises NoGlyph."""
        if not self._fonts.shaped:
            yield from self._cells(line, x, y)
            return
        for font, piece in self._pieces(line):
            if font is None:
                yield from self._cells(piece, x, y + (SHAPED - FULL) // 2)
                x += width_of(piece)
            else:
                yield Picture(x, y, font.run(piece))
                x += _whole_cells(font.length(piece))

    def headings(self, text: str, room: int) -> list[Bitmap]:
        """One large line if it fits into `room` dots, else some that are not so large."""
        shaped = [font for font, _ in self._pieces(text)] if self._fonts.shaped else []
        if len(shaped) == 1 and shaped[0] is not None:
            return [shaped[0].run(line, TITLE * SHAPED // FULL) for line in even_lines(text, room * FULL // TITLE, self.width)]
        for size in (TITLE, SMALLER_TITLE):
            if self.width(text) * size // FULL <= room:
                return [self._fonts.banner(text, size, 0)]
        return [self._fonts.banner(line, SMALLER_TITLE, 0) for line in even_lines(text, room * FULL // SMALLER_TITLE, self.width)]

    def _cells(self, line: str, x: int, y: int) -> Iterator[Cell]:
        for cluster in clusters(line):
            if not cluster.isspace():
                if cluster not in self._drawn:
                    self._drawn[cluster] = self._fonts.glyph(cluster)
                yield Cell(x, y, self._drawn[cluster])
            x += width_of(cluster)

    def _pieces(self, text: str) -> Iterator[tuple[Font | None, str]]:
        """Runs of shaped text with their font, None for what stands in cells. A space belongs to what stands before it."""
        fonts: list[tuple[Font | None, str]] = []
        for cluster in clusters(text):
            font = self._fonts.font_of(cluster)
            shaped = font if font is not None and font.face.shaped else None
            fonts.append((fonts[-1][0] if cluster == " " and fonts else shaped, cluster))
        for font, run in groupby(fonts, key=lambda pair: pair[0]):
            yield font, "".join(cluster for _, cluster in run)


def _whole_cells(dots: int) -> int:
    return -(-dots // HALF) * HALF


def lines_of(text: str, width: int, measure: Measure = width_of) -> list[str]:
    """Lines of at most `width` dots, broken as Japanese is."""
    return break_lines(text, width, measure)


def even_lines(text: str, width: int, measure: Measure = width_of) -> list[str]:
    """As few lines as `lines_of`, broken where a reader would: at a space, after a comma, a particle or a part of an address; of equals,
    the most even ones. No last line of one character."""
    return [text] if "\n" not in text and measure(text) <= width else balance_lines(text, width, measure, _good_end)


def _good_end(before: str, after: str) -> int:
    """A space parts more than a sign does. Particles end a phrase where no other kana follow (に, but not に|より)."""
    if before[-1] in " \u3000":
        return 2
    if before[-1] + after[0] in _NEVER:
        return -2
    return int(before[-1] in _GOOD_ENDS or (before[-1] in _PARTICLES and not is_kana(after[0])))


def name_lines(name: str, width: int, measure: Measure = width_of) -> list[str]:
    """A name too long for one line is broken at its spaces, where the parts fit, else as any text."""
    parts = _SPACE.split(name)  # part, space, part, …
    if measure(name) <= width or any(measure(part) > width for part in parts):
        return even_lines(name, width, measure)
    found = [parts[0]]
    for space, part in zip(parts[1::2], parts[2::2], strict=True):
        longer = found[-1] + space + part
        if measure(longer) <= width:
            found[-1] = longer
        else:
            found.append(part)
    return found
