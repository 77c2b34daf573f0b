"""Facts about what was or will be done, each beside its label: days, towns, people, numbers."""

import re
from collections.abc import Iterable

from kiosk.screens.base import Board
from kiosk.screens.fonts import NAMES, WORDS
from kiosk.screens.widgets import Area, Fact, Rule

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)


def lay_out(board: Board, area: Area, facts: Iterable[tuple[str, str]]) -> None:
    """Below each other, with a line between two."""
    for place, (name, words) in enumerate(facts):
        if place:
            area.add_widget(Rule())
        area.add_widget(_fact(board, name, words))


def _fact(board: Board, name: str, words: str) -> Fact:
    """Label `done.fact.NAME`. Names of people stand in the face of names, days as the language writes them."""
    day = _DAY.fullmatch(words)
    if day is not None:
        words = board.say("date.day", year=int(day[1]), month=int(day[2]), day=int(day[3]))
    elif name == "persons":
        words = board.say("move_out.persons_value", persons=words)
    return Fact(label=board.say(f"done.fact.{name}"), words=words, font_name=NAMES if name == "movers" else WORDS)
