"""The slip for an accepted 転入届 of a card holder: the number under which the counter has it, and what is still to be done there.

The notice is complete when the counter has confirmed it (住民基本台帳法 22条、24条の2); until then nothing has been entered anywhere.
"""

from dataclasses import dataclass

from hardware.printer.page import Page
from kiosk.document.paper import Own, Sheet


@dataclass(frozen=True)
class MoveIn:
    """`waiting` is the number at the counter, `number` the move's name at both towns, `moved` the day of moving in. Nobody is named."""

    town_name: str
    waiting: int
    number: str
    date: str
    time: str
    old_town: str
    moved: str
    persons: int
    contact: str


def lay_move_in(sheet: Sheet, move: MoveIn) -> Page:
    words = sheet.words
    sheet.head(move.town_name, "move_in.title")
    sheet.rows(
        (
            ("move_in.waiting", str(move.waiting)),
            ("move_out.date", sheet.moment(move.date, move.time)),
            ("move_in.old_town", Own(move.old_town)),
            ("move_in.moved", sheet.day(move.moved)),
            ("move_out.persons", words.text("move_out.persons_value", persons=move.persons)),
        )
    )
    sheet.part()
    sheet.sentence(words.text("move_in.next"))
    sheet.part()
    sheet.rows((("move_out.number", move.number), ("move_out.contact", Own(move.contact))))
    return sheet.foot("move_in.note")
