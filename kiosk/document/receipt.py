"""The two small papers: the receipt, and the slip for "not today". Neither holds anything about a person.

The slip says a class and a number and nothing else: the paper for a record under protection must be the one for a pending change.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from hardware.printer.page import Bitmap, Page
from kiosk.document.dates import japanese
from kiosk.document.fonts import FULL
from kiosk.document.sections import ROW_GAP, THICK, THIN
from kiosk.document.strip import Strip
from kiosk.session.states import Reason
from kiosk.words import Words

VALUES_AT = 8 * FULL  # labels have 7 cells, then a gap of one

# What a slip may name. Whatever else stands behind "only at the counter" looks the same.
CLASSES = (Reason.COUNTER, Reason.HOME_CLOSED, Reason.HOME_UNREACHABLE)


@dataclass(frozen=True)
class Receipt:
    """`numbers` are the issue numbers, `date` is "2026-11-24", `time` "14:03", `fee` yen for all copies, `contact` may have lines."""

    town_name: str
    date: str
    time: str
    copies: int
    fee: int
    numbers: tuple[str, ...]
    contact: str


@dataclass(frozen=True)
class Slip:
    """`reason` is one of CLASSES, `reference` what the counter may be told; it leads staff to the log, nobody to a person."""

    town_name: str
    date: str
    time: str
    reason: Reason
    reference: str
    contact: str

    def __post_init__(self) -> None:
        if self.reason not in CLASSES:
            raise ValueError(f"no slip for {self.reason}")


def lay_receipt(strip: Strip, words: Words, receipt: Receipt, title: Bitmap) -> Page:
    _head(strip, receipt.town_name, title)
    _rows(
        strip,
        (
            (words.text("receipt.date"), _moment(words, receipt.date, receipt.time)),
            (words.text("receipt.document"), words.text("receipt.document_name")),
            (words.text("receipt.copies"), words.text("receipt.copies_value", copies=receipt.copies)),
            (words.text("receipt.numbers"), "\n".join(receipt.numbers)),
            (words.text("receipt.fee"), words.text("receipt.fee_value", fee=f"{receipt.fee:,}")),
            (words.text("receipt.contact"), receipt.contact),
        ),
    )
    return _foot(strip, words.text("receipt.note"))


def lay_slip(strip: Strip, words: Words, slip: Slip, title: Bitmap) -> Page:
    _head(strip, slip.town_name, title)
    strip.paragraph(words.text(f"slip.class.{slip.reason}"))
    strip.skip(ROW_GAP)
    strip.paragraph(words.text("slip.next"))
    strip.skip(FULL)
    _rows(
        strip,
        (
            (words.text("slip.reference"), slip.reference),
            (words.text("slip.date"), _moment(words, slip.date, slip.time)),
            (words.text("slip.contact"), slip.contact),
        ),
    )
    return _foot(strip, words.text("slip.note"))


def _head(strip: Strip, town_name: str, title: Bitmap) -> None:
    strip.skip(FULL)
    strip.centred(town_name)
    strip.skip(FULL)
    strip.picture(title)
    strip.skip(FULL)
    strip.rule(THICK)
    strip.skip(FULL)


def _rows(strip: Strip, rows: Iterable[tuple[str, str]]) -> None:
    for label, value in rows:
        strip.beside((strip.even(label, VALUES_AT - FULL), 0), (strip.even(value, strip.width - VALUES_AT), VALUES_AT))
        strip.skip(ROW_GAP)


def _foot(strip: Strip, note: str) -> Page:
    strip.rule(THIN)
    strip.skip(ROW_GAP)
    strip.paragraph(note)
    strip.skip(FULL)
    return strip.page()


def _moment(words: Words, date: str, time: str) -> str:
    return f"{japanese(date) if words.language == 'ja' else date} {time}"
