"""The two files: what SQLite promised is read back, migrations build the tables, and an answered write is a durable one."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from jukinet.errors import Kind, Problem
from jukinet.node.storage.open import File, StorageError, Store, open_store, read_once
from jukinet.node.storage.tables import ISSUES, REGISTER, counters
from jukinet.node.storage.writer import WAITING, Writer


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(counters)).scalar_one()


def put(name: str, value: int = 1) -> Callable[[Connection], int]:
    def job(connection: Connection) -> int:
        connection.execute(insert(counters).values(town="21361", name=name, value=value))
        return value

    return job


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "issue.db", File.ISSUES)
    yield store
    store.close()


def test_the_pragmas_are_what_was_asked_for(store: Store) -> None:
    def said(connection: Connection) -> tuple[object, ...]:
        return tuple(connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous", "foreign_keys"))

    assert store.read_now(said) == ("wal", 2, 1)
    assert store.write_now(said) == ("wal", 2, 1)


def test_only_the_owner_may_read_the_file(store: Store, tmp_path: Path) -> None:
    assert (tmp_path / "issue.db").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("which", "tables"), [(File.REGISTER, REGISTER), (File.ISSUES, ISSUES)])
def test_migrations_build_exactly_the_tables(tmp_path: Path, which: File, tables: MetaData) -> None:
    store = open_store(tmp_path / "any.db", which)
    differences = store.read_now(lambda connection: compare_metadata(MigrationContext.configure(connection), tables))
    store.close()
    assert differences == []


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        store = open_store(tmp_path / "issue.db", File.ISSUES)
        store.write_now(put(f"name {os.urandom(4).hex()}"))
        store.close()
    store = open_store(tmp_path / "issue.db", File.ISSUES)
    assert store.read_now(count) == 2
    store.close()


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "issue.db").write_bytes(b"certainly no database " * 100)
    with pytest.raises(StorageError, match=r"issue\.db"):
        open_store(tmp_path / "issue.db", File.ISSUES)


def test_a_job_that_fails_undoes_only_itself(store: Store) -> None:
    def fails(connection: Connection) -> None:
        put("half")(connection)
        raise LookupError("half way")

    async def together() -> list[object]:
        return await asyncio.gather(store.write(put("a")), store.write(fails), store.write(put("b")), return_exceptions=True)

    first, failed, last = asyncio.run(together())
    assert (first, last) == (1, 1)
    assert isinstance(failed, LookupError)
    assert store.read_now(count) == 2


def test_what_must_hold_for_a_group_is_in_its_commit(tmp_path: Path) -> None:
    groups: list[int] = []
    store = open_store(tmp_path / "issue.db", File.ISSUES, before_commit=lambda connection: groups.append(count(connection)))
    futures: list[Future[int]] = [store._writer.submit(put(f"n{at}")) for at in range(100)]
    assert [future.result() for future in futures] == [1] * 100
    store.close()
    assert groups[-1] == 100
    assert len(groups) < 100, "a hundred jobs at once share commits"


def held(store: Store) -> tuple[threading.Event, "Future[None]"]:
    """A job that keeps the writer at work until the event is set, begun already."""
    begun, go_on = threading.Event(), threading.Event()

    def job(connection: Connection) -> None:
        begun.set()
        go_on.wait(20)

    future = store._writer.submit(job)
    assert begun.wait(20)
    return go_on, future


def test_who_gives_up_waiting_stops_nobody_else(store: Store) -> None:
    go_on, first = held(store)
    given_up, last = store._writer.submit(put("given up")), store._writer.submit(put("last"))
    assert given_up.cancel()
    go_on.set()
    assert (first.result(20), last.result(20)) == (None, 1)
    assert store.read_now(count) == 1, "what nobody waits for is not begun"


def test_a_writer_that_cannot_keep_up_says_so_at_once(store: Store) -> None:
    go_on, _ = held(store)
    waiting = [store._writer.submit(put(str(at))) for at in range(WAITING)]
    with pytest.raises(Problem) as caught:
        store._writer.submit(put("one too many"))
    go_on.set()
    assert caught.value.kind is Kind.BUSY
    assert caught.value.retry_after is not None
    assert [future.result(20) for future in waiting] == [1] * WAITING


def test_a_commit_that_fails_is_told_to_the_whole_group(tmp_path: Path) -> None:
    def fails(connection: Connection) -> None:
        if count(connection) > 1:
            raise LookupError("full")

    store = open_store(tmp_path / "issue.db", File.ISSUES, before_commit=fails)
    assert store.write_now(put("a")) == 1
    with pytest.raises(LookupError):
        store.write_now(put("b"))
    assert store.read_now(count) == 1
    store.close()


def test_a_file_that_went_away_is_told_too(tmp_path: Path) -> None:
    writer = Writer(create_engine(f"sqlite:///{tmp_path}/no/such.db"), "none")
    with pytest.raises(DBAPIError):
        writer.submit(count).result(20)
    writer.close()


def test_one_look_into_a_file_in_use_changes_nothing(store: Store, tmp_path: Path) -> None:
    store.write_now(put("a"))
    assert read_once(tmp_path / "issue.db", count) == 1
    with pytest.raises(StorageError):
        read_once(tmp_path / "other.db", count)
    assert not (tmp_path / "other.db").exists()


WRITES_UNTIL_KILLED = """
import sys
import threading
from pathlib import Path
from sqlalchemy import insert
from jukinet.node.storage.open import File, open_store
from jukinet.node.storage.tables import counters
store = open_store(Path(sys.argv[1]), File.ISSUES)
for at in range(100_000):
    store.write_now(lambda connection: connection.execute(insert(counters).values(town="21361", name=str(at), value=at)) and None)
    print(at, flush=True)
"""


def test_kill_9_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "issue.db"
    with subprocess.Popen([sys.executable, "-c", WRITES_UNTIL_KILLED, str(path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 200:
                process.send_signal(signal.SIGKILL)
                break
        said = 200 + len(process.stdout.readlines())
    store = open_store(path, File.ISSUES)
    kept = store.read_now(count)
    store.close()
    assert kept >= said + 1, "numbers begin at 0"
