"""A strip of paper that grows downwards: lines, rules, pictures, one below the other.

The encoder saves its bytes by the layout, so nothing stands beside a symbol or a picture but lines on the grid of 24 rows beside a seal,
and every line of text has its own rows.
"""

from collections.abc import Sequence
from dataclasses import replace

from hardware.printer.page import Art, Bitmap, Cell, Item, Page, Picture, Rule, Symbol, size
from kiosk.document.art import tiles
from kiosk.document.fonts import FULL, HALF
from kiosk.document.seal import SIDE
from kiosk.document.typeset import Setting, even_lines, lines_of, name_lines

LEADING = 6  # dots between the lines of one item


class Strip:
    """Items on `width` dots; `height` is where the next one begins."""

    def __init__(self, width: int, setting: Setting) -> None:
        self.width = width
        self.height = 0
        self._setting = setting
        self._items: list[Item] = []

    # -- text broken for it ---------------------------------------------------------------------------------------------

    def even(self, text: str, room: int, setting: Setting | None = None) -> list[str]:
        """`text` in as few lines of `room` dots as it needs, about equally long."""
        return even_lines(text, room, (setting or self._setting).width)

    def name(self, name: str, room: int) -> list[str]:
        """A name in lines of `room` dots, its parts kept whole where they fit."""
        return name_lines(name, room, self._setting.width)

    def fits(self, line: str, room: int) -> bool:
        return self._setting.width(line) <= room

    def depth(self, lines: Sequence[str]) -> int:
        """The rows that lines of text take."""
        return len(lines) * (self._setting.height + LEADING) - LEADING if lines else 0

    # -- one below the other --------------------------------------------------------------------------------------------

    def skip(self, rows: int) -> None:
        self.height += rows

    def rule(self, thickness: int) -> None:
        self._items.append(Rule(0, self.height, self.width, thickness))
        self.height += thickness

    def paragraph(self, text: str) -> None:
        """`text` in as many lines as it needs, about equally long."""
        self.beside((self.even(text, self.width), 0))

    def centred(self, text: str, setting: Setting | None = None) -> None:
        setting = setting or self._setting
        for line in lines_of(text, self.width, setting.width):
            self.beside(([line], _on_grid((self.width - setting.width(line)) // 2), setting))

    def heading(self, text: str) -> None:
        """As large as it fits, in the middle."""
        for line in self._setting.headings(text, self.width):
            self._put(Picture(self._middle(line.width), self.height, line))
            self.height += LEADING
        self.height -= LEADING

    def fixed(self, text: str, centred: bool = False) -> None:
        """The form's own words, which are in every copy: each line is art that the printer may have in its flash."""
        lines = lines_of(text, self.width, self._setting.width) if centred else self.even(text, self.width)
        for line in lines:
            x = _on_grid((self.width - self._setting.width(line)) // 2) if centred else 0
            cells = tuple(item for item in self._setting.items(line, x, self.height) if isinstance(item, Cell))
            self._put(words_art(cells))
            self.height += LEADING
        self.height -= LEADING

    def right(self, text: str) -> None:
        for line in lines_of(text, self.width, self._setting.width):
            self.beside(([line], _on_grid(self.width - self._setting.width(line))))

    def beside(self, *blocks: tuple[Sequence[str], int] | tuple[Sequence[str], int, Setting]) -> None:
        """Lines from some x on, all blocks beginning in the same row, each in the strip's setting or in its own."""
        for lines, x, *own in blocks:
            self._block(lines, x, self.height, own[0] if own else self._setting)
        self.height += max(self.depth(lines) for lines, *_ in blocks)

    def tiled(self, name: str, bitmap: Bitmap) -> None:
        """Art that repeats itself, so that it is cells where the printer does not have it; its sides are multiples of 24."""
        cells = tuple(Cell(x, self.height + y, tile) for x, y, tile in tiles(bitmap))
        self._put(Art(0, self.height, name, bitmap, cells))

    def art(self, name: str, bitmap: Bitmap) -> None:
        """In the middle; the printer may have it in its flash under `name`."""
        self._put(Art(self._middle(bitmap.width), self.height, name, bitmap))

    def picture(self, bitmap: Bitmap) -> None:
        """In the middle."""
        self._put(Picture(self._middle(bitmap.width), self.height, bitmap))

    def symbol(self, matrix: Bitmap, scale: int) -> None:
        """In the middle."""
        self._put(Symbol(self._middle(matrix.width * scale), self.height, matrix, scale))

    def box(self, width: int, height: int, word: str) -> None:
        """A frame with a word in it: the room of something that is not there yet."""
        self._frame(self._middle(width), self.height, width, height, word)
        self.height += height

    def signed(self, lines: Sequence[tuple[str, int]], last: str, stamp: Bitmap | str) -> None:
        """A seal at the right, each (line, x) beside it from top to bottom and `last` at its foot; a word in a frame where no seal is yet.

        The lines stand on the seal's own grid of 24 rows. So they cost what they cost elsewhere and the seal no more than alone, and the
        paper is shorter by as much.
        """
        step = 2 if (2 * len(lines) + 1) * FULL <= SIDE else 1
        rows = max(SIDE // FULL, len(lines) + 1)
        bottom = self.height + rows * FULL
        for number, (line, x) in enumerate(lines, -len(lines)):
            self._block([line], x, bottom + (step * number - 1) * FULL)
        left = self.width - SIDE
        self._block([last], _on_grid(left - HALF - self._setting.width(last)), bottom - FULL)
        if isinstance(stamp, Bitmap):
            self._items.append(Picture(left, bottom - SIDE, stamp))
        else:
            self._frame(left, bottom - SIDE, SIDE, SIDE, stamp)
        self.height = bottom

    def add(self, other: "Strip") -> None:
        """All of `other`, below."""
        self._items += [_lower(item, self.height) for item in other._items]
        self.height += other.height

    def page(self) -> Page:
        return Page(self.width, self.height, tuple(self._items))

    def _block(self, lines: Sequence[str], x: int, y: int, setting: Setting | None = None) -> None:
        setting, rows = setting or self._setting, self._setting.height
        for number, line in enumerate(lines):
            self._items += setting.items(line, x, y + number * (rows + LEADING) + (rows - setting.height) // 2)

    def _put(self, item: Item) -> None:
        self._items.append(item)
        self.height += size(item)[1]

    def _frame(self, left: int, top: int, width: int, height: int, word: str) -> None:
        thin = 2
        self._items += [
            Rule(left, top, width, thin),
            Rule(left, top + height - thin, width, thin),
            Rule(left, top, thin, height),
            Rule(left + width - thin, top, thin, height),
        ]
        middle = (height - FULL) // 2 // FULL * FULL  # on the grid of what stands beside it
        self._block([word], _on_grid(left + (width - self._setting.width(word)) // 2), top + middle)

    def _middle(self, width: int) -> int:
        return (self.width - width) // 2 // 8 * 8  # whole bytes: a raster begins at one


def _lower(item: Item, rows: int) -> Item:
    if isinstance(item, Art):
        return replace(item, y=item.y + rows, cells=tuple(replace(cell, y=cell.y + rows) for cell in item.cells))
    return replace(item, y=item.y + rows)


def words_art(cells: Sequence[Cell]) -> Art:
    """Cells of one line as one picture that knows what it is made of."""
    left, right = min(cell.x for cell in cells), max(cell.x + cell.glyph.width for cell in cells)
    rows = [0] * FULL
    for cell in cells:
        shift = right - cell.x - cell.glyph.width
        rows = [row | dots << shift for row, dots in zip(rows, cell.glyph.lines, strict=True)]
    return Art(left, cells[0].y, "words", Bitmap.of_lines(right - left, rows), tuple(cells))


def _on_grid(x: int) -> int:
    return x // HALF * HALF
