"""Writing: an answered write is a durable one, a job fails alone, a group has one commit, and conflicts are done again."""

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from jukinet.errors import Kind, Problem
from jukinet.node.storage.open import File, Place, Server, Store, open_store
from jukinet.node.storage.sqlite import SQLite
from jukinet.node.storage.tables import counters
from jukinet.node.storage.writer import WAITING, Writer

TOWN = "21361"


def count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(counters)).scalar_one()


def put(name: str, value: int = 1, town: str = TOWN) -> Callable[[Connection], int]:
    def job(connection: Connection) -> int:
        connection.execute(insert(counters).values(town=town, name=name, value=value))
        return value

    return job


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    store = open_store(place, File.ISSUES)
    yield store
    store.close()


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


def test_a_statement_that_is_refused_undoes_only_its_job(store: Store) -> None:
    async def together() -> list[object]:
        jobs = (store.write(put("a")), store.write(put("a")), store.write(put("b")))
        return await asyncio.gather(*jobs, return_exceptions=True)

    first, refused, last = asyncio.run(together())
    assert (first, last) == (1, 1)
    assert isinstance(refused, DBAPIError)
    assert "21361" not in str(refused), "what was written is nobody's business in a traceback"
    assert store.read_now(count) == 2


def test_what_must_hold_for_a_group_is_in_its_commit(place: Place) -> None:
    groups: list[int] = []
    store = open_store(place, File.ISSUES, before_commit=lambda connection: groups.append(count(connection)))
    futures: list[Future[int]] = [store._writer.submit(put(f"n{at}")) for at in range(100)]
    assert [future.result() for future in futures] == [1] * 100
    store.close()
    assert groups[-1] == 100
    assert len(groups) < 100, "a hundred jobs at once share commits"


def test_what_follows_a_commit_follows_it(place: Place) -> None:
    """`before_commit` may say what is to be done once all is on disk, and never if it is not."""
    seen: list[int] = []

    def before(connection: Connection) -> Callable[[], None]:
        if count(connection) > 1:
            raise LookupError("no")
        return lambda: seen.append(store.read_now(count))

    store = open_store(place, File.ISSUES, before)
    store.write_now(put("a"))
    with pytest.raises(LookupError):
        store.write_now(put("b"))
    store.close()
    assert seen == [1]


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


def test_a_commit_that_fails_is_told_to_the_whole_group(place: Place) -> None:
    def fails(connection: Connection) -> None:
        if count(connection) > 1:
            raise LookupError("full")

    store = open_store(place, File.ISSUES, before_commit=fails)
    assert store.write_now(put("a")) == 1
    with pytest.raises(LookupError):
        store.write_now(put("b"))
    assert store.read_now(count) == 1
    store.close()


def test_a_file_that_went_away_is_told_too(tmp_path: Path) -> None:
    writer = Writer(SQLite(tmp_path / "no" / "such.db"), "none")
    with pytest.raises(DBAPIError):
        writer.submit(count).result(20)
    writer.close()


# -- what a single writer gives for nothing, and a server must be asked for -------------------------------------------


def add_one(connection: Connection) -> int:
    """Reads, then writes what follows from it: two of these at once would count one, were they not kept apart."""
    here = (counters.c.town == TOWN, counters.c.name == "together")
    value = connection.execute(select(counters.c.value).where(*here)).scalar_one()
    connection.execute(update(counters).where(*here).values(value=value + 1))
    return value + 1


def test_two_programs_that_write_one_town_take_turns(place: Place) -> None:
    """A node and an import, or two nodes by mistake: nobody counts from a sight that is over."""
    stores = [open_store(place, File.ISSUES) for _ in range(2)]
    stores[0].write_now(put("together", 0))
    futures = [stores[at % 2]._writer.submit(add_one) for at in range(200)]
    numbers = sorted(future.result(60) for future in futures)
    for store in stores:
        store.close()
    assert numbers == list(range(1, 201))


@pytest.fixture
def server_place(postgresql: Any) -> Iterator[Server]:
    with postgresql.database() as url:
        yield Server(url, None, File.ISSUES, TOWN)


def test_a_group_that_meets_another_towns_is_done_again(server_place: Server) -> None:
    """Write skew: each reads what the other writes. The server undoes one; the writer does it again, with all that was in the group."""
    mine, theirs = open_store(server_place, File.ISSUES), open_store(Server(server_place.url, None, File.ISSUES, "21202"), File.ISSUES)
    tries: list[int] = []

    def meets(connection: Connection) -> int:
        seen = count(connection)
        tries.append(seen)
        if len(tries) == 1:

            def other(connection: Connection) -> None:
                count(connection)
                put("theirs", town="21202")(connection)

            theirs.write_now(other)
        put("mine", seen)(connection)
        return seen

    go_on, _ = held(mine)
    futures = [mine._writer.submit(put("before")), mine._writer.submit(meets), mine._writer.submit(put("after"))]
    go_on.set()
    assert [future.result(20) for future in futures] == [1, 2, 1], "what it saw in the end: before, and the other town's"
    assert tries == [1, 2]
    assert mine.read_now(count) == 4
    for store in (mine, theirs):
        store.close()


def test_a_link_that_died_overnight_costs_nothing(server_place: Server, postgresql: Any) -> None:
    store = open_store(server_place, File.ISSUES)
    store.write_now(put("evening"))
    assert store.read_now(count) == 1
    postgresql.restart()
    assert store.write_now(put("morning")) == 1
    assert store.read_now(count) == 2
    store.close()


def test_a_link_that_dies_at_work_is_told_and_the_next_group_goes_on(server_place: Server, postgresql: Any) -> None:
    store = open_store(server_place, File.ISSUES)

    def dies(connection: Connection) -> None:
        put("half")(connection)
        postgresql.do("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jukinet-21361' AND state <> 'idle'")
        count(connection)

    with pytest.raises(DBAPIError):
        store.write_now(dies)
    assert store.write_now(put("next")) == 1
    assert store.read_now(count) == 1
    store.close()


def test_a_dead_programs_lock_is_nobodys(server_place: Server) -> None:
    stores = [open_store(server_place, File.ISSUES) for _ in range(2)]
    go_on, holding = held(stores[0])
    waiting = stores[1]._writer.submit(put("waits"))
    engine = create_engine(server_place.url)
    with engine.connect() as connection:
        kill = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        assert len(connection.exec_driver_sql(kill).all()) == 1
    engine.dispose()
    assert waiting.result(20) == 1
    go_on.set()
    with pytest.raises(DBAPIError):
        holding.result(20)
    for store in stores:
        store.close()


WRITES_UNTIL_KILLED = """
import sys
from pathlib import Path
from sqlalchemy import insert
from jukinet.node.storage.open import File, Server, open_store
from jukinet.node.storage.tables import counters
place = Server(sys.argv[1], None, File.ISSUES, "21361") if "://" in sys.argv[1] else Path(sys.argv[1])
store = open_store(place, File.ISSUES)
for at in range(100_000):
    store.write_now(lambda connection: connection.execute(insert(counters).values(town="21361", name=str(at), value=at)) and None)
    print(at, flush=True)
"""


def test_kill_9_loses_nothing_that_was_acknowledged(place: Place) -> None:
    where = str(place) if isinstance(place, Path) else place.url
    with subprocess.Popen([sys.executable, "-c", WRITES_UNTIL_KILLED, where], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 200:
                process.send_signal(signal.SIGKILL)
                break
        said = 200 + len(process.stdout.readlines())
    store = open_store(place, File.ISSUES)
    kept = store.read_now(count)
    store.close()
    assert kept >= said + 1, "numbers begin at 0"
