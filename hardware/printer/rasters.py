"""Lines of dots -> bytes for a printer, without a real-time command in them.

A raster that would hold one by chance is moved against the byte grid (seven other origins); a run of columns is split between
columns, and a column that holds one in itself is printed in two passes over the same place (dots are ORed). Columns can always be
cured, a raster almost always.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hardware.printer.commands import HAZARDS, at, columns, raster


@dataclass(frozen=True)
class Raster:
    """`data` prints `rows` dot rows from `x` on; it needs an empty print buffer."""

    x: int
    stride: int
    data: bytes
    doubled: bool

    @property
    def rows(self) -> int:
        return len(self.data) // self.stride * (2 if self.doubled else 1)

    def command(self) -> bytes:
        return (at(self.x) if self.x else b"") + raster(self.stride, self.data, self.doubled)


def fit_raster(lines: Sequence[int], width: int, left: int = 0, doubled: bool = False) -> Raster | None:
    """The ink of `lines` (`width` bits each, most significant left), the first bit at dot `left`. None: no origin is free of hazards.

    The last byte of a row may reach up to seven white dots beyond the paper; printers read and drop those (GS v 0).
    """
    ink = 0
    for line in lines:
        ink |= line
    first, end = extent(ink, width)
    scale = 2 if doubled else 1
    for origin in (first // 8 * 8, *range(first, max(-1, first - 8), -1)):
        stride = max(1, (end - origin + 7) // 8)
        shift = origin + stride * 8 - width
        rows = ((line << shift if shift >= 0 else line >> -shift) & ((1 << stride * 8) - 1) for line in lines)
        data = b"".join(row.to_bytes(stride, "big") for row in rows)
        if not HAZARDS.search(data):
            return Raster(left + origin * scale, stride, data, doubled)
    return None


def extent(ink: int, width: int) -> tuple[int, int]:
    """First column with ink, and the one after the last. (0, 0) if there is none."""
    if not ink:
        return 0, 0
    return width - ink.bit_length(), width - (ink & -ink).bit_length() + 1


def transposed(lines: Sequence[int], width: int) -> list[int]:
    """One integer a column, the top row in the most significant bit."""
    values = [0] * width
    top = 1 << (len(lines) - 1)
    for row, line in enumerate(lines):
        bit = top >> row
        while line:  # from ink to ink: most of a page is white
            x = line.bit_length()
            values[width - x] |= bit
            line ^= 1 << (x - 1)
    return values


@dataclass(frozen=True)
class Piece:
    """Part of a text line: bytes that print from dot `x` on and leave the position at `end`."""

    x: int
    end: int
    data: bytes


# A gap of three white columns costs 9 bytes, as much as a new position and a new command.
JOIN = 3


def column_pieces(lines: Sequence[int], width: int, left: int = 0) -> Iterator[Piece]:
    """The ink of 24 lines as ESC * runs, the first column at dot `left`."""
    values = transposed(lines, width)
    inked = [x for x, value in enumerate(values) if value]
    start = 0
    for index, x in enumerate(inked):
        if index + 1 == len(inked) or inked[index + 1] - x > JOIN + 1:
            first = inked[start]
            yield from _run(left + first, [value.to_bytes(3, "big") for value in values[first : x + 1]])
            start = index + 1


def _run(x: int, run: Sequence[bytes]) -> Iterator[Piece]:
    begin, data = x, b""
    for place, column in enumerate(run, start=x):
        torn = HAZARDS.search(column) is not None
        if data and (torn or HAZARDS.search(data[-1:] + column[:1])):
            yield Piece(begin, place, columns(data))
            begin, data = place, b""
        if torn:
            yield Piece(place, place + 1, columns(bytes((column[0], 0, column[2]))))
            yield Piece(place, place + 1, columns(bytes((0, column[1], 0))))
            begin = place + 1
        else:
            data += column
    if data:
        yield Piece(begin, begin + len(data) // 3, columns(data))
