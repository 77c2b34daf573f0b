"""A move by card (転入転出の特例) as a visit sees it: what the towns told of it, and what the resident has chosen.

Days are counted from today: 0 is today, -3 three days ago.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from jukinet.messages import Arriving, Leaving, Move

# What is offered to choose from. A day may be too late for a notice by card: the town knows its offices' days and says so, and how else.
EARLIEST, LATEST = -30, 60
# More towns than this are looked for by prefecture.
MANY_TOWNS = 12


class Stand(StrEnum):
    """How far a move is, in the words that its people need."""

    SENT = "sent"  # the notice is taken, its certificate is on the way
    EXPECTED = "expected"  # at the new town
    FILED = "filed"  # the notice of moving in waits at the counter
    CONFIRMED = "confirmed"
    COMPLETE = "complete"
    LAPSED = "lapsed"
    UNDELIVERED = "undelivered"


_BY_NEW_TOWN = {
    Arriving.EXPECTED: Stand.EXPECTED,
    Arriving.FILED: Stand.FILED,
    Arriving.CONFIRMED: Stand.CONFIRMED,
    Arriving.ENTERED: Stand.CONFIRMED,
    Arriving.COMPLETE: Stand.COMPLETE,
    Arriving.LAPSED: Stand.LAPSED,
}
_BY_OLD_TOWN = {
    Leaving.NOTICED: Stand.SENT,
    Leaving.SENT: Stand.SENT,
    Leaving.TOLD: Stand.EXPECTED,
    Leaving.ARRIVED: Stand.CONFIRMED,
    Leaving.CLOSED: Stand.COMPLETE,
    Leaving.LAPSED: Stand.LAPSED,
    Leaving.UNDELIVERED: Stand.UNDELIVERED,
}


def stand_of(move: Move) -> Stand:
    """The new town's word, where it could be asked: it is the one that decides."""
    if move.arriving is not None:
        return _BY_NEW_TOWN[move.arriving]
    return Stand.SENT if move.leaving is None else _BY_OLD_TOWN[move.leaving]


def in_groups(move: str) -> str:
    """26 characters, so that they can be read out and written off."""
    return " ".join(move[place : place + 9] for place in range(0, len(move), 9))


@dataclass(frozen=True)
class TownName:
    code: str
    name: str  # with prefecture


@dataclass(frozen=True)
class Moving:
    """`here` is the terminal's town. `move` is the newest that is known of, or the one that was taken."""

    here: str = ""
    today: date = date.min
    towns: tuple[TownName, ...] = ()
    prefectures: tuple[TownName, ...] = ()
    move: Move | None = None
    carries_on: bool = False  # the card, and no notice
    # chosen
    day: int | None = None
    prefecture: str = ""
    town: str = ""

    @property
    def arrives(self) -> bool:
        """The notice that can be given is that of moving in."""
        return self.move is not None and self.move.destination == self.here and stand_of(self.move) is Stand.EXPECTED

    @property
    def carries(self) -> bool:
        """The card waits to be carried on, here."""
        return self.move is not None and self.move.destination == self.here and bool(self.move.carry_on_until)

    @property
    def days(self) -> range:
        """Nobody has moved in on a day to come."""
        return range(EARLIEST, 1 if self.arrives else LATEST + 1)

    def date(self, day: int) -> str:
        return (self.today + timedelta(day)).isoformat()

    @property
    def chosen(self) -> str:
        """The day, "" before it was chosen."""
        return "" if self.day is None else self.date(self.day)

    def name(self, code: str) -> str:
        """Its code for a town that the directory does not know (any more)."""
        return next((town.name for town in (*self.towns, *self.prefectures) if town.code == code), code)

    def offered(self, home: str) -> tuple[TownName, ...]:
        """Prefectures, or the towns of the one that was chosen; the home town is none to move to."""
        towns = tuple(town for town in self.towns if town.code != home)
        if len(towns) <= MANY_TOWNS:
            return towns
        if not self.prefecture:
            return self.prefectures
        return tuple(town for town in towns if town.code.startswith(self.prefecture))


NOT_MOVING = Moving()
