"""A page -> the strips it is sent in: white, text lines, rasters, symbols, art.

`Page.pixels()` is the truth, the items are hints about where bytes can be saved. A symbol alone in its rows is sent at one bit a module,
art that the printer has is named. 24 rows where cells stand become a text line: cells whose place shows their glyph and nothing else may be
characters, all other ink of these rows is columns. What is left is cut into rasters and column strips so that the sum of bytes is
least (dynamic programming over the rows); a raster whose dots come in pairs is sent at half its width, or half both ways.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from hardware.printer.flash import key_of, stored_picture
from hardware.printer.page import Art, Cell, Item, Page, Symbol, bitmap_of, size
from hardware.printer.rasters import CHUNK, DOUBLE, PLAIN, WIDE, Raster, Scale, extent, fit_rasters, halved
from hardware.printer.symbols import Enlarged, symbol_strips

LINE = 24  # rows of a text line
UNREACHABLE = 1 << 40
STEP = 12  # rows a raster is weighed with at most; neighbours are put together afterwards


@dataclass(frozen=True)
class Blank:
    rows: int


@dataclass(frozen=True)
class Line:
    """24 rows: `cells` may be characters; `ink` is all the rest: x -> 24 dots of a column, the top most significant; no white ones."""

    cells: tuple[Cell, ...]
    ink: Mapping[int, int]
    rows: int = LINE


@dataclass(frozen=True)
class Stored:
    """Art that lies in the printer's flash."""

    key: str
    rows: int


Strip = Blank | Line | Raster | Enlarged | Stored


def plan(page: Page, codes: Sequence[bytes] = (), flash: frozenset[str] = frozenset()) -> list[Strip]:
    """All strips from the top; their rows add up to the page's height. `codes`: characters that symbols may use, see `symbol_strips`;
    `flash`: names of the art that the printer has.

    Only if rows defy every raster origin (never seen outside a test made for it) *and* stand where no column strip fits before the
    end of the page, is the last strip up to 23 white rows too long.
    """
    lines = page.pixels().lines
    placed = _placed(page, lines, codes, flash)
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
    pitch = page.width
    rows = sum(1 << pitch * row for row in range(LINE))  # a row's mask, 24 times
    kept, taken, placed, there = [], 0, 0, 0
    for line in lines[y : y + LINE]:
        there = there << pitch | line
    for cell in cells:
        shift = pitch - cell.x - cell.glyph.width
        mask = ((1 << cell.glyph.width) - 1) << shift
        dots = cell.glyph.spread(pitch) << shift
        if taken & mask or not dots or there & mask * rows != dots:
            continue
        taken |= mask
        placed |= dots
        kept.append(cell)
    rest = there ^ placed
    return Line(tuple(sorted(kept, key=lambda cell: cell.x)), ink_columns(rest, pitch) if rest else {})


def ink_columns(block: int, pitch: int) -> dict[int, int]:
    """24 rows of `pitch` dots in one integer, by columns."""
    rows = f"{block:0{LINE * pitch}b}"
    columns = zip(*(rows[at : at + pitch] for at in range(0, LINE * pitch, pitch)), strict=True)
    white = "0" * LINE
    return {x: int(column, 2) for x, column in enumerate(map("".join, columns)) if column != white}


def _text_lines(page: Page) -> list[tuple[int, list[Cell]]]:
    cells = [cell for item in page.items for cell in _cells(item) if size(cell) in ((24, LINE), (12, LINE))]
    return [(y, list(group)) for y, group in groupby(sorted(cells, key=lambda cell: cell.y), key=lambda cell: cell.y)]


def _cells(item: Item) -> Sequence[Cell]:
    match item:
        case Cell():
            return (item,)
        case Art():
            return item.cells
        case _:
            return ()


def _placed(page: Page, lines: Sequence[int], codes: Sequence[bytes], flash: frozenset[str]) -> dict[int, list[Strip]]:
    """Symbols and stored art by their top row. Only such as have their rows for themselves."""
    found: dict[int, list[Strip]] = {}
    for item in page.items:
        if not isinstance(item, Symbol | Art):
            continue
        width, height = size(item)
        shift = page.width - item.x - width
        shown = bitmap_of(item).lines
        if any(line != row << shift for line, row in zip(lines[item.y : item.y + height], shown, strict=True)):
            continue
        if any(_overlap(item.y, height, top, sum(strip.rows for strip in strips)) for top, strips in found.items()):
            continue
        strips = _stored(item, flash) if isinstance(item, Art) else symbol_strips(item, page.width, codes)
        if strips:
            found[item.y] = list(strips)
    return found


def _stored(art: Art, flash: frozenset[str]) -> list[Stored]:
    key = key_of(stored_picture(art)) if flash else ""
    return [Stored(key, art.picture.height)] if key in flash else []


def _overlap(top: int, rows: int, other: int, other_rows: int) -> bool:
    return top < other + other_rows and other < top + rows


class _Rows:
    """Free rows between fixed strips. `cut` finds the cheapest sequence of blanks, rasters and column strips."""

    def __init__(self, lines: Sequence[int], width: int, may_overrun: bool) -> None:
        self.lines, self.width, self.may_overrun = lines, width, may_overrun
        self.forbidden: set[tuple[int, Scale]] = set()  # rows that defy every raster origin
        self.cost = [0] * (len(lines) + 1)
        self.choice: list[tuple[Scale | None, int]] = [(None, 0)] * len(lines)  # a raster's scale and rows; None: columns
        self.extents = [extent(line, width) for line in lines]
        even = int("01" * ((width + 1) // 2), 2) >> width % 2  # the second dot of each pair from the left
        self.paired = [not (line >> 1 ^ line) & even and not (width % 2 and line & 1) for line in lines]

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
                self.cost[y] = self.cost[y + 1] + (3 if starts else 0)
                continue
            self.cost[y] = UNREACHABLE
            self._weigh_columns(y)
            self._weigh_rasters(y)

    def _weigh_columns(self, y: int) -> None:
        after = y + LINE
        if after > len(self.lines) and not (self.may_overrun and self.forbidden):
            return
        ink = 0
        for line in self.lines[y:after]:
            ink |= line
        self._offer(y, 3 + 3 * ink.bit_count() + 9 * (ink & ~(ink << 1)).bit_count() + self.cost[min(after, len(self.lines))], None, LINE)

    def _weigh_rasters(self, y: int) -> None:
        """From `y` on to every later row, as far as one raster goes; dots and rows that come in pairs are worth half."""
        first, end, wide, high = self.width, 0, True, True
        for after in range(y + 1, len(self.lines) + 1):
            row = after - 1
            if self.lines[row]:
                start, stop = self.extents[row]
                first, end = min(first, start), max(end, stop)
            rows = after - y
            stride = (end + 7) // 8 - first // 8
            if rows > STEP or (stride * rows > CHUNK and rows > 1):
                return
            wide = wide and self.paired[row] and (row, WIDE) not in self.forbidden
            high = high and (rows % 2 == 1 or self.lines[row] == self.lines[row - 1]) and (row, DOUBLE) not in self.forbidden
            if (row, PLAIN) in self.forbidden:
                return
            self._offer(y, 12 + stride * rows + self.cost[after], PLAIN, rows)
            if wide:
                narrow = (end // 2 + 7) // 8 - first // 16
                self._offer(y, 12 + narrow * rows + self.cost[after], WIDE, rows)
                if high and rows % 2 == 0:
                    self._offer(y, 12 + narrow * rows // 2 + self.cost[after], DOUBLE, rows)

    def _offer(self, y: int, price: int, scale: Scale | None, rows: int) -> None:
        if price < self.cost[y]:
            self.cost[y], self.choice[y] = price, (scale, rows)

    def _collect(self) -> list[Strip] | None:
        """None if a chosen raster turned out to be stubborn; `forbidden` has grown then."""
        strips: list[Strip] = []
        y = 0
        while y < len(self.lines):
            if not self.lines[y]:
                rows = next((n for n, line in enumerate(self.lines[y:]) if line), len(self.lines) - y)
                strips.append(Blank(rows))
                y += rows
                continue
            scale, rows = self.choice[y]
            while scale is PLAIN and self._goes_on(y, rows):
                rows += self.choice[y + rows][1]
            part = list(self.lines[y : y + rows])
            if scale is None:
                block = 0
                for line in part + [0] * (LINE - len(part)):
                    block = block << self.width | line
                strips.append(Line((), ink_columns(block, self.width)))
            else:
                fitted = self._fit(part, scale)
                if fitted is None:
                    self.forbidden |= {(y + n, scale) for n, line in enumerate(part) if self._fit([line] * scale.high, scale) is None}
                    return None
                strips += fitted
            y += rows
        return strips

    def _goes_on(self, y: int, rows: int) -> bool:
        """Whether the raster after this one is plain too and both together are cheaper."""
        after = y + rows
        if after >= len(self.lines) or not self.lines[after] or self.choice[after][0] is not PLAIN:
            return False
        more = self.choice[after][1]
        strides = [self._stride(y, rows), self._stride(after, more), self._stride(y, rows + more)]
        return strides[2] * (rows + more) <= min(CHUNK, strides[0] * rows + strides[1] * more + 12)

    def _stride(self, y: int, rows: int) -> int:
        extents = [self.extents[row] for row in range(y, y + rows) if self.lines[row]]
        return (max(end for _, end in extents) + 7) // 8 - min(first for first, _ in extents) // 8

    def _fit(self, part: Sequence[int], scale: Scale) -> list[Raster] | None:
        if scale == PLAIN:
            return fit_rasters(part, self.width, 0, scale)
        narrow = [halved(line, self.width) for line in part[:: scale.high]]
        return fit_rasters(narrow, self.width // 2, 0, scale)
