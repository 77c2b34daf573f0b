"""Killed at every write and at every message, and cut off at every message: a move goes on, and both towns end alike.

A killed process takes all nodes with it; a cut line leaves them running. What was asked by a resident or decided at the counter and not
answered is asked and decided again, by whoever sees how far the move is.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jukinet.errors import Kind, Problem
from jukinet.messages import Arriving, Leaving
from jukinet.node.resident import Standing
from jukinet.node.storage.tables import outbox

NEW, OLD, CENTRE = "21361", "21202", "centre"
KILLED = -9


class Victim:
    """The forking process."""

    def __init__(self) -> None:
        program = [sys.executable, "-m", "tests.jukinet.node.moves.victim"]
        self._process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[4])

    def run(self, **order: Any) -> tuple[int, int]:
        """Exit status, and how many points were passed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the victim's process ended by itself"
        status, points = line.split()
        return int(status), int(points)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(20)


@pytest.fixture
def victim() -> Iterator[Victim]:
    made = Victim()
    yield made
    made.close()


async def finish(towns: Any, hanako: Any) -> str:
    """Everybody goes on from what they see: the nodes, the resident, the counter, the resident again."""
    await towns.rest()
    try:
        move = (await hanako.where()).move
    except IndexError:  # no move of hers is known
        move = (await hanako.out()).move
        await towns.rest()
    if towns.states(move)[1] is Arriving.EXPECTED:
        await hanako.file(move)
    if towns.states(move)[1] is Arriving.FILED:
        await towns.confirm((await hanako.where()).number)
    await towns.rest()
    return str(move)


def ended_well(towns: Any, move: str) -> None:
    assert towns.states(move) == (Leaving.CLOSED, Arriving.COMPLETE)
    old, new = towns.people(OLD), towns.people(NEW)
    codes = [code for code, person in old.items() if person.household == 1]
    assert {old[code].state for code in codes} == {Standing.MOVED}
    assert [(new[code].state, new[code].relationship) for code in codes] == [
        (Standing.RESIDENT, "世帯主"),
        (Standing.RESIDENT, "妻"),
        (Standing.RESIDENT, "子"),
    ]
    assert len({new[code].household for code in codes}) == 1
    for code in codes:
        assert towns.reasons(OLD, old[code].id) == ["記載", "転出届", "国内転出"], "each once"
        assert towns.reasons(NEW, new[code].id) == ["国内転入"]
    assert towns.card("hanako") == (NEW, "valid", "")
    for code, kind in ((NEW, "node_move_arriving"), (OLD, "node_move_leaving")):
        assert towns.look(code, select(outbox.c.path)) == []
        states = [line["state"] for line in towns.lines(code) if line["kind"] == kind and line["move"] == move]
        assert len(states) == len(set(states)), "no step was done twice"


def kills(towns: Any, victim: Victim, hanako: Any, points: Iterator[int]) -> int:
    """A move for each point, until a story ends before its point. How many were killed."""
    for killed, die in enumerate(points):
        towns.fresh()
        status, passed = victim.run(die=die, **towns.order())
        assert status == (KILLED if passed == die else 0)

        async def story(network: Any) -> str:
            return await finish(towns, hanako)

        ended_well(towns, towns.network.run(story, start=True))
        if status != KILLED:
            return killed
    raise AssertionError("points without end")


def test_killed_at_some_points(towns: Any, victim: Victim, mover: Any) -> None:
    """Six of some 265; all of them in `make soak`."""
    assert kills(towns, victim, mover("hanako"), count(7, 41)) >= 5


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_killed_at_every_point(towns: Any, victim: Victim, mover: Any) -> None:
    assert kills(towns, victim, mover("hanako"), count(1)) >= 200


class Cuts:
    """The line fails at the n-th time that a question or an answer is on it, and at the two times after that."""

    def __init__(self, at: int) -> None:
        self._at, self.count = at, 0

    def __call__(self) -> None:
        self.count += 1
        if self._at <= self.count < self._at + 3:
            raise Problem(Kind.UNREACHABLE, "broken")


def cuts(towns: Any, hanako: Any, places: Iterator[int]) -> int:
    """A move for each place, until a story ends before it. How many were cut."""
    for done, at in enumerate(places):
        towns.fresh()
        line = Cuts(at)

        async def story(network: Any, line: Cuts = line) -> str:
            network.at_line = line
            with suppress(Problem):  # what a resident sees of it
                return str(await towns.moves())
            for _ in range(2):
                with suppress(Problem):
                    return await finish(towns, hanako)
            return await finish(towns, hanako)

        ended_well(towns, towns.network.run(story, start=True))
        if line.count < at:
            return done
    raise AssertionError("messages without end")


def test_cut_at_some_messages(towns: Any, mover: Any) -> None:
    """Each sixth; all of them in `make soak`."""
    assert cuts(towns, mover("hanako"), count(2, 6)) >= 3


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_cut_at_every_message(towns: Any, mover: Any) -> None:
    assert cuts(towns, mover("hanako"), count(1)) >= 20


@pytest.mark.parametrize(
    ("cut", "meanwhile"),
    [
        (NEW, (Leaving.CLOSED, Arriving.ENTERED)),
        (OLD, (Leaving.TOLD, Arriving.ENTERED)),
        (CENTRE, (Leaving.CLOSED, Arriving.COMPLETE)),
    ],
)
def test_cut_off_while_the_counter_confirms(towns: Any, mover: Any, cut: str, meanwhile: Any) -> None:
    """The nodes go on by themselves; what they have to say to the one that cannot be reached waits for the line."""

    async def story(network: Any) -> str:
        hanako = mover("hanako")
        move = (await hanako.out()).move
        await towns.rest()
        filed = await hanako.file(move)
        network.down.add(cut)
        await towns.confirm(filed.number)
        while network.knocks < 3 or towns.states(move) != meanwhile:
            await asyncio.sleep(0.01)
        network.down.clear()
        await towns.rest()
        return str(move)

    ended_well(towns, towns.network.run(story, start=True))
