"""A move by card: where it stands, and the notice that is due. What both notices share; each one's own is in `move_out` and `move_in`.

One visit gives one notice: its name is the visit's, so telling it again is safe, and it is told again whenever the line broke and the
resident wants to know. The terminal keeps nothing of it. Whether a notice was taken is known at the town alone, and whoever asks for this
service again, here or elsewhere, is shown how far the move is.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from jukinet.messages import Move
from kiosk.session import actions as do
from kiosk.session import commands, way
from kiosk.session import events as on
from kiosk.session import view as show
from kiosk.session.actions import visit_of
from kiosk.session.commands import Command
from kiosk.session.events import Event
from kiosk.session.limit import Limit
from kiosk.session.moving import NOT_MOVING, Moving, Stand, in_groups, stand_of
from kiosk.session.part import BACK_STOP, Actions, Part, Show, Shows
from kiosk.session.parts import move_in, move_out
from kiosk.session.states import Reason, State, Step
from kiosk.session.way import Choice, Row, To, stay

if TYPE_CHECKING:
    from kiosk.session.session import Session

# After these another notice can be given.
_OVER = (Stand.COMPLETE, Stand.LAPSED, Stand.UNDELIVERED)


def keep_moves(session: "Session", event: Event | None) -> Iterable[Command]:
    assert isinstance(event, on.MovesCame)
    move = event.moves[0] if event.moves else None
    visit_of(session).moving = Moving(event.here, event.today, event.towns, event.prefectures, move)
    return ()


def forget_moves(session: "Session", event: Event | None) -> Iterable[Command]:
    """Who went back and proved the card again is asked anew: it may be another card."""
    visit_of(session).moving = NOT_MOVING
    return ()


def ask_household(session: "Session", event: Event | None) -> Iterable[Command]:
    """Who moves out is chosen among these; a move that is over counts no more."""
    visit = visit_of(session)
    visit.moving = replace(visit.moving, move=None)
    yield commands.AskHousehold(visit.proof)


def choose_day(session: "Session", event: Event | None) -> Iterable[Command]:
    assert isinstance(event, on.DayChosen)
    visit = visit_of(session)
    visit.moving = replace(visit.moving, day=event.day)
    return ()


def carry_on(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    visit.moving = replace(visit.moving, carries_on=visit.moving.carries)
    return ()


def keep_taken(session: "Session", event: Event | None) -> Iterable[Command]:
    """What the town has taken; from now on that is the move, with its number and its last day."""
    assert isinstance(event, on.MoveTaken)
    visit, move = visit_of(session), event.move
    moving = visit.moving
    carried, arrived = moving.carries_on, moving.arrives
    visit.result = "carried" if carried else "filed" if arrived else "taken"
    visit.paper = "" if carried else "move_in" if arrived else "move_out"
    facts = tuple(_facts(moving, move))
    if visit.paper == "move_out":
        facts = (("number", in_groups(move.move)), *(fact for fact in facts if fact[0] not in ("from", "persons")))
    visit.facts = facts
    visit.moving = replace(moving, move=move)
    return ()


def _facts(moving: Moving, move: Move) -> Iterable[tuple[str, str]]:
    """Of a move that the towns know. No name is in it."""
    if move.number:
        yield "counter", str(move.number)
    yield "persons", str(move.persons)
    yield "from", moving.name(move.origin)
    yield "new_town", moving.name(move.destination)
    yield "leaves", move.leaves
    if stand_of(move) in (Stand.SENT, Stand.EXPECTED):
        yield "by_card", move.until
    if move.carry_on_until:
        yield "carry_on", move.carry_on_until


_UNKNOWN = To(State.REFUSED, do.because(Reason.MOVE_UNKNOWN))

ROWS: dict[State, Row] = {
    State.MOVE_LOOKING: {
        on.MovesCame: Choice(
            way.how_a_move_stands,
            {
                "none": stay(keep_moves, ask_household),
                "known": To(State.MOVE_WHERE, keep_moves),
                "arrives": To(State.CHOOSE_DAY, keep_moves),
            },
        ),
        on.HouseholdCame: To(State.CHOOSE_MOVERS, do.keep_household),
        on.AskFailed: way.FAILED,
        on.CommandFailed: way.FAULT,
        on.Stop: way.HOME,
        on.TimeUp: To(State.REFUSED, do.because(Reason.NETWORK)),
    },
    State.MOVE_WHERE: {
        on.NoticeWanted: To(State.MOVE_LOOKING, ask_household),
        on.Yes: To(State.MOVE_FILING, carry_on),
        on.Forward: way.HOME,
        on.Back: To(State.CHOOSE_SERVICE),
        **way.LEAVE,
    },
    State.CHOOSE_DAY: {
        on.DayChosen: stay(choose_day),
        on.Forward: Choice(way.day_chosen, {"none": stay(), "out": To(State.CHOOSE_TOWN), "in": To(State.MOVE_CONFIRM)}),
        on.Back: Choice(way.arrives, {True: To(State.CHOOSE_SERVICE), False: To(State.CHOOSE_MOVERS)}),
        **way.LEAVE,
    },
    State.MOVE_CONFIRM: {
        on.Yes: To(State.MOVE_FILING),
        on.Back: Choice(way.arrives, {True: To(State.CHOOSE_DAY), False: To(State.CHOOSE_TOWN)}),
        **way.LEAVE,
    },
    State.MOVE_FILING: {
        on.MoveTaken: Choice(way.where_it_is_told, {"screen": To(State.DONE, keep_taken), "paper": To(State.TAKE_CARD, keep_taken)}),
        on.AskFailed: Choice(way.was_it_taken, {"unknown": _UNKNOWN, "no": way.REFUSED, "not today": To(State.NOT_TODAY, do.keep_reason)}),
        on.CommandFailed: _UNKNOWN,
        on.Stop: stay(),  # how it ended is worth waiting for: a notice is taken back at the counter only
        on.TimeUp: _UNKNOWN,
    },
    **move_out.ROWS,
}


def _ask_moves(session: "Session", event: Event | None) -> Iterable[Command]:
    visit = visit_of(session)
    if visit.moving.move is None and visit.moving.here:
        return  # they are known, and the household has been asked for on the way
    yield commands.AskMoves(visit.proof)


def _tell(session: "Session", event: Event | None) -> Iterable[Command]:
    moving = visit_of(session).moving
    yield (move_in if moving.arrives or moving.carries_on else move_out).tell(session)


def _where(session: "Session") -> Shows:
    moving = visit_of(session).moving
    actions: Actions = {"ok": on.Forward()}
    if moving.move is None:
        return show.MoveShown(Stand.SENT, ()), actions | BACK_STOP
    stand = stand_of(moving.move)
    if moving.carries:
        actions["move.carry_on"] = on.Yes()
    elif stand in _OVER:
        actions["move.new"] = on.NoticeWanted()
    facts = tuple(_facts(moving, moving.move))
    if moving.carries:
        return show.MoveShown("carry", tuple(fact for fact in facts if fact[0] not in ("counter", "leaves"))), actions | BACK_STOP
    return show.MoveShown(stand, facts), actions | BACK_STOP


def _choose_day(session: "Session") -> Shows:
    moving = visit_of(session).moving
    # Today first, then those to come, then back: who walks by keys begins where most will stop.
    actions: Actions = {f"day.{day}": on.DayChosen(day) for day in sorted(moving.days, key=lambda day: (day < 0, abs(day)))}
    if moving.day is not None:
        actions["days.next"] = on.Forward()
    choices = tuple(show.DayChoice(day, moving.date(day), day == moving.day) for day in moving.days)
    if moving.move is None:
        return show.DaysShown(False, choices), actions | BACK_STOP
    return show.DaysShown(True, choices, moving.name(moving.move.origin), moving.move.leaves), actions | BACK_STOP


def _confirm(session: "Session") -> Shows:
    arrives = visit_of(session).moving.arrives
    facts = (move_in if arrives else move_out).facts(session)
    return show.MoveShown("in" if arrives else "out", facts), {"move.yes": on.Yes(), **BACK_STOP}


SHOWS: dict[State, Show] = {
    State.MOVE_WHERE: _where,
    State.CHOOSE_DAY: _choose_day,
    State.MOVE_CONFIRM: _confirm,
    **move_out.SHOWS,
}

PART = Part(
    rows=ROWS,
    entry={State.MOVE_LOOKING: (_ask_moves,), State.MOVE_FILING: (_tell,)},
    limits={
        # Two questions one after the other, each kiosk -> own town -> centre and home town.
        State.MOVE_LOOKING: Limit(40),
        State.MOVE_WHERE: Limit(120, warns=True),
        State.CHOOSE_DAY: Limit(120, warns=True),
        State.MOVE_CONFIRM: Limit(120, warns=True),
        # After this the resident may ask again, and the notice counts once.
        State.MOVE_FILING: Limit(20),
        **move_out.LIMITS,
    },
    shows=SHOWS,
    steps={State.MOVE_LOOKING: Step.RECORD, State.MOVE_FILING: Step.NOTICE},
    holds=frozenset({State.MOVE_LOOKING, State.MOVE_WHERE, State.CHOOSE_DAY, State.MOVE_CONFIRM, *move_out.ROWS}),
    proved=To(State.MOVE_LOOKING, do.keep_signature, forget_moves),
)
