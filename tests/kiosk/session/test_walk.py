"""Every state times every event: each decided, none stuck, each way home, each with a screen and a time limit."""

import copy
import itertools

import pytest

from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.entry import ENTRY
from kiosk.session.events import Event
from kiosk.session.levels import LevelEvent
from kiosk.session.limits import LIMITS
from kiosk.session.parts import PARTS
from kiosk.session.present import SHOWS, view
from kiosk.session.rules import LEVEL_RULES
from kiosk.session.session import RESTING, ImpossibleEvent, Session
from kiosk.session.states import Reason, State
from kiosk.session.table import TRANSITIONS
from kiosk.session.way import Choice, To
from tests.kiosk.session.conftest import MOVES

VARIANTS = [
    {},
    {"fee": 300},
    {"stop_wanted": True},
    {"paid": 300},
    {"sheet_in_mouth": True},
    {"paper": "disclosure"},
    {"whole": False},
    {"own": True},
    *({"service": name} for name, part in PARTS.items() if part.proved is not None),
    *({"move": move} for move in MOVES),
    {"move": "complete", "carries_on": True},
    {"reason": Reason.MOVE_UNKNOWN},
]


def _events() -> set[type[Event]]:
    return {kind for kind in vars(on).values() if isinstance(kind, type) and issubclass(kind, Event)} - {Event, on.PinKey}


def _targets(way: To | Choice) -> list[State | None]:
    return [way.state] if isinstance(way, To) else [to.state for to in way.ways.values()]


def _edges() -> set[tuple[State, State]]:
    edges = {(state, target) for state, row in TRANSITIONS.items() for way in row.values() for target in _targets(way) if target}
    return edges | {(state, rule.way.state) for rule in LEVEL_RULES for state in rule.states if rule.way.state}


def test_every_event_has_a_sample(bench):
    assert {type(sample) for sample in bench.samples} == _events()


@pytest.mark.parametrize("state", State)
def test_every_event_is_decided_in_every_state(bench, state):
    """Either the table moves it, or it is impossible, raises, and nothing has moved."""
    for variant in VARIANTS:
        still = bench.session_in(state, **variant)  # takes all that is impossible, one after the other
        before = copy.deepcopy((still.state, still.visit, still.levels, still.serial))
        for event in bench.samples:
            if still.possible(type(event)):
                session = bench.session_in(state, **variant)
                session.receive(event, 1.0)
                assert session.state in State
                assert (session.visit is None) == (session.state in RESTING)
            else:
                with pytest.raises(ImpossibleEvent):
                    still.receive(event, 1.0)
                assert (still.state, still.visit, still.levels, still.serial) == before, event


@pytest.mark.parametrize("state", State)
def test_every_level_may_come_in_every_state(bench, state):
    """Levels never raise, always settle, and never leave a terminal of rest with a visit."""
    for event, second in itertools.product(bench.level_events, bench.level_events[::5]):
        session = bench.session_in(state)
        session.receive(event, 1.0)
        session.receive(second, 2.0)
        assert (session.visit is None) == (session.state in RESTING)
        view(session)


def test_every_command_can_end_where_it_was_given(bench):
    """Wherever a command is given, the state it is given in has decided every event it can end in."""
    seen = set()
    for state, event, variant in itertools.product(State, (*bench.samples, *bench.level_events), VARIANTS):
        session = bench.session_in(state, **variant)
        if not isinstance(event, LevelEvent) and not session.possible(type(event)):
            continue
        for numbered in session.receive(event, 1.0):
            seen.add(type(numbered.command))
            for end in numbered.command.ends_in:
                assert session.possible(end), f"{type(numbered.command).__name__} given in {session.state} may end in {end.__name__}"
    assert seen == set(commands.Command.__subclasses__()) - {commands.Chime}  # chimes come with time


@pytest.mark.parametrize("state", State)
def test_every_state_reaches_home_and_is_reached(state):
    forward, backward = {state}, {state}
    for _ in State:
        forward |= {target for source, target in _edges() if source in forward}
        backward |= {source for source, target in _edges() if target in backward}
    assert State.ATTRACT in forward, f"{state} never comes home"
    assert State.RECOVERING in backward, f"{state} can never be reached"


def test_every_state_has_limit_screen_and_row():
    assert set(LIMITS) == set(SHOWS) == set(TRANSITIONS) == set(State)
    assert set(ENTRY) <= set(State)


@pytest.mark.parametrize("state", State)
def test_a_limit_is_a_way_out(state):
    """A state with a limit decides TimeUp, one without never gets it."""
    assert (LIMITS[state] is not None) == (on.TimeUp in TRANSITIONS[state])


@pytest.mark.parametrize("state", State)
def test_time_alone_brings_a_visit_home(bench, state):
    """Nobody touches anything: every visit ends by its limits, in a state of rest, within ten minutes."""
    session: Session = bench.session_in(state)
    now = 0.0
    for _ in range(400):
        if session.state in RESTING and session.state is not State.RECOVERING:
            break
        deadline = session.deadline
        assert deadline is not None, f"{session.state} waits for ever"
        now = max(now, deadline)
        session.tick(now)
    assert session.state in RESTING
    assert now < 600


@pytest.mark.parametrize("state", State)
def test_what_can_be_pressed_is_decided(bench, state):
    for variant in VARIANTS:
        session = bench.session_in(state, **variant)
        for action, event in view(session).actions.items():
            kind = on.PinCount if isinstance(event, on.PinKey) else type(event)
            assert session.possible(kind), f"{action} on {state}"


@pytest.mark.parametrize("state", sorted(set(State) - RESTING))
def test_stop_is_offered_until_the_paper_is_out(bench, state):
    """Every state in which the resident waits or decides can be stopped; the rest are ends already."""
    ends = {
        State.PRINT_FAILED,
        State.TAKE_PAPER,
        State.RECEIPT,
        State.DONE,
        State.REFUSED,
        State.NOT_TODAY,
        State.STOPPING,
        State.TAKE_CARD_BACK,
        State.CARD_LEFT,
        State.PAPER_LEFT,
        State.GOODBYE,
    }
    assert ("stop" in view(bench.session_in(state)).actions) == (state not in ends)
