"""What can be printed: cells, rules, art, symbols and pictures, placed on a strip of dots. Dots, never fonts.

A page keeps its structure (a cell is a cell, a symbol is a matrix), because the encoder saves its bytes there: a glyph that comes
twice is defined once, a symbol is sent at one dot a module and doubled by the printer. `pixels()` is the one definition of what
the page looks like; whatever the encoder does, the paper must equal it dot for dot.
"""

from collections.abc import Iterable
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

    def __hash__(self) -> int:
        return hash(self.rows)  # which Python keeps with the bytes: glyphs are looked up thousands of times

    @property
    def stride(self) -> int:
        return (self.width + 7) // 8

    @cached_property
    def lines(self) -> tuple[int, ...]:
        """One integer a row, `width` bits, most significant bit left."""
        spare, stride = self.stride * 8 - self.width, self.stride
        return tuple(int.from_bytes(self.rows[at : at + stride], "big") >> spare for at in range(0, len(self.rows), stride))

    @cached_property
    def columns(self) -> tuple[int, ...]:
        """One integer a column, `height` bits, the top dot most significant. Kept: a form's glyphs come back in every document."""
        rows = [f"{line:0{self.width}b}" for line in self.lines]
        return tuple(int("".join(column), 2) for column in zip(*rows, strict=True)) if rows and self.width else (0,) * self.width

    @cached_property
    def halves(self) -> tuple["Bitmap", "Bitmap"]:
        """The left and the right half; with an odd width the right one is wider."""
        left = self.width // 2
        right = self.width - left
        mask = (1 << right) - 1
        return Bitmap.of_lines(left, [line >> right for line in self.lines]), Bitmap.of_lines(right, [line & mask for line in self.lines])

    @cached_property
    def _spread(self) -> dict[int, int]:
        return {}

    def spread(self, pitch: int) -> int:
        """All rows in one integer, `pitch` bits from one to the next, so that placing the whole is one shift."""
        found = self._spread.get(pitch)
        if found is None:
            found = 0
            for line in self.lines:
                found = found << pitch | line
            self._spread[pitch] = found
        return found

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
    """Static, valueless art that may live in the printer's flash (guilloche, a line of the form's own words; never a seal).

    `cells` are what the picture is made of, if it is text, placed on the page: printers that do not have it save bytes by characters.
    """

    x: int
    y: int
    name: str
    picture: Bitmap
    cells: tuple[Cell, ...] = ()


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
        """Raises ValueError for an item that reaches outside."""
        stride = (self.width + 7) // 8
        pitch, spare = stride * 8, stride * 8 - self.width
        # By place and height: what stands side by side is put together with one shift an item.
        blocks: dict[tuple[int, int], int] = {}
        for item in self.items:
            width, height = size(item)
            if not (0 <= item.x <= self.width - width and 0 <= item.y <= self.height - height):
                raise ValueError(f"{type(item).__name__} at {item.x},{item.y} reaches outside the page")
            shift = self.width - item.x - width + spare
            place = item.y, height
            blocks[place] = blocks.get(place, 0) | bitmap_of(item).spread(pitch) << shift
        rows = bytearray(stride * self.height)
        for (y, height), block in blocks.items():
            here = slice(y * stride, (y + height) * stride)
            together = block | int.from_bytes(rows[here], "big")
            rows[here] = together.to_bytes(stride * height, "big")
        return Bitmap(self.width, self.height, bytes(rows))


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


def enlarged(matrix: Bitmap, wide: int, high: int | None = None) -> Bitmap:
    """Each dot becomes `wide` x `high` dots, a square if only one is given."""
    table = {ord("0"): "0" * wide, ord("1"): "1" * wide}
    lines = [int(f"{line:0{matrix.width}b}".translate(table), 2) if matrix.width else 0 for line in matrix.lines]
    return Bitmap.of_lines(matrix.width * wide, [line for line in lines for _ in range(wide if high is None else high)])


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
