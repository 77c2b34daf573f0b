"""Moving by card at the terminal: the notice of moving out, the notice of moving in, and every way in which either ends otherwise.

Each test moves somebody else: a move is for good. The network is this file's own.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from kiosk.lab import running_lab
from tests.kiosk.flows.conftest import HOME, TOWN, Bench, Network

TO_LOOK = "see attract\ntap attract.start\ntap service.move\nsee insert_card\ncard {case}\nsee enter_pin\npin 1234\n"
TO_MOVERS = TO_LOOK + "see choose_movers\n"
TO_DAY = TO_MOVERS + "tap persons.all\ntap persons.next\nsee choose_day\n"
TO_ONE_DAY = TO_MOVERS + "tap persons.next\nsee choose_day\n"  # for those who live alone
TO_TOWN = "tap day.{day}\ntap days.next\nsee choose_town\ntap town.{town}\ntap towns.next\nsee move_confirm\n"
TO_IN = TO_LOOK + "see choose_day\ntap day.0\ntap days.next\nsee move_confirm\n"
AWAY = "tap ok\nsee take_card_back\npull\nsee goodbye\n"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with running_lab(tmp_path_factory.mktemp("lab of moves"), 20, 1) as file:
        yield Network(file)


class Towns:
    """What the nodes have written down of moves."""

    def __init__(self, network: Network) -> None:
        self._folder = network.folder

    def ask(self, town: str, question: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._folder}/nodes/{town}/issue.db?mode=ro", uri=True)) as db:
            return list(db.execute(question, values))

    def departures(self, town: str = HOME) -> list[tuple[str, str, str]]:
        """Name of the move, new town, state; oldest first."""
        return self.ask(town, "SELECT move, destination, state FROM departures WHERE town = ? ORDER BY move", town)

    def when_arriving(self, move: str, state: str) -> None:
        """Waits until the new town says so."""
        limit = time.monotonic() + 20
        while (found := self.ask(TOWN, "SELECT state FROM arrivals WHERE move = ?", move)) != [(state,)]:
            assert time.monotonic() < limit, f"{found} and not {state}"
            time.sleep(0.05)


@pytest.fixture
def towns(network: Network) -> Towns:
    return Towns(network)


def facts(bench: Bench) -> dict[str, str]:
    return dict(bench.shown.facts)  # type: ignore[attr-defined]


def test_a_notice_of_moving_out_is_taken_and_its_slip_says_until_when(bench: Bench, towns: Towns) -> None:
    bench.follow(TO_ONE_DAY + TO_TOWN, case="taro", day="3", town=TOWN)
    assert bench.shown.what == "out"
    assert facts(bench)["movers"] == "東雲 太郎"
    bench.follow("tap move.yes\nsee done")
    assert (bench.shown.service, bench.shown.result) == ("move", "taken")
    (move, destination, _), *others = towns.departures()[-1:]
    assert (destination, others) == (TOWN, [])
    assert facts(bench)["number"].replace(" ", "") == move
    assert facts(bench)["by_card"] > facts(bench)["leaves"]
    bench.follow("tap done.print\nsee take_card\npull\nsee take_paper\ntake\nsee goodbye")
    assert len(bench.papers) == 1
    assert bench.record is None, "nothing of a move stands in the journal"
