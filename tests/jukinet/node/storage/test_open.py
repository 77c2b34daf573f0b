"""Opening: what the database promises is read back, migrations build the tables, and what cannot be trusted is not opened."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from jukinet.node.storage.open import File, Place, StorageError, Store, open_store, read_once
from jukinet.node.storage.sqlite import SQLite, mark_of
from jukinet.node.storage.tables import ISSUES, REGISTER, counters


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(counters)).scalar_one()


def put(name: str, value: int = 1, town: str = "21361") -> Callable[[Connection], int]:
    def job(connection: Connection) -> int:
        connection.execute(insert(counters).values(town=town, name=name, value=value))
        return value

    return job


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    store = open_store(place, File.ISSUES)
    yield store
    store.close()


def test_the_pragmas_are_what_was_asked_for(tmp_path: Path) -> None:
    def said(connection: Connection) -> tuple[object, ...]:
        return tuple(connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous", "foreign_keys"))

    store = open_store(tmp_path / "issue.db", File.ISSUES)
    assert store.read_now(said) == ("wal", 2, 1)
    assert store.write_now(said) == ("wal", 2, 1)
    store.close()


def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    open_store(tmp_path / "issue.db", File.ISSUES).close()
    assert (tmp_path / "issue.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("which", "tables"), [(File.REGISTER, REGISTER), (File.ISSUES, ISSUES)])
def test_migrations_build_exactly_the_tables(new_place: Callable[..., Place], which: File, tables: MetaData) -> None:
    store = open_store(new_place(which), which)
    differences = store.read_now(lambda connection: compare_metadata(MigrationContext.configure(connection), tables))
    store.close()
    assert differences == []


def test_opening_again_changes_nothing(place: Place) -> None:
    for _ in range(2):
        store = open_store(place, File.ISSUES)
        store.write_now(put(f"name {os.urandom(4).hex()}"))
        store.close()
    store = open_store(place, File.ISSUES)
    assert store.read_now(count) == 2
    store.close()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "issue.db").write_bytes(b"certainly no database " * 100)
    with pytest.raises(StorageError, match=r"issue\.db"):
        open_store(tmp_path / "issue.db", File.ISSUES)


def test_a_damaged_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "issue.db"
    store = open_store(path, File.ISSUES)
    store.write_now(lambda connection: [put(f"{at:0200d}")(connection) for at in range(500)])
    store.close()
    damage(path)
    with pytest.raises(StorageError, match=r"issue\.db: .*(damaged|malformed)"):
        open_store(path, File.ISSUES)


def damage(path: Path) -> None:
    """The headers of the last pages are written over: data, and nothing that is needed to open it."""
    whole = bytearray(path.read_bytes())
    page = int.from_bytes(whole[16:18], "big")
    for at in range(len(whole) - page * 8, len(whole), page):
        whole[at : at + 8] = b"\xff" * 8
    path.write_bytes(whole)


def test_a_file_that_was_closed_in_order_is_taken_as_it_is(tmp_path: Path) -> None:
    """A mark says that it is the very one; any other, and one that was left in a fall, is read through."""
    path = tmp_path / "issue.db"
    store = open_store(path, File.ISSUES)
    store.write_now(lambda connection: [put(f"{at:0200d}")(connection) for at in range(500)])
    store.close()
    found = path.stat()
    damage(path)
    with pytest.raises(StorageError, match=r"issue\.db: .*(damaged|malformed)"):
        open_store(path, File.ISSUES)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))  # as if nobody had been there: what the mark trusts
    assert SQLite(path).is_as_closed()
    Path(f"{path}-wal").write_bytes(b"left over" * 1000)
    assert not SQLite(path).is_as_closed()


def test_a_file_may_be_read_through_beside_the_work(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    store = open_store(path, File.ISSUES)
    store.write_now(lambda connection: [put(f"{at:0200d}")(connection) for at in range(500)])
    store.close()
    mark_of(path).unlink()
    store = open_store(path, File.ISSUES, read_later=True)
    store.write_now(put("a"))
    asyncio.run(store.read_through())
    store.close()
    assert mark_of(path).exists()
    damage(path)
    store = open_store(path, File.ISSUES, read_later=True)
    with pytest.raises(StorageError, match=r"register\.db: .*(damaged|malformed)"):
        asyncio.run(store.read_through())
    store.close()
    assert not SQLite(path).is_as_closed(), "the next start reads it through again"


def test_no_mark_is_left_while_others_use_the_file(tmp_path: Path) -> None:
    path = tmp_path / "issue.db"
    node, command = open_store(path, File.ISSUES), open_store(path, File.ISSUES)
    node.write_now(put("first"))
    command.write_now(put("a"))
    command.close()
    assert not mark_of(path).exists()
    node.write_now(put("b"))
    node.close()
    assert mark_of(path).exists()
    again = open_store(path, File.ISSUES)
    again.write_now(put("c"))
    again.close()
    assert read_once(path, count) == 4


def test_whoever_reads_changes_nothing(store: Store) -> None:
    with pytest.raises(DBAPIError):
        store.read_now(put("a"))
    assert store.read_now(count) == 0


def test_one_sight_for_all_that_a_reader_asks(store: Store) -> None:
    store.write_now(put("a"))

    def twice(connection: Connection) -> tuple[int, int]:
        before = count(connection)
        store.write_now(put("b"))
        return before, count(connection)

    assert store.read_now(twice) == (1, 1)
    assert store.read_now(count) == 2


def test_one_look_into_a_database_in_use_changes_nothing(store: Store, place: Place) -> None:
    store.write_now(put("a"))
    assert read_once(place, count) == 1
    with pytest.raises(StorageError):
        read_once(place, put("b"))
    assert store.read_now(count) == 1


def test_one_look_makes_nothing(new_place: Callable[..., Place], tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        read_once(new_place(File.REGISTER), count)
    assert list(tmp_path.iterdir()) == []


def test_texts_stand_in_the_same_order_everywhere(store: Store) -> None:
    """Of bytes, not of a language: ア before あ would be another order than カナ's, and instants are compared as texts."""
    words = ["2026-11-24T00:00:00Z", "2026-11-24T00:00:00.5Z", "", "a", "B", "あ", "ア", "ｱ", "葛", "葛\U000e0103", "𠮷", "Z", "é"]
    for word in words:
        store.write_now(put(word))
    ordered = store.read_now(lambda connection: connection.execute(select(counters.c.name).order_by(counters.c.name)).scalars().all())
    assert ordered == sorted(words)


def test_numbers_are_as_large_everywhere(store: Store) -> None:
    """宛名番号 have up to fifteen digits."""
    store.write_now(put("large", 999_999_999_999_999))
    assert store.read_now(lambda connection: connection.execute(select(counters.c.value)).scalar_one()) == 999_999_999_999_999


def test_prefecture_and_towns_are_kept_apart(new_place: Callable[..., Place]) -> None:
    """On one server: towns by their rows, prefecture and centre by schemas of their own, for they hold rows of the towns' codes."""
    kept = {}
    for node in ("21361", "21", "centre"):
        store = open_store(new_place(File.ISSUES, node), File.ISSUES)
        store.write_now(put("of " + node, town=node))
        kept[node] = store
    for node, store in kept.items():
        assert store.read_now(lambda connection: connection.execute(select(counters.c.name)).scalars().all()) == [f"of {node}"]
        store.close()
