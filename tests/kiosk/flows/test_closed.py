"""A town closes for a while: what its terminal shows, where somebody in the middle of a visit stands, and whose home is closed."""

from collections.abc import Callable, Iterator

import pytest

from jukinet.node.closure import Why, close, reopen

TOWN, HOME = "21361", "21202"


@pytest.fixture
def closing(network) -> Iterator[Callable[[str], None]]:
    """Closes a town of the running lab, and opens it again afterwards."""

    def closes(code: str) -> None:
        close(network.folder / "nodes" / code, Why.MAINTENANCE, "2026-11-24T01:00:00Z")

    yield closes
    for code in (TOWN, HOME):
        reopen(network.folder / "nodes" / code)


def test_row_55_an_idle_terminal_says_that_it_is_closed_for_a_while(bench, network, closing):
    bench.follow("see attract")
    closing(TOWN)
    bench.wait(6)
    bench.follow("see closed")
    assert bench.shown.why == "paused"
    reopen(network.folder / "nodes" / TOWN)
    bench.wait(6)
    bench.follow("see attract")


def test_row_55_who_has_begun_is_told_too(bench, to, closing):
    bench.follow(to["pin"], case="hanako")
    closing(TOWN)
    bench.follow("pin 1234\nsee refused")
    assert bench.reason == "town_paused"
    bench.follow("tap ok\nsee take_card_back\npull\nsee goodbye")
    assert bench.record is None


def test_row_56_a_closed_home_town_gives_a_slip_with_its_class(bench, to, closing):
    closing(HOME)
    bench.follow(to["pin"] + "pin 1234\nsee not_today", case="hanako")
    assert bench.reason == "home_closed"
    bench.follow("tap slip.print\ngone slip.print\ntap ok\nsee take_card_back\npull\nsee goodbye")
    assert len(bench.papers) == 1
