"""What can be printed: cells, rules, art, symbols and pictures, placed on a strip of dots. Dots, never fonts.

A page keeps its structure (a cell is a cell, a symbol is a matrix), because the encoder saves its bytes there: a glyph that comes
twice is defined once, a symbol is sent at one dot a module and doubled by the printer. `pixels()` is the one definition of what
the page looks like; whatever the encoder does, the paper must equal it dot for dot.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Bitmap:
    """`rows` packed as in PBM: (width + 7) // 8 bytes a row, most significant bit left, 1 = black, unused bits 0."""

    width: int
    height: int
    rows: bytes

    def __post_init__(self) -> None:
        stride = self.stride
        if len(self.rows) != stride * self.height:
            raise ValueError(f"{len(self.rows)} bytes for {self.width} x {self.height} dots, {stride * self.height} needed")
        spare = stride * 8 - self.width
        if spare and any(byte & ((1 << spare) - 1) for byte in self.rows[stride - 1 :: stride]):
            raise ValueError("dots outside the width")

    @property
    def stride(self) -> int:
        return (self.width + 7) // 8

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """One integer a row, `width` bits, most significant bit left."""
        spare, stride = self.stride * 8 - self.width, self.stride
        return tuple(int.from_bytes(self.rows[at : at + stride], "big") >> spare for at in range(0, len(self.rows), stride))

    @classmethod
    def of_lines(cls, width: int, lines: Iterable[int]) -> "Bitmap":
        stride = (width + 7) // 8
        rows = [(line << (stride * 8 - width)).to_bytes(stride, "big") for line in lines]
        return cls(width, len(rows), b"".join(rows))


@dataclass(frozen=True)
class Cell:
    """One glyph on the text grid: 24 x 24 dots (full width) or 12 x 24 (half width)."""

    x: int
    y: int
    glyph: Bitmap


@dataclass(frozen=True)
class Rule:
    """A solid black rectangle."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Art:
    """Static, valueless art that may live in the printer's flash under `name` (guilloche, town mark; never a seal)."""

    x: int
    y: int
    name: str
    picture: Bitmap


@dataclass(frozen=True)
class Symbol:
    """A matrix code; each module is `scale` x `scale` dots."""

    x: int
    y: int
    matrix: Bitmap
    scale: int


@dataclass(frozen=True)
class Picture:
    """Anything else: the seal, a large title."""

    x: int
    y: int
    bitmap: Bitmap


Item = Cell | Rule | Art | Symbol | Picture


@dataclass(frozen=True)
class Page:
    """A strip `width` dots wide and `height` dots long. Items may overlap (dots are ORed); none may reach outside."""

    width: int
    height: int
    items: tuple[Item, ...] = field(default=())

    def pixels(self) -> Bitmap:
        lines = [0] * self.height
        for item in self.items:
            for y, x, width, bits in _strokes(item):
                if not (0 <= y < self.height and x >= 0 and x + width <= self.width):
                    raise ValueError(f"{type(item).__name__} at {item.x},{item.y} reaches outside the page")
                lines[y] |= bits << (self.width - x - width)
        return Bitmap.of_lines(self.width, lines)


def size(item: Item) -> tuple[int, int]:
    """Width and height in dots."""
    match item:
        case Cell():
            return item.glyph.width, item.glyph.height
        case Rule():
            return item.width, item.height
        case Art():
            return item.picture.width, item.picture.height
        case Symbol():
            return item.matrix.width * item.scale, item.matrix.height * item.scale
        case Picture():
            return item.bitmap.width, item.bitmap.height


def enlarged(matrix: Bitmap, scale: int) -> Bitmap:
    """Each dot becomes `scale` x `scale` dots."""
    lines = []
    for line in matrix.lines:
        wide = 0
        for bit in range(matrix.width - 1, -1, -1):
            wide = wide << scale | ((1 << scale) - 1 if line >> bit & 1 else 0)
        lines.extend([wide] * scale)
    return Bitmap.of_lines(matrix.width * scale, lines)


def bitmap_of(item: Item) -> Bitmap:
    """The item alone, without its place."""
    match item:
        case Cell():
            return item.glyph
        case Rule():
            return Bitmap.of_lines(item.width, [(1 << item.width) - 1] * item.height)
        case Art():
            return item.picture
        case Symbol():
            return enlarged(item.matrix, item.scale)
        case Picture():
            return item.bitmap


def _strokes(item: Item) -> Iterator[tuple[int, int, int, int]]:
    """(y, x, width, bits) for each dot row of the item."""
    bitmap = bitmap_of(item)
    for offset, bits in enumerate(bitmap.lines):
        yield item.y + offset, item.x, bitmap.width, bits
