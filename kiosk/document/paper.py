"""The small papers' common form: town and title above, labels and values, sentences, a note below.

They speak the language of the visit. Readings stand in brackets within sentences, and are left out where a line is short: there is no row
above the letters. What a town has named itself, and whatever else is only there in Japanese, stays Japanese in
Japanese letters (`Own`): a Chinese font would draw other characters.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hardware.printer.page import Page
from kiosk.document.dates import japanese
from kiosk.document.fonts import FULL
from kiosk.document.sections import ROW_GAP, THICK, THIN, rule
from kiosk.document.strip import Strip
from kiosk.document.typeset import Setting
from kiosk.readings import bare, bracketed
from kiosk.words import Words

VALUES_AT = 8 * FULL  # labels have 7 cells, then a gap of one
MARK_AT = 2 * FULL  # sentences with a mark before them


@dataclass(frozen=True)
class Own:
    """Text in Japanese, whatever the language of the paper."""

    text: str


class Sheet:
    """One small paper in the making. All that draws raises NoGlyph."""

    def __init__(self, width: int, words: Words, setting: Setting, own: Setting) -> None:
        self.words = words
        self._own = own
        self._strip = Strip(width, setting)

    def head(self, town_name: str, title: str) -> None:
        strip = self._strip
        strip.skip(FULL)
        strip.centred(town_name, self._own)
        strip.skip(FULL)
        strip.heading(bare(self.words.text(title)))
        strip.skip(FULL)
        strip.rule(THICK)
        strip.skip(FULL)

    def rows(self, rows: Iterable[tuple[str, str | Own]]) -> None:
        """Key of the label, value."""
        strip = self._strip
        for key, value in rows:
            label = strip.even(bare(self.words.text(key)), VALUES_AT - FULL)
            room = strip.width - VALUES_AT
            if isinstance(value, Own):
                strip.beside((label, 0), (strip.even(value.text, room, self._own), VALUES_AT, self._own))
            else:
                strip.beside((label, 0), (strip.even(bare(value), room), VALUES_AT))
            strip.skip(ROW_GAP)

    def sentence(self, text: str) -> None:
        self._strip.paragraph(bracketed(text))
        self._strip.skip(ROW_GAP)

    def marked(self, mark: str, text: str) -> None:
        """A mark of one cell, and beside it a sentence."""
        strip = self._strip
        strip.beside(([mark], 0, self._own), (strip.even(bracketed(text), strip.width - MARK_AT), MARK_AT))
        strip.skip(ROW_GAP)

    def gap(self) -> None:
        self._strip.skip(FULL)

    def part(self) -> None:
        """A line between two parts."""
        rule(self._strip, THIN)

    def foot(self, note: str) -> Page:
        """Key of the note. The last thing."""
        strip = self._strip
        strip.rule(THIN)
        strip.skip(ROW_GAP)
        strip.paragraph(bracketed(self.words.text(note)))
        strip.skip(FULL)
        return strip.page()

    def day(self, date: str) -> str:
        """ "2026-11-24" as it is written in the language of the paper. Easy Japanese counts years as everyone does."""
        return japanese(date) if self.words.language == "ja" else date

    def moment(self, date: str, time: str) -> str:
        return f"{self.day(date)} {time}"
