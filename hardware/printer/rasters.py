"""Lines of dots -> bytes for a printer, without a real-time command in them.

A raster that would hold one by chance is moved against the byte grid (seven other origins); a run of columns is split between
columns, and a column that holds one in itself is printed in two passes over the same place (dots are ORed). Columns can always be
cured, a raster almost always.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from hardware.printer.commands import HAZARDS, at, columns, raster

CHUNK = 1008  # bytes of picture in one raster, so that a band stays at about 1 kB: 14 rows of 576 dots


@dataclass(frozen=True)
class Scale:
    """How often the printer repeats each dot of a raster, 1 or 2 each way."""

    wide: int = 1
    high: int = 1


PLAIN, WIDE, DOUBLE = Scale(), Scale(2, 1), Scale(2, 2)


@dataclass(frozen=True)
class Raster:
    """`data` prints `rows` dot rows from `x` on; it needs an empty print buffer."""

    x: int
    stride: int
    data: bytes
    scale: Scale

    @property
    def rows(self) -> int:
        return len(self.data) // self.stride * self.scale.high

    def command(self) -> bytes:
        return (at(self.x) if self.x else b"") + raster(self.stride, self.data, self.scale.wide, self.scale.high)


def fit_raster(lines: Sequence[int], width: int, left: int = 0, scale: Scale = PLAIN) -> Raster | None:
    """The ink of `lines` (`width` bits each, most significant left, not yet scaled), the first bit at dot `left`. None: no origin is free
    of hazards.

    The last byte of a row may reach up to seven white dots beyond the paper; printers read and drop those (GS v 0).
    """
    ink = 0
    for line in lines:
        ink |= line
    first, end = extent(ink, width)
    for origin in (first // 8 * 8, *range(first, max(-1, first - 8), -1)):
        stride = max(1, (end - origin + 7) // 8)
        shift = origin + stride * 8 - width
        rows = ((line << shift if shift >= 0 else line >> -shift) & ((1 << stride * 8) - 1) for line in lines)
        data = b"".join(row.to_bytes(stride, "big") for row in rows)
        if not HAZARDS.search(data):
            return Raster(left + origin * scale.wide, stride, data, scale)
    return None


def fit_rasters(lines: Sequence[int], width: int, left: int, scale: Scale) -> list[Raster] | None:
    """As few as are free of hazards, each of at most CHUNK bytes of picture. None if a single row defies all origins."""
    at_once = max(1, CHUNK // ((width + 7) // 8))
    rasters = []
    for top in range(0, len(lines), at_once):
        part = lines[top : top + at_once]
        whole = fit_raster(part, width, left, scale)
        pieces = [whole] if whole else [fit_raster([line], width, left, scale) for line in part]
        for piece in pieces:
            if piece is None:
                return None
            rasters.append(piece)
    return rasters


def halved(line: int, width: int) -> int:
    """Every second dot of a line whose dots come in pairs; of an odd width the last dot is white and goes."""
    dots = f"{line:0{width}b}"
    return int(dots[: width // 2 * 2 : 2] or "0", 2)


def extent(ink: int, width: int) -> tuple[int, int]:
    """First column with ink, and the one after the last. (0, 0) if there is none."""
    if not ink:
        return 0, 0
    return width - ink.bit_length(), width - (ink & -ink).bit_length() + 1


@dataclass(frozen=True)
class Piece:
    """Part of a text line: bytes that print from dot `x` on and leave the position at `end`."""

    x: int
    end: int
    data: bytes


# A gap of three white columns costs 9 bytes, as much as a new position and a new command.
JOIN = 3


def column_pieces(values: Mapping[int, int]) -> Iterator[Piece]:
    """Columns of 24 dots (x -> dots, the top most significant, white ones left out) as ESC * runs, from the left."""
    inked = sorted(values)
    start = 0
    for index, x in enumerate(inked):
        if index + 1 == len(inked) or inked[index + 1] - x > JOIN + 1:
            first = inked[start]
            yield from _run(first, [values.get(place, 0).to_bytes(3, "big") for place in range(first, x + 1)])
            start = index + 1


def _run(x: int, run: Sequence[bytes]) -> Iterator[Piece]:
    whole = b"".join(run)
    if not HAZARDS.search(whole):
        yield Piece(x, x + len(run), columns(whole))
        return
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
