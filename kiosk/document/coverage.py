"""Which characters a font draws, variation sequences included.

Read straight from the font's `cmap` table (OpenType 1.9, cmap, formats 4, 12 and 14): fontTools turns the 54,000 entries of IPAmj into
a dictionary in 160 ms, two sorted arrays take 2 ms, and a name must be proven drawable in the time of a tap. The tests ask fontTools for
the same.
"""

import struct
from array import array
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

SMALL = 4  # code points of 16 bits
SEGMENTED = 12  # groups of (first, last, first glyph)
SEQUENCES = 14  # a base with a variation selector


class Coverage:
    """The code points and variation sequences of one font."""

    def __init__(self, path: Path, index: int = 0) -> None:
        """`index` is the font's place in a collection. Raises OSError when the file cannot be read and ValueError when it is no font
        with a `cmap` of format 4 or 12."""
        self._table = _cmap(path, index)
        self._at = {self._number(at, 2): at for at in self._subtables()}
        if SEGMENTED in self._at:
            self._firsts, self._lasts = self._read_groups(self._at[SEGMENTED])
        elif SMALL in self._at:
            self._firsts, self._lasts = self._read_segments(self._at[SMALL])
        else:
            raise ValueError(f"{path} has no cmap of format {SMALL} or {SEGMENTED}")
        self._selectors = self._read_selectors()

    def has(self, base: int, selector: int | None = None) -> bool:
        """Whether the font says how to draw `base`, or just this form of it. A selector the font does not know is a no: it would be
        drawn as the base alone, and that is another person's name."""
        if selector is None:
            return self._has_base(base)
        default, own = self._selectors.get(selector, (0, 0))
        return (self._in_ranges(default, base) and self._has_base(base)) or self._in_mappings(own, base)

    def _has_base(self, base: int) -> bool:
        place = bisect_right(self._firsts, base) - 1
        return place >= 0 and base <= self._lasts[place]

    def _number(self, at: int, size: int) -> int:
        return int.from_bytes(self._table[at : at + size], "big")

    def _subtables(self) -> list[int]:
        return [self._number(at + 4, 4) for at in range(4, 4 + 8 * self._number(2, 2), 8)]

    def _read_groups(self, at: int) -> tuple[Sequence[int], Sequence[int]]:
        """First and last code point of each group. Groups lead to glyphs only."""
        groups = array("I", self._table[at + 16 : at + 16 + 12 * self._number(at + 12, 4)])
        groups.byteswap()
        return groups[0::3], groups[1::3]

    def _read_segments(self, at: int) -> tuple[Sequence[int], Sequence[int]]:
        """The same of format 4, whose segments may hold code points without a glyph: each run that has glyphs is a group here."""
        count = self._number(at + 6, 2) // 2
        ends, starts, offsets = (
            [self._number(at + place + 2 * number, 2) for number in range(count)] for place in (14, 16 + 2 * count, 16 + 6 * count)
        )
        firsts: list[int] = []
        lasts: list[int] = []
        for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
            for code in range(start, min(end, 0xFFFE) + 1):
                if offsets[number] and not self._number(at + 16 + 6 * count + 2 * number + offsets[number] + 2 * (code - start), 2):
                    continue
                if lasts and lasts[-1] == code - 1:
                    lasts[-1] = code
                else:
                    firsts.append(code)
                    lasts.append(code)
        return firsts, lasts

    def _read_selectors(self) -> dict[int, tuple[int, int]]:
        """Selector -> where its default ranges and its own mappings lie, 0 for none."""
        if SEQUENCES not in self._at:
            return {}
        start = self._at[SEQUENCES]
        found = {}
        for at in range(start + 10, start + 10 + 11 * self._number(start + 6, 4), 11):
            default, own = self._number(at + 3, 4), self._number(at + 7, 4)
            found[self._number(at, 3)] = (default and start + default, own and start + own)
        return found

    def _in_ranges(self, at: int, base: int) -> bool:
        """Sorted ranges of 4 bytes: first (24 bits), how many more (8 bits). The base's usual glyph is this form."""
        place = self._last_not_after(at, 4, base)
        if place is None:
            return False
        return base <= self._number(place, 3) + self._number(place + 3, 1)

    def _in_mappings(self, at: int, base: int) -> bool:
        """Sorted mappings of 5 bytes: base (24 bits), glyph (16 bits)."""
        place = self._last_not_after(at, 5, base)
        return place is not None and base == self._number(place, 3)

    def _last_not_after(self, at: int, stride: int, base: int) -> int | None:
        if not at:
            return None
        low, high = 0, self._number(at, 4)
        while low < high:
            middle = (low + high) // 2
            if self._number(at + 4 + middle * stride, 3) <= base:
                low = middle + 1
            else:
                high = middle
        return at + 4 + (low - 1) * stride if low else None


def _cmap(path: Path, index: int) -> bytes:
    """The bytes of the table, found by the font's directory (OpenType 1.9, "Organization of an OpenType font")."""
    with path.open("rb") as font:
        head = font.read(12)
        if head[:4] == b"ttcf":
            font.seek(12 + 4 * index)
            font.seek(int.from_bytes(font.read(4), "big"))
            head = font.read(12)
        if len(head) < 12 or head[:4] not in (b"\0\1\0\0", b"OTTO"):
            raise ValueError(f"{path} is no OpenType font")
        for _ in range(struct.unpack(">4xH6x", head)[0]):
            tag, at, length = struct.unpack(">4s4xII", font.read(16))
            if tag == b"cmap":
                font.seek(at)
                return font.read(length)
    raise ValueError(f"{path} has no cmap")
