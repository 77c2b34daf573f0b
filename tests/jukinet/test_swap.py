"""A node that mixes up its answers gets nothing through: the accident of Yokohama, Kawasaki and Takamatsu, made on purpose."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from jukinet.errors import WrongAnswer
from jukinet.lab.swapping import Swapper


@pytest.mark.parametrize("path", ["/v1/households", "/v1/extracts", "/v1/issues"])
def test_swapped_answers_of_two_visits_at_once_are_refused_at_both(open_town, client_of, asks, visits, path: str) -> None:
    plain, swapper = open_town(), Swapper(path, seconds=20)
    mixed_up = open_town(within=[swapper.handle])
    tokens = {}
    pair = [next(visits), next(visits)]
    for visit in pair:
        _, tokens[visit] = client_of(plain.url).extract(asks.extract(visit), asks.card, 10)
    together = Barrier(2)

    def ask(visit: str) -> str:
        client = client_of(mixed_up.url)
        together.wait(10)
        try:
            if path == "/v1/households":
                client.household(asks.household(visit), asks.card, 30)
            elif path == "/v1/extracts":
                client.extract(asks.extract(visit), asks.card, 30)
            else:
                client.issue(asks.issue(visit, tokens[visit]), asks.card, 30)
        except WrongAnswer as wrong:
            return wrong.field
        return "printed a stranger's record"

    with ThreadPoolExecutor(2) as kiosks:
        assert list(kiosks.map(ask, pair)) == ["visit", "visit"]
    assert swapper.swapped == 2


def test_the_visit_before_is_not_the_answer_to_this_one(open_town, client_of, asks, visits) -> None:
    """One after the other: the second gets what the first got."""
    swapper = Swapper("/v1/households", seconds=0.1)
    town = open_town(within=[swapper.handle])
    client = client_of(town.url)
    assert client.household(asks.household(next(visits)), asks.card, 10)
    with pytest.raises(WrongAnswer, match="visit"):
        client.household(asks.household(next(visits)), asks.card, 10)
    assert swapper.swapped == 1


def test_other_paths_of_such_a_node_are_as_they_should_be(open_town, client_of, asks, visits) -> None:
    town = open_town(within=[Swapper("/v1/issues", seconds=0.1).handle])
    for _ in range(2):
        assert client_of(town.url).household(asks.household(next(visits)), asks.card, 10)
