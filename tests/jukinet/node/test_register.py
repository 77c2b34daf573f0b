"""The register: each change is a line of history, and what prefecture and centre hear of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jukinet.node.people import make_register_file
from jukinet.node.register import bind_card, change, find, history_after, holder_of, household_of
from jukinet.node.storage.open import File, Store, open_store
from jukinet.node.storage.tables import identities
from jukinet.node_messages import Change

TOWN = "21202"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    make_register_file(tmp_path / "register.db", 60, 1)
    store = open_store(tmp_path / "register.db", File.REGISTER)
    yield store
    store.close()


def test_a_card_finds_its_holder_and_the_household(store: Store) -> None:
    store.write_now(lambda connection: bind_card(connection, TOWN, b"card", 2))
    holder = store.read_now(lambda connection: holder_of(connection, TOWN, b"card"))
    assert holder is not None
    members = store.read_now(lambda connection: household_of(connection, TOWN, holder.household))
    assert [member.name for member in members] == ["青葉 樹", "青葉 花子", "青葉 芽生"]
    assert store.read_now(lambda connection: holder_of(connection, TOWN, b"other")) is None
    assert store.read_now(lambda connection: holder_of(connection, "21361", b"card")) is None, "another town's resident"


def test_a_card_stays_whose_it_was(store: Store) -> None:
    for resident in (2, 3):
        store.write_now(lambda connection, resident=resident: bind_card(connection, TOWN, b"card", resident))  # type: ignore[misc]
    holder = store.read_now(lambda connection: holder_of(connection, TOWN, b"card"))
    assert holder is not None
    assert holder.id == 2


def test_a_change_is_written_and_remembered(store: Store) -> None:
    last = store.read_now(lambda connection: history_after(connection, TOWN, 0, 1000))[-1][0]
    store.write_now(lambda connection: change(connection, TOWN, 3, "転居", "2026-11-01", address="岐阜県大垣市雪見台1番地"))
    store.write_now(lambda connection: change(connection, TOWN, 3, "死亡", "2026-11-20", state="deceased"))
    now = store.read_now(lambda connection: find(connection, TOWN, 3))
    assert now is not None
    assert (now.state, now.address) == ("deceased", "岐阜県大垣市雪見台1番地")
    lines = store.read_now(lambda connection: history_after(connection, TOWN, last, 10))
    assert [(what, when, record.state) for _, what, when, record in lines] == [
        (Change.CHANGED, "2026-11-01", "resident"),
        (Change.REMOVED, "2026-11-20", "deceased"),
    ]
    assert len(store.read_now(lambda connection: household_of(connection, TOWN, 1))) == 2


def test_nobody_can_be_changed_who_is_not_there(store: Store) -> None:
    with pytest.raises(LookupError):
        store.write_now(lambda connection: change(connection, TOWN, 10_000, "転居", "2026-11-01", address="x"))


def test_a_change_reaches_prefecture_and_centre(network: Any) -> None:
    async def story(network: Any) -> None:
        for code in (TOWN, "21"):
            await network.nodes[code].drained()
        register = open_store(network.file(TOWN, "register.db"), File.REGISTER)
        register.write_now(lambda connection: change(connection, TOWN, 3, "転出", "2026-11-20", state="moved"))
        register.close()
        for code in (TOWN, "21"):
            await network.nodes[code].drained()

    network.run(story, start=True)
    for code in ("21", "centre"):
        register = open_store(network.file(code, "register.db"), File.REGISTER)
        rows = register.read_now(lambda connection: connection.execute(select(identities).where(identities.c.name == "青葉 芽生")).all())
        register.close()
        assert [(row.town, row.change, row.changed) for row in rows] == [(TOWN, "removed", "2026-11-20")]
