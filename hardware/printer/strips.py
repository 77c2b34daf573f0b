"""A page -> the strips it is sent in: white, text lines, rasters.

`Page.pixels()` is the truth, the items are hints about where bytes can be saved. A symbol of even scale alone in its rows is sent at
half size and doubled by the printer. 24 rows where cells stand become a text line: cells whose place shows their glyph and nothing
else may be characters, all other ink of these rows is columns. What is left is cut into rasters and column strips so that the sum
of bytes is least (dynamic programming over the rows).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from hardware.printer.page import Cell, Page, Symbol, enlarged, size
from hardware.printer.rasters import Raster, extent, fit_raster

LINE = 24  # rows of a text line
CHUNK = 1008  # bytes of picture in one raster, so that a band stays at about 1 kB: 14 rows of 576 dots
UNREACHABLE = 1 << 40


@dataclass(frozen=True)
class Blank:
    rows: int


@dataclass(frozen=True)
class Line:
    """24 rows: `cells` may be characters; `ink` (24 lines of `width` dots) is all the rest."""

    cells: tuple[Cell, ...]
    ink: tuple[int, ...]
    width: int
    rows: int = LINE


Strip = Blank | Line | Raster


def plan(page: Page) -> list[Strip]:
    """All strips from the top; their rows add up to the page's height.

    Only if rows defy every raster origin (never seen outside a test made for it) *and* stand where no column strip fits before the
    end of the page, is the last strip up to 23 white rows too long.
    """
    lines = page.pixels().lines
    placed = _symbols(page, lines)
    hints = {
        y: cells
        for y, cells in _text_lines(page)
        if not any(_overlap(y, LINE, top, sum(s.rows for s in strips)) for top, strips in placed.items())
    }
    while True:
        fixed: dict[int, list[Strip]] = dict(placed)
        end = -LINE
        for y in sorted(hints):
            if y >= end:
                fixed[y], end = [text_line(page, lines, y, hints[y])], y + LINE
        strips: list[Strip] = []
        y = 0
        stuck: int | None = None
        while y < page.height and stuck is None:
            if y in fixed:
                strips += fixed[y]
                y += sum(strip.rows for strip in fixed[y])
                continue
            bottom = min((top for top in fixed if top > y), default=page.height)
            free = _Rows(lines[y:bottom], page.width, may_overrun=not fixed and bottom == page.height)
            run = free.cut()
            if run is None:
                stuck = y
            else:
                strips += run
                y = bottom
        if stuck is None:
            return strips
        # The stubborn rows need more room than their neighbours leave: give those up, the nearest first.
        near = min(fixed, key=lambda top, at=stuck: abs(top - at))  # type: ignore[misc]
        hints.pop(near, None)
        placed.pop(near, None)


def text_line(page: Page, lines: Sequence[int], y: int, cells: Sequence[Cell]) -> Line:
    """The 24 rows at `y`. A cell that shares its place with other ink is not a character there."""
    ink = list(lines[y : y + LINE])
    kept = []
    taken = 0
    for cell in cells:
        shift = page.width - cell.x - cell.glyph.width
        mask = ((1 << cell.glyph.width) - 1) << shift
        alone = all(row << shift == line & mask for row, line in zip(cell.glyph.lines, lines[y : y + LINE], strict=True))
        if alone and not taken & mask and any(cell.glyph.lines):
            taken |= mask
            kept.append(cell)
    ink = [line & ~taken for line in ink]
    return Line(tuple(sorted(kept, key=lambda cell: cell.x)), tuple(ink), page.width)


def _text_lines(page: Page) -> list[tuple[int, list[Cell]]]:
    cells = [item for item in page.items if isinstance(item, Cell) and size(item) in ((24, LINE), (12, LINE))]
    return [(y, list(group)) for y, group in groupby(sorted(cells, key=lambda cell: cell.y), key=lambda cell: cell.y)]


def _symbols(page: Page, lines: Sequence[int]) -> dict[int, list[Strip]]:
    """By top row. Only symbols of even scale that have their rows for themselves."""
    found: dict[int, list[Strip]] = {}
    for item in page.items:
        if not isinstance(item, Symbol) or item.scale % 2 or not item.scale:
            continue
        half = enlarged(item.matrix, item.scale // 2)
        shift = page.width - item.x - half.width * 2
        shown = enlarged(half, 2).lines
        if any(line != row << shift for line, row in zip(lines[item.y : item.y + len(shown)], shown, strict=True)):
            continue
        if any(_overlap(item.y, len(shown), top, sum(strip.rows for strip in strips)) for top, strips in found.items()):
            continue
        fitted = _fit_all(half.lines, half.width, item.x, doubled=True)
        if fitted:
            found[item.y] = list(fitted)
    return found


def _fit_all(lines: Sequence[int], width: int, left: int, doubled: bool) -> list[Raster]:
    """As few rasters as are free of hazards; empty if a single row defies all origins."""
    at_once = max(1, CHUNK // ((width + 7) // 8))
    rasters = []
    for top in range(0, len(lines), at_once):
        part = lines[top : top + at_once]
        whole = fit_raster(part, width, left, doubled)
        pieces = [whole] if whole else [fit_raster([line], width, left, doubled) for line in part]
        for piece in pieces:
            if piece is None:
                return []
            rasters.append(piece)
    return rasters


def _overlap(top: int, rows: int, other: int, other_rows: int) -> bool:
    return top < other + other_rows and other < top + rows


class _Rows:
    """Free rows between fixed strips. `cut` finds the cheapest sequence of blanks, rasters and column strips."""

    def __init__(self, lines: Sequence[int], width: int, may_overrun: bool) -> None:
        self.lines, self.width, self.may_overrun = lines, width, may_overrun
        self.forbidden: set[int] = set()  # rows that defy every raster origin
        self.cost = [0] * (len(lines) + 1)
        self.choice: list[tuple[str, int]] = [("", 0)] * len(lines)

    def cut(self) -> list[Strip] | None:
        """None if stubborn rows leave no way."""
        while True:
            self._weigh()
            if self.cost[0] >= UNREACHABLE:
                return None
            strips = self._collect()
            if strips is not None:
                return strips

    def _weigh(self) -> None:
        count = len(self.lines)
        for y in range(count - 1, -1, -1):
            if not self.lines[y]:
                starts = y + 1 == count or self.lines[y + 1]
                self.cost[y], self.choice[y] = self.cost[y + 1] + (3 if starts else 0), ("blank", 1)
                continue
            self.cost[y], self.choice[y] = UNREACHABLE, ("", 0)
            self._weigh_columns(y)
            self._weigh_rasters(y)

    def _weigh_columns(self, y: int) -> None:
        after = y + LINE
        if after > len(self.lines) and not (self.may_overrun and self.forbidden):
            return
        ink = 0
        for line in self.lines[y:after]:
            ink |= line
        price = 3 + 3 * ink.bit_count() + 9 * (ink & ~(ink << 1)).bit_count() + self.cost[min(after, len(self.lines))]
        if price < self.cost[y]:
            self.cost[y], self.choice[y] = price, ("columns", LINE)

    def _weigh_rasters(self, y: int) -> None:
        ink = 0
        for after in range(y + 1, len(self.lines) + 1):
            ink |= self.lines[after - 1]
            first, end = extent(ink, self.width)
            picture = ((end + 7) // 8 - first // 8) * (after - y)
            if after - 1 in self.forbidden or (picture > CHUNK and after > y + 1):
                return
            price = 12 + picture + self.cost[after]
            if price < self.cost[y]:
                self.cost[y], self.choice[y] = price, ("raster", after - y)

    def _collect(self) -> list[Strip] | None:
        """None if a chosen raster turned out to be stubborn; `forbidden` has grown then."""
        strips: list[Strip] = []
        y = 0
        while y < len(self.lines):
            kind, rows = self.choice[y]
            part = list(self.lines[y : y + rows])
            if kind == "blank":
                rows = next((n for n, line in enumerate(self.lines[y:]) if line), len(self.lines) - y)
                strips.append(Blank(rows))
            elif kind == "columns":
                strips.append(Line((), tuple(part + [0] * (LINE - len(part))), self.width))
            else:
                fitted = _fit_all(part, self.width, 0, doubled=False)
                if not fitted:
                    self.forbidden |= {y + n for n, line in enumerate(part) if fit_raster([line], self.width) is None}
                    return None
                strips += fitted
            y += rows
        return strips
