"""Matrix codes -> strips. A module is a square of dots, so the printer can draw the square: a symbol is sent at one bit a module.

Twenty-four rows of modules become one line of user-defined characters, 12 modules wide each, which the printer enlarges (GS !) to the
symbol's scale; of an even scale 12 more rows fit as a line of half the height. What is left at the bottom, and all of a symbol that
cannot go that way, is a raster at half size, doubled. A QR code of version 17 at 4 dots a module: 14.5 kB of dots, 3.8 kB doubled, 1.1 kB
enlarged.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hardware.printer.commands import HAZARDS, at, character_size, define_halves, feed
from hardware.printer.page import Bitmap, Symbol, enlarged
from hardware.printer.rasters import DOUBLE, PLAIN, Raster, fit_rasters

LINE = 24  # rows of modules in one line of characters
TILE = 12  # modules in one character
LARGEST = 8  # GS !
SYMBOL_CODES = 16  # no symbol that fits the paper at 4 dots a module has more characters in a line


@dataclass(frozen=True)
class Enlarged:
    """One line of enlarged characters, definitions included."""

    data: bytes
    rows: int


def symbol_strips(symbol: Symbol, width: int, codes: Sequence[bytes]) -> list[Enlarged | Raster] | None:
    """From the symbol's top row to its last, for a symbol that has its rows for itself on paper of `width` dots. None: no way goes.

    `codes` are the neighbouring half-width characters it may use, none where the printer does not enlarge exactly.
    """
    strips: list[Enlarged | Raster] = []
    matrix, row = symbol.matrix, 0
    while row < matrix.height:
        line = next(_lines(symbol, row, width, codes), None)
        if line is None:
            # A raster line by line costs more than it saves: to the end of the symbol, or to where characters take over again.
            rows = LINE if codes and matrix.height - row > LINE else matrix.height - row
            rasters = _doubled(symbol, row, rows)
            if rasters is None:
                return None
            strips += rasters
        else:
            strips.append(line)
            rows = line.rows // symbol.scale
        row += rows
    return strips


def _lines(symbol: Symbol, row: int, width: int, codes: Sequence[bytes]) -> Iterator[Enlarged]:
    """The next 24 rows of modules as characters, or the next 12; each at every place against the grid until one is free of hazards."""
    scale, left = symbol.scale, symbol.matrix.height - row
    for rows, high in ((LINE, scale), (LINE // 2, scale // 2)):
        if rows > left or not 1 < scale <= LARGEST or rows * scale != LINE * high:
            continue
        part = enlarged(Bitmap.of_lines(symbol.matrix.width, symbol.matrix.lines[row : row + rows]), 1, LINE // rows)
        for white in range(TILE):
            x = symbol.x - white * scale
            tiles = _tiles(part, white)
            if x < 0 or len(tiles) > len(codes) or x + len(tiles) * TILE * scale > width:
                break
            definition = define_halves(codes[0], tiles)
            if not HAZARDS.search(definition):
                text = b"".join(codes[: len(tiles)])
                data = definition + at(x) + character_size(scale, high) + text + character_size(1, 1) + feed(rows * scale)
                yield Enlarged(data, rows * scale)
                break


def _tiles(part: Bitmap, white: int) -> Sequence[bytes]:
    """Characters of 12 columns, three bytes each, with `white` columns before the first; white ends are left out."""
    columns = [0] * white + list(part.columns)
    tiles = []
    for start in range(0, len(columns), TILE):
        tile = columns[start : start + TILE]
        while len(tile) > 1 and not tile[-1]:
            tile.pop()
        tiles.append(b"".join(column.to_bytes(3, "big") for column in tile))
    return tiles


def _doubled(symbol: Symbol, row: int, rows: int) -> list[Raster] | None:
    """None if a single row defies all origins. Of an odd scale the dots are sent one by one."""
    matrix, scale = symbol.matrix, DOUBLE if symbol.scale % 2 == 0 else PLAIN
    dots = enlarged(Bitmap.of_lines(matrix.width, matrix.lines[row : row + rows]), symbol.scale // scale.wide)
    return fit_rasters(dots.lines, dots.width, symbol.x, scale)
