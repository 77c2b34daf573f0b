"""Moving by card at the terminal: the notice of moving out, the notice of moving in, and every way in which either ends otherwise.

Each test moves somebody else: a move is for good. The network is this file's own.
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.errors import Kind, PaperWay, Problem
from jukinet.lab.moving import Terminal
from kiosk.lab import running_lab
from kiosk.session.states import Reason, State
from kiosk.tasks.network import ask_failed
from tests.conftest import WithCards
from tests.jukinet.toxic import CLEAR, REFUSE, Toxic, ToxicLine, ToxicLines
from tests.kiosk.flows.conftest import HOME, TOWN, Bench, Network

PRINTER = "simulated:custom-vkp80?baud=0"
TO_LOOK = "see attract\ntap attract.start\ntap service.move\nsee insert_card\ncard {case}\nsee enter_pin\npin 1234\n"
TO_MOVERS = TO_LOOK + "see choose_movers\n"
TO_DAY = TO_MOVERS + "tap persons.all\ntap persons.next\nsee choose_day\n"
TO_ONE_DAY = TO_MOVERS + "tap persons.next\nsee choose_day\n"  # for those who live alone
TO_TOWN = "tap day.{day}\ntap days.next\nsee choose_town\ntap town.{town}\ntap towns.next\nsee move_confirm\n"
TO_IN = TO_LOOK + "see choose_day\ntap day.0\ntap days.next\nsee move_confirm\n"
AWAY = "tap ok\nsee take_card_back\npull\nsee goodbye\n"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory, with_cards: WithCards) -> Iterator[Network]:
    with running_lab(with_cards(tmp_path_factory.mktemp("lab of moves")), 20, 1) as file:
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

    def arrival(self, move: str) -> str:
        """How far it is at the new town, "" while it has not heard of it."""
        found = self.ask(TOWN, "SELECT state FROM arrivals WHERE move = ?", move)
        return str(found[0][0]) if found else ""

    def open_again(self, move: str) -> None:
        """The move's cards at the new town wait to be carried on."""
        with closing(sqlite3.connect(f"{self._folder}/nodes/{TOWN}/issue.db", isolation_level=None)) as db:
            db.execute("UPDATE moved_cards SET state = 'open', until = '2099-12-31' WHERE move = ?", (move,))

    def when_arriving(self, move: str, state: str) -> None:
        """Waits until the new town says so."""
        limit = time.monotonic() + 20
        while (found := self.arrival(move)) != state:
            assert time.monotonic() < limit, f"{found!r} and not {state}"
            time.sleep(0.05)


@pytest.fixture
def towns(network: Network) -> Towns:
    return Towns(network)


@dataclass
class Far:
    """A terminal at the far end of a line of which anything may be wrong."""

    bench: Bench
    line: ToxicLine


@pytest.fixture
def far(network: Network, tmp_path: Path) -> Iterator[Far]:
    port = int(network.settings.network.urls[0].rpartition(":")[2])
    with ToxicLines() as lines:
        line = lines.to(port)
        own = msgspec.structs.replace(network.settings.network, urls=(line.url,))
        bench = Bench(msgspec.structs.replace(network.settings, network=own), tmp_path / "state", PRINTER)
        yield Far(bench, line)
        line.be(CLEAR)
        bench.close()


def confirm(network: Network, number: int, *relationships: str) -> None:
    """What the new town's clerk types."""
    settings = network.folder / "nodes" / TOWN / "node.toml"
    words = ["counter", "confirm", str(number), "--settings", str(settings), "--address", "岐阜県不破郡垂井町若竹1番地"]
    ended = CliRunner().invoke(app, words + [word for each in relationships for word in ("--relationship", each)])
    assert ended.exit_code == 0, ended.output


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
    assert "東雲" not in bench.logged.getvalue()


def test_a_family_moves_out_here_moves_in_here_and_its_counter_confirms(bench: Bench, network: Network, towns: Towns) -> None:
    """Rows 22 and 24: one visit at the new town, and nobody has been to the old one."""
    bench.follow(TO_DAY + TO_TOWN + "tap move.yes\nsee done\n" + AWAY, case="hanako", day="0", town=TOWN)
    move = towns.departures()[-1][0]
    towns.when_arriving(move, "expected")
    for place in (TO_LOOK + "see choose_day\n", TO_IN):
        bench.follow(place + "pull\nsee goodbye", case="hanako")
    assert towns.arrival(move) == "expected", "a card that is pulled has told nothing"
    bench.follow(TO_IN, case="hanako")
    assert (bench.shown.what, facts(bench)["persons"], facts(bench)["from"]) == ("in", "3", "岐阜県大垣市")
    bench.follow("tap move.yes\nsee done")
    number = facts(bench)["counter"]
    assert bench.shown.result == "filed"
    bench.follow("tap done.print\nsee take_card\npull\nsee take_paper\ntake\nsee goodbye")
    bench.follow(TO_LOOK + "see move_where", case="hanako")
    assert (bench.shown.what, facts(bench)["counter"]) == ("filed", number)
    bench.follow(AWAY)
    confirm(network, int(number), "世帯主", "妻", "子")
    towns.when_arriving(move, "complete")
    assert towns.departures()[-1] == (move, TOWN, "closed"), "and the old town has been told"
    bench.follow(TO_LOOK + "see move_where", case="hanako")
    assert bench.shown.what == "complete"
    bench.follow(AWAY)
    towns.open_again(move)  # as the card of another member is, that the notice was not given with
    bench.follow(TO_LOOK + "see move_where", case="hanako")
    assert bench.shown.what == "carry"
    bench.follow("tap move.carry_on\nsee done")
    assert bench.shown.result == "carried"
    bench.follow(AWAY + TO_LOOK + "see move_where", case="hanako")
    assert bench.shown.what == "complete"
    assert "move.carry_on" not in bench.terminal.conductor.view.actions
    bench.follow("tap move.new\nsee choose_movers\ntap stop\nsee take_card_back\npull\nsee goodbye")


def test_a_resident_of_the_terminals_own_town_moves_out(bench: Bench, towns: Towns) -> None:
    bench.follow(TO_ONE_DAY + TO_TOWN, case="local", day="60", town=HOME)
    bench.follow("tap move.yes\nsee done\n" + AWAY)
    assert [destination for _, destination, _ in towns.departures(TOWN)] == [HOME]
    bench.follow(TO_LOOK + "see move_where", case="local")
    assert bench.shown.what in ("sent", "expected")
    bench.follow("tap stop\nsee take_card_back\npull\nsee goodbye")


def test_the_holder_of_the_card_moves_along_and_their_own_town_is_none_to_move_to(bench: Bench) -> None:
    bench.follow(TO_MOVERS, case="large_household")
    (holder,) = [person for person in bench.shown.persons if person.holder]
    assert holder.chosen
    assert f"persons.{holder.number}" not in bench.terminal.conductor.view.actions
    bench.follow("tap persons.2\ntap persons.next\nsee choose_day")
    assert "days.next" not in bench.terminal.conductor.view.actions, "no day is chosen for anybody"
    bench.follow("tap day.1\ntap days.next\nsee choose_town")
    assert [town.code for town in bench.shown.towns] == [TOWN]
    bench.follow("tap back\nsee choose_day\ntap back\nsee choose_movers\ntap back\nsee choose_service\ntap stop\npull\nsee goodbye")


# -- no -----------------------------------------------------------------------------------------------------------------


def test_a_second_use_is_refused_with_its_words(bench: Bench, network: Network, towns: Towns) -> None:
    """Another card of the same move was quicker, between the summary and the yes."""
    bench.follow(TO_DAY + TO_TOWN, case="foreign", day="3", town=TOWN)
    other = Terminal(network.folder, "foreign")
    (told,) = other.out([1, 2], bench.terminal.conductor.session.visit.moving.chosen, TOWN)
    other.close()
    bench.follow("tap move.yes\nsee refused")
    assert bench.reason == "move_used"
    assert not bench.shown.paper_way
    bench.follow(AWAY)
    assert [move for move, _, _ in towns.departures()].count(told.move) == 1


def test_a_notice_more_than_14_days_late_goes_the_paper_way(bench: Bench, towns: Towns) -> None:
    """Row 23."""
    before = towns.departures()
    bench.follow(TO_DAY + TO_TOWN + "tap move.yes\nsee refused", case="unknown_dates", day="-30", town=TOWN)
    assert (bench.reason, bench.shown.paper_way) == ("move_late_notice", True)
    assert bench.shown.contact
    bench.follow(AWAY)
    assert towns.departures() == before


def test_the_last_day_of_the_notice_is_taken_and_who_moved_in_too_long_ago_goes_the_paper_way(bench: Bench, towns: Towns) -> None:
    bench.follow(TO_ONE_DAY + TO_TOWN + "tap move.yes\nsee done\n" + AWAY, case="long_address", day="-14", town=TOWN)
    move = towns.departures()[-1][0]
    towns.when_arriving(move, "expected")
    late = TO_IN.replace("day.0", "day.-30")
    bench.follow(late + "tap move.yes\nsee refused", case="long_address")
    assert (bench.reason, bench.shown.paper_way) == ("move_late", True)
    bench.follow(AWAY)
    assert towns.arrival(move) == "expected"


@pytest.mark.parametrize(
    ("case", "reason"), [("expired_card", "card_expired"), ("revoked_card", "card_revoked"), ("suspended_card", "card_suspended")]
)
def test_a_card_that_does_not_serve_leads_to_the_paper_way_by_name(bench: Bench, case: str, reason: str) -> None:
    """Row 23: whoever says no, the terminal or the network."""
    to_card = "see attract\ntap attract.start\ntap service.move\nsee insert_card\ncard {case}\n"
    bench.follow(to_card + ("" if case == "expired_card" else "see enter_pin\npin 1234\n") + "see refused", case=case)
    assert (bench.reason, bench.shown.paper_way) == (reason, True)
    bench.follow(AWAY)


@pytest.mark.parametrize("case", ["protected", "moving"])
def test_protection_looks_like_any_other_not_today(bench: Bench, case: str) -> None:
    bench.follow(TO_LOOK + "see not_today", case=case)
    assert bench.reason == "counter"
    bench.follow("tap ok\nsee take_card_back\npull\nsee goodbye")


@pytest.mark.parametrize("way", PaperWay)
def test_each_reason_for_the_paper_way_has_words_of_its_own(way: PaperWay) -> None:
    reasons = {other: ask_failed(Problem(Kind.PAPER_WAY, other)).reason for other in PaperWay}
    assert list(reasons.values()).count(reasons[way]) == 1
    assert reasons[way] is not Reason.FAULT


def test_a_day_that_is_none_and_a_second_use_have_words_of_their_own() -> None:
    assert ask_failed(Problem(Kind.MOVE_DATE)).reason is Reason.MOVE_DATE
    assert ask_failed(Problem(Kind.MOVE_USED, "told")).reason is Reason.MOVE_USED


# -- on the way ---------------------------------------------------------------------------------------------------------

PLACES = {
    "movers": TO_MOVERS,
    "day": TO_DAY,
    "town": TO_DAY + "tap day.3\ntap days.next\nsee choose_town\n",
    "confirm": TO_DAY + TO_TOWN,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_card_that_is_pulled_ends_it_and_nothing_was_told(bench: Bench, towns: Towns, place: str) -> None:
    before = towns.departures()
    bench.follow(PLACES[place] + "pull\nsee goodbye", case="large_household", day="3", town=TOWN)
    bench.follow("see attract")
    assert towns.departures() == before


def test_a_card_that_is_pulled_while_the_notice_is_taken_gets_its_slip_all_the_same(far: Far, towns: Towns) -> None:
    far.bench.follow(TO_DAY + TO_TOWN, case="gaiji", day="3", town=TOWN)
    far.line.be(Toxic(latency=0.3))
    far.bench.follow("tap move.yes\nsee move_filing\npull\nsee take_paper\ntake\nsee goodbye")
    assert State.DONE not in far.bench.seen
    assert len(far.bench.papers) == 1
    far.line.be(CLEAR)


@pytest.mark.parametrize(
    ("case", "first", "then"), [("last_try_card", REFUSE, Toxic(cut=0)), ("undrawable", Toxic(reset=200), Toxic(cut=200))]
)
def test_a_line_that_breaks_while_the_notice_is_taken_asks_again_and_it_counts_once(
    far: Far, towns: Towns, case: str, first: Toxic, then: Toxic
) -> None:
    """Once the question may have arrived and once it cannot have: the resident is told that nobody knows, and sends the same one again."""
    before = towns.departures()
    far.bench.follow(TO_ONE_DAY + TO_TOWN, case=case, day="3", town=TOWN)
    far.line.be(first)
    far.bench.follow("tap move.yes\nsee refused")
    assert far.bench.reason == "move_unknown"
    far.line.be(then)
    far.bench.follow("tap move.again\nsee move_filing\nsee refused")
    far.line.be(CLEAR)
    far.bench.follow("tap move.again\nsee move_filing\nsee done\n" + AWAY)
    assert len(towns.departures()) == len(before) + 1


def test_a_power_cut_while_the_notice_is_taken_leaves_nothing_to_settle_and_the_town_knows(
    network: Network, towns: Towns, bench_type: type[Bench], tmp_path: Path
) -> None:
    """It comes up again, serves at once, and shows the resident how far the move is."""
    before = towns.departures()
    first = bench_type(network.settings, tmp_path / "state", PRINTER)
    first.follow(TO_DAY + TO_TOWN + "tap move.yes\nsee move_filing", case="large_household", day="3", town=TOWN)
    first.close()
    second = bench_type(network.settings, tmp_path / "state", PRINTER)
    second.follow(TO_LOOK, case="large_household")
    second.when(lambda: second.state in (State.CHOOSE_DAY, State.MOVE_WHERE))  # expected here, or on its way
    assert second.terminal.conductor.session.visit.moving.move.move == towns.departures()[-1][0]
    assert second.terminal.journal.records() == []
    second.follow("tap stop\nsee take_card_back\npull\nsee goodbye")
    second.close()
    assert len(towns.departures()) == len(before) + 1
