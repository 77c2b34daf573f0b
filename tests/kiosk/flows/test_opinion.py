"""A service under discussion is shown as such and asks for opinions: no card, no name; the town counts."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import msgspec
import pytest

from hardware.interfaces import Media
from kiosk.session.states import Reason, State
from kiosk.settings import OrdinanceSettings

START = "see attract\ntap attract.start\nsee choose_service\n"
TO = START + "tap service.library\nsee opinion\n"
TOWN = "21361"


@pytest.fixture
def opened(network, tmp_path, bench_type) -> Iterator[object]:
    entry = OrdinanceSettings(service="library", state="under discussion", name="試みの条例（案）", number="未定")
    town = msgspec.structs.replace(network.settings.town, ordinance=(entry,))
    with ExitStack() as held:
        made = bench_type(msgspec.structs.replace(network.settings, town=town), tmp_path / "state", "simulated:custom-vkp80?baud=0")
        held.callback(made.close)
        yield made


@pytest.fixture
def counted(network) -> Callable[[], list[tuple[str, str, int, int]]]:
    """service, choice, mark and how often, at the town."""

    def read() -> list[tuple[str, str, int, int]]:
        with closing(sqlite3.connect(f"file:{network.folder}/nodes/{TOWN}/issue.db?mode=ro", uri=True)) as db:
            return list(db.execute("SELECT about, chosen, rating, sum(count) FROM opinions GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"))

    return read


def test_it_is_shown_as_under_discussion_and_not_as_a_service(opened) -> None:
    opened.follow("see attract")
    assert "library" not in opened.shown.services
    opened.follow(START)
    assert opened.shown.discussed == ("library",)
    assert "library" not in opened.shown.services


def test_an_opinion_is_counted_and_nothing_else_is_kept(opened, counted) -> None:
    before = dict.fromkeys(counted())
    opened.follow(TO + "tap opinion.no\ntap opinion.maybe\ntap rating.2\ntap rating.5\ntap opinion.send\nsee done")
    assert (opened.shown.service, opened.shown.result, opened.shown.facts) == ("opinion", "counted", ())
    assert opened.terminal.conductor.session.levels.media is Media.NONE
    assert State.READING not in opened.seen
    after = counted()
    assert sum(row[3] for row in after) == sum(row[3] for row in before) + 1
    assert ("library", "maybe", 5) in {row[:3] for row in after}
    assert opened.record is None
    assert "maybe" not in opened.logged.getvalue()
    opened.follow("tap ok\nsee goodbye")
    opened.wait(6)
    opened.follow(TO)
    assert (opened.shown.use, opened.shown.rating) == ("", 0), "the next one finds an empty form"


def test_half_an_opinion_cannot_be_sent(opened) -> None:
    opened.follow(TO + "tap rating.3")
    assert "opinion.send" not in opened.terminal.conductor.view.actions
    opened.follow("tap opinion.yes\ntap back\nsee choose_service\ntap stop\nsee attract")


def test_one_that_cannot_be_sent_is_said_to_be_lost(opened, counted) -> None:
    before = counted()
    opened.follow(TO + "tap opinion.yes\ntap rating.4")
    opened.follow("hands network_down\ntap opinion.send\nsee refused")
    assert opened.shown.reason is Reason.NETWORK
    assert counted() == before
    opened.follow("hands network_up\ntap ok\nsee goodbye")


def test_with_a_card_in_the_slot_it_is_asked_away_afterwards(opened) -> None:
    opened.follow(
        TO + "card hanako\ntap opinion.yes\ntap rating.4\ntap opinion.send\nsee done\ntap ok\nsee take_card_back\npull\nsee goodbye"
    )
