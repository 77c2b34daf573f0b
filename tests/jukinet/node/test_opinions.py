"""Opinions on a service under discussion: counted by day, and nothing else is kept of them."""

from contextlib import closing
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from jukinet.errors import Kind, Problem
from jukinet.messages import OpinionAsk, Use
from jukinet.node.hours import local_date
from jukinet.node.opinions import Count, counts
from jukinet.node.storage.open import File, open_store
from jukinet.node.storage.tables import audit, opinions

HERE, HOME = "21361", "21202"
KIOSK, OTHER_KIOSK = f"jukinet://kiosk/{HERE}/k1", f"jukinet://kiosk/{HERE}/k2"


def opinion(use: Use = Use.YES, rating: int = 4, about: str = "library", town: str = HERE) -> OpinionAsk:
    return OpinionAsk(town=town, about=about, use=use, rating=rating)


def tell(network: Any, *told: OpinionAsk, kiosk: str = KIOSK) -> None:
    async def story(network: Any) -> None:
        for each in told:
            await network.nodes[HERE].opinion(network.peer(kiosk), each, b"")

    network.run(story)


def read(network: Any, job: Any) -> Any:
    with closing(open_store(network.file(HERE), File.ISSUES)) as store:
        return store.read_now(job)


def test_they_are_counted_by_day_choice_and_mark(network: Any) -> None:
    day = local_date(network.clock()).isoformat()
    tell(network, opinion(), opinion(), opinion(Use.NO, 1), opinion(about="facility"))
    tell(network, opinion(), kiosk=OTHER_KIOSK)
    network.clock.now += timedelta(days=1)
    tell(network, opinion())
    assert read(network, partial(counts, town=HERE)) == [
        Count("facility", day, "yes", 4, 1),
        Count("library", day, "no", 1, 1),
        Count("library", day, "yes", 4, 3),
        Count("library", local_date(network.clock()).isoformat(), "yes", 4, 1),
    ]
    assert read(network, partial(counts, town=HOME)) == []


def test_nothing_says_when_where_or_whose(network: Any) -> None:
    """One row for two people at two terminals; no line in the log of exchanges, which would have the instant."""
    tell(network, opinion())
    tell(network, opinion(), kiosk=OTHER_KIOSK)
    assert {column.name for column in opinions.columns} == {"town", "about", "day", "chosen", "rating", "count"}
    assert read(network, lambda connection: len(connection.execute(select(opinions).where(opinions.c.town == HERE)).all())) == 1
    of_exchanges = select(audit.c.seq).where(audit.c.town == HERE, audit.c.stream == "exchanges")
    assert read(network, lambda connection: connection.execute(of_exchanges).all()) == []


@pytest.mark.parametrize(("peer", "town", "kind"), [(KIOSK, HOME, Kind.WRONG_TOWN), (f"jukinet://node/{HOME}", HOME, Kind.NOT_ALLOWED)])
def test_only_the_towns_own_kiosks_may_tell(network: Any, peer: str, town: str, kind: Kind) -> None:
    with pytest.raises(Problem) as caught:
        tell(network, opinion(town=town), kiosk=peer)
    assert caught.value.kind is kind
    assert read(network, partial(counts, town=HERE)) == []
