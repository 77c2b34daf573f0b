"""The parts of a copy from top to bottom: number and title, household, one person, closing. Each adds to a strip.

What the register holds stands between two lines of microtext: nothing can be added above or below it unseen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from hardware.printer.page import Bitmap
from jukinet.messages import Extract, Person
from kiosk.document.fields import NAMES, SECRET, values_of
from kiosk.document.fonts import FULL, HALF
from kiosk.document.form import Form, Item
from kiosk.document.seal import QUIET, SIDE
from kiosk.document.strip import Strip

VALUES_AT = 10 * FULL  # labels have 9 cells (住民となった年月日), then a gap of one
BESIDE_AT = VALUES_AT + 4 * FULL  # a second label in the same row, its value 3 cells further on
ROW_GAP = 16  # dots between items; at 10 the head waits at twice as many rows, to be done a tenth of a second sooner (make bench-paper)
GROUP_GAP = 14  # dots above and below a thin rule
THIN, THICK = 1, 3  # dots of a rule
MODULE = 4  # dots, 0.5 mm: the least that cameras read from thermal paper


@dataclass(frozen=True)
class Ornaments:
    """What every page of a form has: its bands, its lines of microtext, its title. Drawn once."""

    band: Bitmap
    line: Bitmap
    title: Bitmap
    mark: Bitmap  # of a preview


@dataclass(frozen=True)
class Imprint:
    """What the issuer puts on one copy. A preview has neither `stamp` nor `symbol`; their room is kept, the symbol's by `modules`."""

    number: str
    statement: str
    date: str  # as written
    issuer: str
    issuer_name: str
    stamp: Bitmap | None
    symbol: Bitmap | None
    modules: int

    @property
    def draft(self) -> bool:
        return self.stamp is None


def head(strip: Strip, form: Form, imprint: Imprint, ornaments: Ornaments, page: int, pages: int) -> None:
    """Number with page/pages (5.5), title; in a preview its mark."""
    strip.tiled("band", ornaments.band)
    strip.skip(ROW_GAP)
    strip.right(f"{imprint.number} {page}/{pages}")
    strip.skip(FULL)
    if imprint.draft:
        strip.picture(ornaments.mark)
        strip.skip(ROW_GAP)
        strip.centred(form.draft.note)
        strip.skip(FULL)
    strip.art("title", ornaments.title)
    strip.skip(HALF)
    strip.fixed(form.subtitle, centred=True)
    strip.skip(HALF)
    strip.tiled("line", ornaments.line)


def household(strip: Strip, form: Form, extract: Extract) -> None:
    """The address with 方書, which is never dropped (5.4), and the head where that was asked for."""
    room = strip.width - VALUES_AT
    lines = strip.even(extract.address, room)
    if extract.building:
        lines += strip.even(extract.building, room)
    strip.beside((form.labels.address, 0), (lines, VALUES_AT))
    if extract.head is not None:
        strip.skip(ROW_GAP)
        strip.beside((form.labels.head, 0), (strip.name(extract.head, room), VALUES_AT))


def person(strip: Strip, form: Form, resident: Person, hide: bool) -> None:
    """The items of one person in the form's order. `hide` puts asterisks for the digits that belong on no screen."""
    rule(strip, THICK)
    group = ""
    for row in _rows(strip, list(_entries(form, resident, hide))):
        item, lines = row[0]
        if group and item.group != group:
            rule(strip, THIN)
        elif group:
            strip.skip(ROW_GAP)
        second = [(row[1][0].label, BESIDE_AT), (row[1][1], BESIDE_AT + 3 * FULL)] if len(row) > 1 else []
        strip.beside((item.label, 0), (lines, VALUES_AT), *second)
        group = item.group


_Entry = tuple[Item, list[str]]


def _rows(strip: Strip, entries: Sequence[tuple[Item, str]]) -> Iterator[list[_Entry]]:
    """One or two items a row: an item goes beside the one that the form names, if both are short enough."""
    room, small, beside = strip.width - VALUES_AT, BESIDE_AT - VALUES_AT - FULL, strip.width - BESIDE_AT - 3 * FULL
    waiting: list[_Entry] = []
    for item, value in entries:
        lines = (strip.name if item.item in NAMES else strip.even)(value, room)
        fits = len(lines) == 1 and strip.fits(lines[0], beside)
        if waiting and item.beside == waiting[0][0].item and strip.fits(waiting[0][1][0], small) and fits:
            yield [*waiting, (item, lines)]
            waiting = []
            continue
        if waiting:
            yield waiting
        waiting = [(item, lines)]
    if waiting:
        yield waiting


def _entries(form: Form, resident: Person, hide: bool) -> Iterator[tuple[Item, str]]:
    values = values_of(resident)
    sexes = {"male": form.sex.male, "female": form.sex.female, "unknown": form.sex.unknown}
    for item in form.japanese if resident.foreign is None else form.foreign:
        value = values[item.item]
        if value is None:
            continue
        value = value or item.blank
        if item.item == "sex":
            value = sexes[value]
        if item.item in SECRET and hide:
            value = "*" * len(value)
        if value:
            yield item, value


def turn(strip: Strip, form: Form, ornaments: Ornaments) -> None:
    """The foot of a page that others follow."""
    strip.tiled("line", ornaments.line)
    strip.fixed(form.continued, centred=True)
    strip.skip(HALF)
    strip.tiled("band", ornaments.band)


def closing(strip: Strip, form: Form, extract: Extract, imprint: Imprint, ornaments: Ornaments) -> None:
    """What only the last page has: notes, certification, date, issuer, the black seal and the digital one."""
    strip.skip(FULL)
    strip.fixed(form.end, centred=True)
    strip.tiled("line", ornaments.line)
    for note in _notes(form, extract):
        strip.fixed(note)
        strip.skip(ROW_GAP)
    strip.skip(ROW_GAP)
    strip.paragraph("\u3000" + imprint.statement)
    strip.skip(FULL)
    room = strip.width - SIDE - FULL
    issuer = [(line, 0) for line in strip.even(imprint.issuer, room)]
    name = [(line, 2 * FULL) for line in strip.name(imprint.issuer_name, room - 2 * FULL)]
    strip.signed([(imprint.date, 0), *issuer, *name], form.seal_note, imprint.stamp or form.draft.seal)
    quiet = QUIET * MODULE
    strip.skip(FULL + quiet)
    if imprint.symbol is None:
        strip.box(imprint.modules * MODULE, imprint.modules * MODULE, form.draft.mark)
    else:
        strip.symbol(imprint.symbol, MODULE)
    strip.skip(quiet)
    strip.fixed(form.digital_seal, centred=True)
    strip.skip(FULL)
    strip.tiled("band", ornaments.band)


def _notes(form: Form, extract: Extract) -> Iterator[str]:
    yield from form.notes
    words = form.optional
    asked = {
        words.relationship: extract.head is not None or any(one.relationship is not None for one in extract.persons),
        words.my_number: any(one.my_number is not None for one in extract.persons),
        words.resident_code: any(one.resident_code is not None for one in extract.persons),
    }
    omitted = [word for word, there in asked.items() if not there]
    if omitted:
        yield _omission(form, omitted)


def _omission(form: Form, omitted: Sequence[str]) -> str:
    return form.omitted + form.omitted_join.join(omitted)


def worth_keeping(strip: Strip, form: Form, ornaments: Ornaments) -> None:
    """All that is in every copy, or in every copy of a kind: what a printer should have in its flash."""
    strip.tiled("band", ornaments.band)
    strip.tiled("line", ornaments.line)
    strip.art("title", ornaments.title)
    for line in (form.subtitle, form.continued, form.end, form.digital_seal):
        strip.fixed(line, centred=True)
    for note in form.notes:
        strip.fixed(note)
    words = (form.optional.relationship, form.optional.my_number, form.optional.resident_code)
    for count in range(1, len(words) + 1):
        for omitted in combinations(words, count):
            strip.fixed(_omission(form, omitted))


def rule(strip: Strip, thickness: int) -> None:
    strip.skip(GROUP_GAP)
    strip.rule(thickness)
    strip.skip(GROUP_GAP)
