"""What each state asks for when the terminal comes to rest in it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kiosk.session import actions as do
from kiosk.session import commands
from kiosk.session.commands import Command
from kiosk.session.events import Event
from kiosk.session.states import State

if TYPE_CHECKING:
    from kiosk.session.session import Session


def _ask_household(session: "Session", event: Event | None) -> Iterable[Command]:
    yield commands.AskHousehold(do.visit_of(session).proof)


def _fetch_nonce(session: "Session", event: Event | None) -> Iterable[Command]:
    yield commands.FetchNonce(do.visit_of(session).id)


def _prepare(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = do.visit_of(session)
    yield commands.PrepareDocument(visit.proof, tuple(sorted(visit.persons)), tuple(sorted(visit.items)), visit.copies)


def _collect(session: "Session", event: Event | None) -> Iterable[Command]:
    yield commands.Collect(do.visit_of(session).fee(session.place))


def _issue(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = do.visit_of(session)
    if visit.extract is not None:
        yield commands.IssueDocument(visit.proof, visit.extract, visit.answer, visit.copies, visit.pages)


def _print(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = do.visit_of(session)
    if visit.extract is not None and visit.issue is not None:
        yield commands.Print(visit.id, visit.extract, visit.issue)


# What a state asks for when the terminal comes to rest in it.
ENTRY: dict[State, tuple[do.Action, ...]] = {
    State.RECOVERING: (do.give(commands.Recover()),),
    State.CHOOSE_SERVICE: (do.give(commands.ReleaseCard()),),
    State.INSERT_CARD: (do.give(commands.ReleaseCard()),),
    State.READING: (do.give(commands.ReadCard()),),
    State.PROVING: (_fetch_nonce,),
    State.ASKING: (_ask_household,),
    State.PREPARING: (_prepare,),
    State.PAY: (_collect,),
    State.ISSUING: (_issue,),
    State.TAKE_CARD: (do.give(commands.ReleaseCard()),),
    State.PRINTING: (_print,),
    State.PRINT_FAILED: (do.call_staff,),
    State.REFUSED: (do.give(commands.ReleaseCard()),),
    State.NOT_TODAY: (do.give(commands.ReleaseCard()),),
    State.TAKE_CARD_BACK: (do.give(commands.ReleaseCard()),),
    State.CARD_LEFT: (do.call_staff,),
    State.PAPER_LEFT: (do.call_staff,),
}
