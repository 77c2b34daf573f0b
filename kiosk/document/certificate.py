"""The copy of the resident record: a signed answer -> pages.

A page is a strip as long as it needs to be: number and title, address, the persons, and on the last one the words of certification, the
issuer and both seals (standard specification 5.1: 認証文 on the last page only). Where pages break depends on the record alone, so that the
number of pages is known before anything is issued.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from hardware.printer.flash import stored_picture
from hardware.printer.page import Art, Bitmap, Page
from jukinet.messages import Extract, Issue, Issuer
from jukinet.seal import MOST_CHARACTERS, characters, payload_of
from jukinet.seal_facts import ANSWER, facts_of
from kiosk.document.art import guilloche, microtext
from kiosk.document.dates import japanese
from kiosk.document.disclosure import Disclosure, lay_disclosure
from kiosk.document.faces import faces_of
from kiosk.document.fields import values_of
from kiosk.document.fonts import FULL, Fonts, clusters
from kiosk.document.form import read_form, words_of
from kiosk.document.move_in import MoveIn, lay_move_in
from kiosk.document.move_out import MoveOut, lay_move_out
from kiosk.document.paper import Sheet
from kiosk.document.receipt import Receipt, Slip, lay_receipt, lay_slip
from kiosk.document.report import ReadinessReport, lay_report
from kiosk.document.seal import stamp, symbol, symbol_modules
from kiosk.document.sections import Imprint, Ornaments, closing, head, household, person, turn, worth_keeping
from kiosk.document.strip import Strip
from kiosk.document.typeset import Setting
from kiosk.words import Words

TITLE = 48  # dots
TITLE_GAP = 36
MARK = 72

# Rows of persons on one page, in dots (8 a millimetre): with head and closing around them no strip is longer than some half a metre,
# which can still be held and read, and a household of five stays on one.
FULL_PAGE = 3400
LAST_PAGE = 2500
# Issuer and certification are the town's words; in the preview they may be some lines shorter.
SPARE = 96

# What is in the digital seal and not yet known in the preview: number, date, pages, the issuer's title and name, the answer's digest; some
# 120 bytes of which a good part deflates. In base45 2 bytes are 3 characters.
_SEAL_UNKNOWN = 180  # characters

ALWAYS = "0123456789 /-*ABCDEFGHIJKLMNOPQRSTUVWXYZ年月日元大正昭和平成令和明治"


class Composer:
    """Composes for paper of `width` dots. Keeps the form and its glyphs, nothing of any resident.

    `own_form` is the town's own, laid over ours; receipts and slips come in `languages` and, opened when asked for, in any other.
    """

    def __init__(self, width: int = 576, fonts: Fonts | None = None, own_form: Path | None = None, languages: Iterable[str] = ()) -> None:
        """Raises FontMissing, FormError, NoGlyph for a form that no font draws."""
        self.width = width
        self._fonts = fonts or Fonts()
        self._form = read_form("wide_area", own_form)
        self._by_language = {language: Fonts(faces_of(language)) for language in languages}
        self._kept = {one: self._fonts.glyph(one) for one in set(clusters("".join(words_of(self._form)) + ALWAYS)) if not one.isspace()}
        self._ornaments = Ornaments(
            band=guilloche(width // FULL * FULL),
            line=microtext(self._form.microtext, width // FULL * FULL),
            title=self._fonts.banner(self._form.title, TITLE, TITLE_GAP),
            mark=self._fonts.banner(self._form.draft.mark, MARK, 0),
        )

    @property
    def art(self) -> list[Bitmap]:
        """Pictures of every copy that a printer may keep in its flash; never a seal."""
        strip = Strip(self.width, self._setting())
        worth_keeping(strip, self._form, self._ornaments)
        return [stored_picture(item) for item in strip.page().items if isinstance(item, Art)]

    def undrawable(self, extract: Extract) -> tuple[str, ...]:
        """What of the record no font here draws exactly, each once; nothing may be issued then. Takes about a millisecond."""
        found = self._fonts.can_draw("".join(_texts(extract)))
        return tuple(dict.fromkeys(one.cluster for one in found if one.font is None))

    def draft(self, extract: Extract, town_name: str) -> tuple[Page, ...]:
        """One copy as it would look, for the preview and to know how much paper it needs: no number, no seal, secret digits hidden.

        Never shorter than the copy, and as many pages. Raises NoGlyph where `undrawable` finds something.
        """
        words = self._form.draft
        imprint = Imprint(
            number=words.number,
            statement=words.statement_whole if extract.whole_household else words.statement_part,
            date=words.date,
            issuer=town_name,
            issuer_name="",
            stamp=None,
            symbol=None,
            modules=symbol_modules(_seal_length(extract)),
        )
        return self._pages(extract, imprint)

    def copy(self, extract: Extract, issue: Issue, index: int) -> tuple[Page, ...]:
        """The pages of copy `index` (0 is the first) of an issue. Raises NoGlyph, and IndexError when so many were not issued."""
        copy = issue.copies[index]
        code = symbol(copy.seal)
        imprint = Imprint(
            number=copy.number,
            statement=issue.statement,
            date=japanese(issue.date),
            issuer=issue.issuer.title,
            issuer_name=issue.issuer.name,
            stamp=stamp(issue.issuer.title, self._form.seal_suffixes, self._fonts),
            symbol=code,
            modules=code.width,
        )
        return self._pages(extract, imprint)

    def receipt(self, words: Words, receipt: Receipt) -> Page:
        """In the language of the visit, as all papers below. Raises NoGlyph and, for a language not opened before, FontMissing."""
        return lay_receipt(self._sheet(words), receipt)

    def slip(self, words: Words, slip: Slip) -> Page:
        """For "not today"."""
        return lay_slip(self._sheet(words), slip)

    def report(self, words: Words, report: ReadinessReport) -> Page:
        """In the language of the staff."""
        return lay_report(self._sheet(words), report)

    def disclosure(self, words: Words, disclosure: Disclosure) -> Page:
        return lay_disclosure(self._sheet(words), disclosure)

    def move_out(self, words: Words, move: MoveOut) -> Page:
        return lay_move_out(self._sheet(words), move)

    def move_in(self, words: Words, move: MoveIn) -> Page:
        return lay_move_in(self._sheet(words), move)

    def _sheet(self, words: Words) -> Sheet:
        fonts = self._by_language.get(words.language) or Fonts(faces_of(words.language))
        return Sheet(self.width, words, Setting(fonts), self._setting())

    def _pages(self, extract: Extract, imprint: Imprint) -> tuple[Page, ...]:
        setting = self._setting()
        blocks = []
        for resident in extract.persons:
            block = Strip(self.width, setting)
            person(block, self._form, resident, hide=imprint.draft)
            blocks.append(block)
        sheets = _broken(blocks)
        return tuple(self._page(extract, imprint, setting, sheet, number, len(sheets)) for number, sheet in enumerate(sheets, 1))

    def _page(self, extract: Extract, imprint: Imprint, setting: Setting, blocks: list[Strip], number: int, of: int) -> Page:
        strip = Strip(self.width, setting)
        head(strip, self._form, imprint, self._ornaments, number, of)
        household(strip, self._form, extract)
        for block in blocks:
            strip.add(block)
        if number < of:
            turn(strip, self._form, self._ornaments)
        else:
            closing(strip, self._form, extract, imprint, self._ornaments)
            strip.skip(SPARE if imprint.draft else 0)
        return strip.page()

    def _setting(self) -> Setting:
        return Setting(self._fonts, self._kept)


def _broken(blocks: list[Strip]) -> list[list[Strip]]:
    """Persons by page: as many as a page holds. Where they leave no room for the closing, the last person goes to a page with it."""
    sheets: list[list[Strip]] = [[]]
    for block in blocks:
        if sheets[-1] and _rows(sheets[-1]) + block.height > FULL_PAGE:
            sheets.append([])
        sheets[-1].append(block)
    if len(sheets[-1]) > 1 and _rows(sheets[-1]) > LAST_PAGE:
        sheets.append([sheets[-1].pop()])
    return sheets


def _rows(blocks: list[Strip]) -> int:
    return sum(block.height for block in blocks)


def _texts(extract: Extract) -> Iterator[str]:
    yield from (extract.address, extract.building, extract.head or "")
    for resident in extract.persons:
        yield from (value for value in values_of(resident).values() if value)


def _seal_length(extract: Extract) -> int:
    """As many characters as the digital seal will have, rather more."""
    nobody = Issuer(town=extract.town, town_name="", title="", name="")
    known = characters(payload_of(facts_of(extract, bytes(ANSWER), nobody, "", "", 1)))
    return min(known + _SEAL_UNKNOWN, MOST_CHARACTERS)
