"""Which glyphs live in the printer's user-defined characters, and for how long.

The whole job is known beforehand, so the best eviction is possible (Belady): the glyph whose next use lies furthest in the future
gives way, and a glyph that would come back later than all that are in takes no slot. A definition may not replace a glyph of the line
it stands before.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from hardware.printer.commands import HAZARDS
from hardware.printer.page import Bitmap

NEVER = 1 << 40
Definition = tuple[bytes, bytes]  # code, three bytes a column


def glyph_columns(glyph: Bitmap) -> bytes:
    """The glyph as user-defined characters and ESC * want it: three bytes a column."""
    return b"".join(column.to_bytes(3, "big") for column in glyph.columns)


@dataclass
class Slots:
    """`uses` says for each glyph in which lines of the job it stands, ascending, a line as often as the glyph stands in it."""

    codes: Sequence[bytes]
    uses: dict[Bitmap, list[int]]
    held: dict[Bitmap, bytes] = field(default_factory=dict)

    def settle(self, line: int, glyphs: Sequence[Bitmap]) -> list[Definition]:
        """Decides for one line; then `held` has the codes to print with. Returns the definitions (code, columns) to send before."""
        definitions = []
        here = set(glyphs)
        for glyph in dict.fromkeys(glyphs):
            if glyph in self.held or (glyphs.count(glyph) == 1 and self._next(glyph, line) == NEVER):
                continue
            data = glyph_columns(glyph)
            code = None if HAZARDS.search(data) else self._room(glyph, line, here)
            if code is not None:
                self.held[glyph] = code
                definitions.append((code, data))
        return definitions

    def _room(self, glyph: Bitmap, line: int, here: set[Bitmap]) -> bytes | None:
        if len(self.held) < len(self.codes):
            return next(code for code in self.codes if code not in self.held.values())
        candidates = [other for other in self.held if other not in here]
        if not candidates:
            return None
        victim = max(candidates, key=lambda other: self._next(other, line))
        if self._next(victim, line) < NEVER and self._next(victim, line) <= self._next(glyph, line):
            return None
        return self.held.pop(victim)

    def _next(self, glyph: Bitmap, line: int) -> int:
        """The first line after `line` with this glyph."""
        lines = self.uses[glyph]
        place = bisect_right(lines, line)
        return lines[place] if place < len(lines) else NEVER
