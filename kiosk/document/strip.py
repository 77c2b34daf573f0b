"""A strip of paper that grows downwards: lines, rules, pictures, one below the other.

The encoder saves its bytes by the layout, so a strip has no way to put anything beside a picture or a symbol, and every line of text has
its own rows.
"""

from collections.abc import Sequence
from dataclasses import replace

from hardware.printer.page import Bitmap, Item, Page, Picture, Rule, Symbol, size
from kiosk.document.fonts import FULL, HALF, width_of
from kiosk.document.typeset import Draw, cells, even_lines, lines_of

LEADING = 6  # dots between the lines of one item


class Strip:
    """Items on `width` dots; `height` is where the next one begins."""

    def __init__(self, width: int, draw: Draw) -> None:
        self.width = width
        self.height = 0
        self._draw = draw
        self._items: list[Item] = []

    def skip(self, rows: int) -> None:
        self.height += rows

    def rule(self, thickness: int) -> None:
        self._items.append(Rule(0, self.height, self.width, thickness))
        self.height += thickness

    def lines(self, lines: Sequence[str], x: int = 0) -> None:
        self._block(lines, x, self.height)
        self.height += depth(lines)

    def paragraph(self, text: str, indent: int = 0) -> None:
        """`text` in as many lines as it needs, about equally long, all moved in by `indent` dots."""
        self.lines(even_lines(text, self.width - indent), indent)

    def centred(self, text: str) -> None:
        for line in lines_of(text, self.width):
            self.lines([line], _on_grid((self.width - width_of(line)) // 2))

    def right(self, text: str) -> None:
        for line in lines_of(text, self.width):
            self.lines([line], _on_grid(self.width - width_of(line)))

    def pair(self, label: Sequence[str], value: Sequence[str], x: int) -> None:
        """A label at the left, its value from `x` on, in the same rows."""
        self._block(label, 0, self.height)
        self._block(value, x, self.height)
        self.height += max(depth(label), depth(value))

    def picture(self, bitmap: Bitmap, x: int | None = None) -> None:
        """At `x`, or in the middle."""
        self._put(Picture(self._middle(bitmap.width) if x is None else x, self.height, bitmap))

    def symbol(self, matrix: Bitmap, scale: int) -> None:
        self._put(Symbol(self._middle(matrix.width * scale), self.height, matrix, scale))

    def box(self, width: int, height: int, word: str, x: int | None = None) -> None:
        """A frame with a word in it: the room of something that is not there yet."""
        left = self._middle(width) if x is None else x
        top, thin = self.height, 2
        self._items += [
            Rule(left, top, width, thin),
            Rule(left, top + height - thin, width, thin),
            Rule(left, top, thin, height),
            Rule(left + width - thin, top, thin, height),
        ]
        self._block([word], _on_grid(left + (width - width_of(word)) // 2), top + (height - FULL) // 2)
        self.height += height

    def add(self, other: "Strip") -> None:
        """All of `other`, below."""
        self._items += [replace(item, y=item.y + self.height) for item in other._items]
        self.height += other.height

    def page(self) -> Page:
        return Page(self.width, self.height, tuple(self._items))

    def _block(self, lines: Sequence[str], x: int, y: int) -> None:
        for number, line in enumerate(lines):
            self._items += cells(line, x, y + number * (FULL + LEADING), self._draw)

    def _put(self, item: Item) -> None:
        self._items.append(item)
        self.height += size(item)[1]

    def _middle(self, width: int) -> int:
        return (self.width - width) // 2 // 8 * 8  # whole bytes: a raster begins at one


def depth(lines: Sequence[str]) -> int:
    """The rows that lines of text take."""
    return len(lines) * (FULL + LEADING) - LEADING if lines else 0


def _on_grid(x: int) -> int:
    return x // HALF * HALF
