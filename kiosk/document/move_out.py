"""The slip for an accepted 転出届 of a card holder: no paper certificate follows, so this says what to do until when
(住民基本台帳法 24条の2).

The way without a paper ends with the earlier of two days: 14 days from moving in, 30 days from the planned day of moving out. The card goes
on in the new town if that is asked for within 90 days of reporting there.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from hardware.printer.page import Page
from kiosk.document.paper import Own, Sheet

REPORT_DAYS = 14  # from moving in
SPECIAL_DAYS = 30  # from the planned day of moving out
CARD_DAYS = 90  # from reporting in the new town
BRING = ("card", "pin", "residence_card")


@dataclass(frozen=True)
class MoveOut:
    """`number` is the receipt number, `leaves` the planned day, "2026-12-01"; `until` the last one of the way
    without a paper, as the town counts it (a day on which its offices are closed is none); `persons` how many move. Nobody is named."""

    town_name: str
    number: str
    date: str
    time: str
    new_town: str
    leaves: str
    until: str
    persons: int
    contact: str

    @property
    def report_by(self) -> str:
        """For who moves in on the planned day."""
        return (date.fromisoformat(self.leaves) + timedelta(days=REPORT_DAYS)).isoformat()


def lay_move_out(sheet: Sheet, move: MoveOut) -> Page:
    words = sheet.words
    sheet.head(move.town_name, "move_out.title")
    sheet.rows(
        (
            ("move_out.number", move.number),
            ("move_out.date", sheet.moment(move.date, move.time)),
            ("move_out.new_town", Own(move.new_town)),
            ("move_out.leaves", sheet.day(move.leaves)),
            ("move_out.persons", words.text("move_out.persons_value", persons=move.persons)),
        )
    )
    sheet.part()
    sheet.sentence(words.text("move_out.next"))
    sheet.rows(
        (
            ("move_out.report_by", words.text("move_out.report_by_value", days=REPORT_DAYS, day=sheet.day(move.report_by))),
            ("move_out.special", words.text("move_out.special_value", days=SPECIAL_DAYS, day=sheet.day(move.until))),
            ("move_out.card", words.text("move_out.card_value", days=CARD_DAYS)),
        )
    )
    sheet.part()
    sheet.sentence(words.text("move_out.bring"))
    for what in BRING:
        sheet.marked("・", words.text(f"move_out.bring.{what}"))
    sheet.part()
    sheet.rows((("move_out.contact", Own(move.contact)),))
    return sheet.foot("move_out.note")
