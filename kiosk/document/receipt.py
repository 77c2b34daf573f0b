"""The receipt, and the slip for "not today". Neither holds anything about a person.

The slip says a class and a number and nothing else: the paper for a record under protection must be the one for a pending change.
"""

from dataclasses import dataclass

from hardware.printer.page import Page
from kiosk.document.paper import Own, Sheet
from kiosk.session.states import Reason

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


def lay_receipt(sheet: Sheet, receipt: Receipt) -> Page:
    words = sheet.words
    sheet.head(receipt.town_name, "receipt.title")
    sheet.rows(
        (
            ("receipt.date", sheet.moment(receipt.date, receipt.time)),
            ("receipt.document", words.text("receipt.document_name")),
            ("receipt.copies", words.text("receipt.copies_value", copies=receipt.copies)),
            ("receipt.numbers", Own("\n".join(receipt.numbers))),
            ("receipt.fee", words.text("receipt.fee_value", fee=f"{receipt.fee:,}")),
            ("receipt.contact", Own(receipt.contact)),
        )
    )
    return sheet.foot("receipt.note")


def lay_slip(sheet: Sheet, slip: Slip) -> Page:
    words = sheet.words
    sheet.head(slip.town_name, "slip.title")
    sheet.sentence(words.text(f"slip.class.{slip.reason}"))
    sheet.sentence(words.text("slip.next"))
    sheet.gap()
    sheet.rows(
        (
            ("slip.reference", slip.reference),
            ("slip.date", sheet.moment(slip.date, slip.time)),
            ("slip.contact", Own(slip.contact)),
        )
    )
    return sheet.foot("slip.note")
