"""Who looked at my record (開示): the list, page by page, and on paper. Its lines were held to their logs before they came."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hardware.interfaces import PrinterState
from kiosk.session import actions as do
from kiosk.session import commands, way
from kiosk.session import events as on
from kiosk.session import view as show
from kiosk.session.actions import visit_of
from kiosk.session.commands import Command
from kiosk.session.events import Event
from kiosk.session.limit import Limit
from kiosk.session.part import BACK_STOP, Actions, Part, Shows
from kiosk.session.states import Reason, State, Step
from kiosk.session.way import Row, To

if TYPE_CHECKING:
    from kiosk.session.session import Session

PAPER = "disclosure"


def keep_looks(session: "Session", event: Event | None) -> Iterable[Command]:
    """A line that does not hold is written down at once: somebody must look at that log."""
    assert isinstance(event, on.LooksCame)
    visit = visit_of(session)
    visit.looked, visit.page, visit.paper = event.looked, 0, PAPER if event.paper else ""
    for look in event.looked.looks:
        if not look.proven:
            yield commands.NoteUnproven(look.log, look.index)


def turn_page(session: "Session", event: Event | None) -> Iterable[Command]:
    assert isinstance(event, on.PageTurned)
    visit = visit_of(session)
    visit.page = min(visit.looked.pages - 1, max(0, visit.page + event.by))
    return ()


ROWS: dict[State, Row] = {
    State.LOOKING: {
        on.LooksCame: To(State.LOOKS, keep_looks),
        on.AskFailed: way.FAILED,
        on.CommandFailed: way.FAULT,
        on.Stop: way.HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.NETWORK)),
    },
    State.LOOKS: {
        on.PageTurned: To(State.LOOKS, turn_page),  # a screen of its own: it is read from the top
        on.PaperWanted: To(State.TAKE_CARD),
        on.Forward: way.HOME,
        on.Back: To(State.CHOOSE_SERVICE),
        **way.LEAVE,
    },
}


def _ask(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    yield commands.AskLooks(visit.proof, visit.language)


def _looks(session: "Session") -> Shows:
    visit = visit_of(session)
    looked, last = visit.looked, visit.page == visit.looked.pages - 1
    actions: Actions = {"ok": on.Forward()}
    if visit.page:
        actions["looks.newer"] = on.PageTurned(-1)
    if not last:
        actions["looks.older"] = on.PageTurned(1)
    if visit.paper and session.levels.printer in (PrinterState.READY, PrinterState.LOW):
        actions["looks.print"] = on.PaperWanted()
    shown = show.LooksShown(looked.page(visit.page), looked.since, visit.page + 1, looked.pages, looked.more and last)
    return shown, actions | BACK_STOP


PART = Part(
    rows=ROWS,
    entry={State.LOOKING: (_ask,)},
    # Kiosk -> own town -> centre and home town -> centre. As for all screens with a resident's data.
    limits={State.LOOKING: Limit(20), State.LOOKS: Limit(120, warns=True)},
    shows={State.LOOKS: _looks},
    steps={State.LOOKING: Step.LOOKS},
    holds=frozenset({State.LOOKING, State.LOOKS}),
    proved=To(State.LOOKING, do.keep_signature),
)
