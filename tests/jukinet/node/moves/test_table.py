"""The two tables: nothing is left open, and whatever comes when, both towns end alike."""

from collections import deque
from pathlib import Path

import pytest

from jukinet.messages import Arriving, Leaving
from jukinet.move_messages import Step
from jukinet.node.moves.diagram import diagram
from jukinet.node.moves.table import ARRIVING, DUTIES, ENDS, LEAVING, On, Unlawful, follow, is_final

# What goes to the other town with an event.
SAYS = {On.MARKED: "certificate", On.REMOVED: Step.CLOSED, On.RECORDED: Step.ENTERED, On.OVER: Step.LAPSED}
WORDS = {On(step) for step in Step}


def test_the_diagram_in_the_docs_is_the_table() -> None:
    page = Path(__file__).parents[4] / "docs" / "moves-states.md"
    assert page.read_text(encoding="utf-8") == diagram(), "stale: python -m jukinet.node.moves.diagram > docs/moves-states.md"


@pytest.mark.parametrize("state", [*Leaving, *Arriving])
def test_each_state_has_its_row_and_refuses_everything_else(state: Leaving | Arriving) -> None:
    table = LEAVING if isinstance(state, Leaving) else ARRIVING
    for on in On:
        if on in table[state]:
            assert follow(table, state, on) is table[state][on]
        else:
            with pytest.raises(Unlawful):
                follow(table, state, on)


def test_every_event_happens_somewhere() -> None:
    assert {on for table in (LEAVING, ARRIVING) for row in table.values() for on in row} == set(On)


def test_a_duty_is_done_in_no_final_state_and_moves_the_one_it_is_in() -> None:
    for state, duty in DUTIES.items():
        table = LEAVING if isinstance(state, Leaving) else ARRIVING
        assert not is_final(state)
        done = duty[duty.index("(") + 1 : duty.index(")")]
        assert On(done) in table[state]


Towns = tuple[Leaving, Arriving | None, tuple[str, ...], tuple[str, ...]]  # with what is under way to the old one, to the new one


def steps(towns: Towns) -> list[Towns]:
    """All that can happen next. Each line keeps its order; nothing that is under way is lost for good, since the outbox sends again."""
    old, new, to_old, to_new = towns
    after: list[Towns] = []
    for on, then in LEAVING[old].items():
        if on is On.REFUSED:
            if to_new[:1] == ("certificate",) and new is None:
                after.append((then, new, to_old, to_new[1:]))
        elif on not in WORDS:
            after.append((then, new, to_old, (*to_new, SAYS[on]) if on in SAYS else to_new))
    if new is not None:
        for on, there in ARRIVING[new].items():
            if on not in WORDS:
                after.append((old, there, (*to_old, SAYS[on]) if on in SAYS else to_old, to_new))
    if to_new:
        word, rest = to_new[0], to_new[1:]
        if word == "certificate":
            after.append((old, Arriving.EXPECTED, (*to_old, Step.RECEIVED), rest))
        else:
            assert new is not None
            after.append((old, follow(ARRIVING, new, On(word)), to_old, rest))  # Unlawful: a word that cannot be taken
    if to_old:
        after.append((follow(LEAVING, old, On(to_old[0])), new, to_old[1:], to_new))
    return after


def test_whatever_comes_when_both_towns_end_alike() -> None:
    """All interleavings: no word comes to a state that cannot take it, and who can go no further is at one of the ends."""
    first: Towns = (Leaving.NOTICED, None, (), ())
    seen, open_ones, ends = {first}, deque([first]), set()
    while open_ones:
        towns = open_ones.popleft()
        following = steps(towns)
        if not following:
            assert towns[2:] == ((), ())
            ends.add(towns[:2])
        for each in following:
            if each not in seen:
                seen.add(each)
                open_ones.append(each)
    assert ends == ENDS
