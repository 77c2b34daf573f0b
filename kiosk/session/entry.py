"""What each state asks for when the terminal comes to rest in it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kiosk.session import actions as do
from kiosk.session import commands
from kiosk.session.commands import Command
from kiosk.session.events import Event
from kiosk.session.parts import PARTS
from kiosk.session.states import State

if TYPE_CHECKING:
    from kiosk.session.session import Session


def _fetch_nonce(session: "Session", event: Event | None) -> Iterable[Command]:
    yield commands.FetchNonce(do.visit_of(session).id)


def _read_card(session: "Session", event: Event | None) -> Iterable[Command]:
    yield from PARTS[do.visit_of(session).service].reads(session, event)


def _print(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = do.visit_of(session)
    if visit.extract is not None and visit.issue is not None:
        yield commands.Print(visit.id, visit.extract, visit.issue)
    elif visit.paper:
        yield commands.PrintPaper(visit.paper, visit.language)


_FRAME: dict[State, tuple[do.Action, ...]] = {
    State.RECOVERING: (do.give(commands.Recover()),),
    State.CHOOSE_SERVICE: (do.give(commands.ReleaseCard()),),
    State.INSERT_CARD: (do.give(commands.ReleaseCard()),),
    State.READING: (_read_card,),
    State.PROVING: (_fetch_nonce,),
    State.TAKE_CARD: (do.give(commands.ReleaseCard()),),
    State.PRINTING: (_print,),
    State.PRINT_FAILED: (do.call_staff,),
    State.DONE: (do.give(commands.ReleaseCard()),),
    State.REFUSED: (do.give(commands.ReleaseCard()),),
    State.NOT_TODAY: (do.give(commands.ReleaseCard()),),
    State.TAKE_CARD_BACK: (do.give(commands.ReleaseCard()),),
    State.CARD_LEFT: (do.call_staff,),
    State.PAPER_LEFT: (do.call_staff,),
}

ENTRY: dict[State, tuple[do.Action, ...]] = {**_FRAME, **{state: acts for part in PARTS.values() for state, acts in part.entry.items()}}
