"""What residents think of a service under discussion: one choice and one mark. No card, no name, and nothing of the visit goes along."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

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
from kiosk.session.way import Choice, Row, To, stay

if TYPE_CHECKING:
    from kiosk.session.session import Session

USES = ("yes", "maybe", "no")
RATINGS = range(1, 6)

ROWS: dict[State, Row] = {
    State.OPINION: {
        on.UseChosen: stay(do.choose_use),
        on.RatingChosen: stay(do.choose_rating),
        on.Forward: Choice(way.opinion_whole, {True: To(State.SENDING_OPINION), False: stay()}),
        on.Back: To(State.CHOOSE_SERVICE),
        **way.LEAVE,
    },
    State.SENDING_OPINION: {
        on.OpinionCounted: To(State.DONE, do.result("counted")),
        on.AskFailed: way.REFUSED,
        on.CommandFailed: way.FAULT,
        on.Stop: way.HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.NETWORK)),
    },
}


def _send(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    yield commands.SendOpinion(visit.about, visit.use, visit.rating)


def _opinion(session: "Session") -> Shows:
    visit = visit_of(session)
    actions: Actions = {f"opinion.{use}": on.UseChosen(use) for use in USES}
    actions |= {f"rating.{rating}": on.RatingChosen(rating) for rating in RATINGS}
    if visit.use and visit.rating:
        actions["opinion.send"] = on.Forward()
    return show.OpinionShown(visit.about, visit.use, visit.rating), actions | BACK_STOP


PART = Part(
    rows=ROWS,
    entry={State.SENDING_OPINION: (_send,)},
    limits={State.OPINION: Limit(120, warns=True), State.SENDING_OPINION: Limit(20)},
    shows={State.OPINION: _opinion},
    steps={State.SENDING_OPINION: Step.OPINION},
    holds=frozenset(),
    proved=None,
    chosen=To(State.OPINION, do.keep_service),
)
