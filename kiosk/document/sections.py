"""The parts of a copy from top to bottom: number and title, household, one person, closing. Each adds to a strip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hardware.printer.page import Bitmap
from jukinet.messages import Extract, Person
from kiosk.document.fields import NAMES, SECRET, values_of
from kiosk.document.fonts import FULL
from kiosk.document.form import Form, Item
from kiosk.document.seal import QUIET, SIDE
from kiosk.document.strip import Strip
from kiosk.document.typeset import even_lines, name_lines

VALUES_AT = 8 * FULL  # labels have 7 cells, then a gap of one
ROW_GAP = 12  # dots between items
GROUP_GAP = 10  # dots above and below a thin rule
THIN, THICK = 1, 3  # dots of a rule
MODULE = 4  # dots, 0.5 mm: the least that cameras read from thermal paper
INDENT = FULL


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


def head(strip: Strip, form: Form, imprint: Imprint, title: Bitmap, mark: Bitmap | None, page: int, pages: int) -> None:
    """Number with page/pages (5.5), title; in a preview its mark."""
    strip.skip(FULL)
    strip.right(f"{imprint.number} {page}/{pages}")
    strip.skip(FULL)
    if mark is not None:
        strip.picture(mark)
        strip.skip(ROW_GAP)
        strip.centred(form.draft.note)
        strip.skip(FULL)
    strip.picture(title)
    strip.skip(ROW_GAP)
    strip.centred(form.subtitle)
    strip.skip(FULL)


def household(strip: Strip, form: Form, extract: Extract) -> None:
    """The address with 方書, which is never dropped (5.4), and the head where that was asked for."""
    room = strip.width - VALUES_AT
    lines = even_lines(extract.address, room)
    if extract.building:
        lines += even_lines(extract.building, room)
    _rule(strip, THICK)
    strip.pair(form.labels.address, lines, VALUES_AT)
    if extract.head is not None:
        strip.skip(ROW_GAP)
        strip.pair(form.labels.head, name_lines(extract.head, room), VALUES_AT)


def person(strip: Strip, form: Form, resident: Person, hide: bool) -> None:
    """The items of one person in the form's order. `hide` puts asterisks for the digits that belong on no screen."""
    _rule(strip, THICK)
    group = ""
    for item, lines in _entries(form, resident, strip.width - VALUES_AT, hide):
        if group and item.group != group:
            _rule(strip, THIN)
        elif group:
            strip.skip(ROW_GAP)
        strip.pair(item.label, lines, VALUES_AT)
        group = item.group


def _entries(form: Form, resident: Person, room: int, hide: bool) -> Iterator[tuple[Item, Sequence[str]]]:
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
            yield item, (name_lines if item.item in NAMES else even_lines)(value, room)


def turn(strip: Strip, form: Form) -> None:
    """The foot of a page that others follow."""
    _rule(strip, THICK)
    strip.centred(form.continued)
    strip.skip(FULL)


def closing(strip: Strip, form: Form, extract: Extract, imprint: Imprint) -> None:
    """What only the last page has: notes, certification, date, issuer, the black seal and the digital one."""
    _rule(strip, THICK)
    strip.centred(form.end)
    strip.skip(FULL)
    for note in _notes(form, extract):
        strip.paragraph(note)
        strip.skip(ROW_GAP)
    strip.skip(ROW_GAP)
    strip.paragraph(imprint.statement, INDENT)
    strip.skip(FULL)
    strip.lines([imprint.date], INDENT)
    strip.skip(ROW_GAP)
    strip.right(imprint.issuer)
    strip.skip(ROW_GAP)
    strip.right(imprint.issuer_name)
    strip.skip(ROW_GAP)
    at = strip.width - SIDE
    if imprint.stamp is None:
        strip.box(SIDE, SIDE, form.draft.seal, at)
    else:
        strip.picture(imprint.stamp, at)
    strip.skip(ROW_GAP)
    strip.right(form.seal_note)
    _rule(strip, THIN)
    strip.centred(form.digital_seal)
    quiet = QUIET * MODULE
    strip.skip(quiet)
    if imprint.symbol is None:
        strip.box(imprint.modules * MODULE, imprint.modules * MODULE, form.draft.mark)
    else:
        strip.symbol(imprint.symbol, MODULE)
    strip.skip(quiet)
    strip.centred(form.digital_seal_note)
    strip.skip(FULL)


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
        yield f"{form.omitted}\n{form.omitted_join.join(omitted)}"


def _rule(strip: Strip, thickness: int) -> None:
    strip.skip(GROUP_GAP)
    strip.rule(thickness)
    strip.skip(GROUP_GAP)
