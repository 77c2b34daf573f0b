"""Text -> cells on the grid: widths, lines, places. Every cell starts at a multiple of 12 dots from the line's start."""

import re
from collections.abc import Callable, Iterator

from hardware.printer.page import Bitmap, Cell
from kiosk.document.fonts import FULL, clusters, width_of
from kiosk.linebreak import break_lines

Draw = Callable[[str], Bitmap]  # one cluster -> its glyph

_GOOD_ENDS = frozenset("、。をはがにでと都道府県郡市区町村目号」）")
_SPACE = re.compile("([ \u3000]+)")


def lines_of(text: str, width: int) -> list[str]:
    """Lines of at most `width` dots, broken as Japanese is."""
    return break_lines(text, width, width_of)


def even_lines(text: str, width: int) -> list[str]:
    """As few lines as `lines_of`, broken where a reader would: after a comma, a particle or a part of an address, where some width within
    `width` does that; of equals, the ones with the most even lines. No last line of one character."""
    best = lines_of(text, width)
    count = len(best)
    if count == 1:
        return best
    good = _good_ends(best)
    for narrower in range(width - FULL, width // count, -FULL):
        tried = lines_of(text, narrower)
        if len(tried) > count:
            break
        if _good_ends(tried) >= good:
            best, good = tried, _good_ends(tried)
    return best


def _good_ends(lines: list[str]) -> int:
    return sum(line[-1:] in _GOOD_ENDS for line in lines[:-1])


def name_lines(name: str, width: int) -> list[str]:
    """A name too long for one line is broken at its spaces, where the parts fit, else as any text."""
    parts = _SPACE.split(name)  # part, space, part, …
    if width_of(name) <= width or any(width_of(part) > width for part in parts):
        return even_lines(name, width)
    found = [parts[0]]
    for space, part in zip(parts[1::2], parts[2::2], strict=True):
        longer = found[-1] + space + part
        if width_of(longer) <= width:
            found[-1] = longer
        else:
            found.append(part)
    return found


def cells(line: str, x: int, y: int, draw: Draw) -> Iterator[Cell]:
    """The line from `x` on. Spaces are advance, not cells."""
    for cluster in clusters(line):
        if not cluster.isspace():
            yield Cell(x, y, draw(cluster))
        x += width_of(cluster)
