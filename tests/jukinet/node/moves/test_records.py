"""What a move does to a register may be done twice without harm: a node that was killed does not know whether it has done it."""

from functools import partial
from typing import Any

import pytest

from jukinet.move_messages import MoveCertificate
from jukinet.node.moves import records
from jukinet.node.moves.certificate import Entry, mover_of
from jukinet.node.register import last_line, versions
from jukinet.node.storage.open import File, Store, open_store

NEW, OLD = "21361", "21202"
FAMILY = [1, 2, 3]
DAY = "2026-12-01"


@pytest.fixture
def stores(towns: Any) -> Any:
    opened = {code: open_store(towns.network.file(code, "register.db"), File.REGISTER) for code in (NEW, OLD)}
    yield opened
    for store in opened.values():
        store.close()


def lines(store: Store, code: str) -> int:
    return store.read_now(partial(last_line, town=code))


def certificate(store: Store) -> MoveCertificate:
    people = store.read_now(partial(records.movers, town=OLD, numbers=FAMILY))
    movers = [mover_of(person, cards) for person, cards in people]
    return MoveCertificate(move="0" * 26, origin=OLD, destination=NEW, noticed=DAY, leaves=DAY, address="若葉台", movers=movers)


@pytest.mark.parametrize("times", [1, 2, 3])
def test_marked_and_removed(stores: Any, times: int) -> None:
    store, before = stores[OLD], lines(stores[OLD], OLD)
    for _ in range(times):
        store.write_now(partial(records.mark, town=OLD, numbers=FAMILY, noticed=DAY))
    assert lines(store, OLD) == before + 3
    for _ in range(times):
        store.write_now(partial(records.remove, town=OLD, numbers=FAMILY, moved=DAY))
    assert lines(store, OLD) == before + 6
    kept = store.read_now(partial(versions, town=OLD, resident=2))
    assert [(version.reason, version.person.moving, version.person.state) for version in kept[1:]] == [
        ("転出届", 1, "resident"),
        ("国内転出", 0, "moved"),
    ]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_who_stays_behind_is_told_once(stores: Any, times: int) -> None:
    store, before = stores[OLD], lines(stores[OLD], OLD)
    for _ in range(times):
        store.write_now(partial(records.remove, town=OLD, numbers=[1], moved=DAY))
    assert lines(store, OLD) == before + 3  # the head, and the two who stay


@pytest.mark.parametrize("times", [1, 2, 3])
def test_recorded(stores: Any, times: int) -> None:
    made, store, before = certificate(stores[OLD]), stores[NEW], lines(stores[NEW], NEW)
    entry = Entry(address="若竹", relationships=["世帯主", "妻", "子"])
    numbers = [
        store.write_now(partial(records.record, town=NEW, certificate=made, entry=entry, moved=DAY, filed=DAY)) for _ in range(times)
    ]
    assert lines(store, NEW) == before + 3
    assert all(each == numbers[0] for each in numbers)
    assert len(set(numbers[0])) == 3


def test_they_are_read_in_the_households_order_with_their_cards(stores: Any, towns: Any) -> None:
    people = stores[OLD].read_now(partial(records.movers, town=OLD, numbers=[3, 1, 2]))
    assert [person.number for person, _ in people] == [1, 2, 3]
    assert [cards for _, cards in people] == [[], [towns.network.card("hanako").fingerprint], []]
