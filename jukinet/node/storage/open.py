"""Opens a node's database: brings it up to date, checks that it is whole and that the disk will be told the truth.

One thread writes (`writer.py`), any number read and never wait for it. The calls are synchronous: a point read by an asynchronous driver
costs ten times as much. What may take long is read in a thread (`read`). A few rows by their key are looked up where the question is
(`look`) if the database is a file: that takes 20 to 60 µs, and going to a thread and back alone takes longer.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from jukinet.node.storage.database import Database
from jukinet.node.storage.landing import Landing
from jukinet.node.storage.place import File, Place, Server, StorageError
from jukinet.node.storage.postgresql import PostgreSQL
from jukinet.node.storage.revisions import bring_to_newest
from jukinet.node.storage.sqlite import SQLite, read_only
from jukinet.node.storage.writer import Counted, Job, Writer, uncounted

__all__ = ["File", "Place", "Server", "StorageError", "Store", "open_store", "read_once"]

Result = TypeVar("Result")


class Store:
    """Reads run side by side in threads, writes one after the other in the writer's."""

    def __init__(self, database: Database, name: str, before_commit: Job | None, counted: Counted, unread: str) -> None:
        """`unread` names the place of what has still to be read through, else it is ""."""
        self._unread = unread
        self._database, self._engine = database, database.reader()
        self._writer = Writer(database, name, before_commit, counted)
        self._landing = Landing()
        self._looks: Connection | None = None  # kept open, for `look`

    @property
    def waiting(self) -> int:
        """Jobs that wait to be written."""
        return self._writer.waiting

    def read_now(self, job: Callable[[Connection], Result]) -> Result:
        with self._engine.begin() as connection:
            return job(connection)

    async def read(self, job: Callable[[Connection], Result]) -> Result:
        return await asyncio.to_thread(self.read_now, job)

    async def look(self, job: Callable[[Connection], Result]) -> Result:
        """As `read`, for a few rows by their key. Belongs to the event loop, which a file keeps waiting meanwhile."""
        if not self._database.at_hand:
            return await self.read(job)
        if self._looks is None:
            self._looks = self._engine.connect()
        with self._looks.begin():
            return job(self._looks)

    async def write(self, job: Callable[[Connection], Result]) -> Result:
        """The result of the job, once committed; what it raises; Problem(BUSY); SQLAlchemyError when the commit failed."""
        return await self._landing.wait(self._submit(job))

    def write_now(self, job: Callable[[Connection], Result]) -> Result:
        return self._submit(job).result()

    def post(self, job: Callable[[Connection], object]) -> None:
        """Writes soon; nobody waits. Raises Problem(BUSY)."""
        self._submit(job)

    def _submit(self, job: Callable[[Connection], Result]) -> Future[Result]:
        """The job sees the exchange in which it was handed in: the log's lines name it."""
        context = copy_context()
        return self._writer.submit(lambda connection: context.run(job, connection))

    async def read_through(self) -> None:
        """Raises StorageError for data that are damaged, once, where opening left this for later."""
        if not self._unread:
            return
        wrong = await asyncio.to_thread(self._database.read_through)
        if wrong:
            raise StorageError(f"{self._unread}: {wrong}")
        self._unread = ""

    def close(self) -> None:
        if self._looks is not None:
            self._looks.close()
        self._engine.dispose()
        self._writer.close()
        if not self._unread:
            self._database.closed()


def open_store(
    place: Place, which: File, before_commit: Job | None = None, counted: Counted = uncounted, read_later: bool = False
) -> Store:
    """Makes the database if there is none. One that was not left in order is read through first, or, if that is to be done later, by
    `Store.read_through`. Raises StorageError."""
    database = _database(place)
    try:
        database.make()
        unread = not database.is_as_closed()
        if unread and not read_later and (wrong := database.read_through()):
            raise StorageError(f"{place}: {wrong}")
        _prepare(database, place, which)
    except (DBAPIError, sqlite3.DatabaseError) as error:
        raise _cannot(place, error) from None
    return Store(database, str(which), before_commit, counted, str(place) if unread and read_later else "")


def read_once(place: Place, job: Callable[[Connection], Result]) -> Result:
    """One look into a database, also a running node's; changes nothing. Raises StorageError when it is not there or not one of ours."""
    engine = read_only(place) if isinstance(place, Path) else PostgreSQL(place).reader()
    try:
        with engine.connect() as connection:
            return job(connection)
    except DBAPIError as error:
        raise _cannot(place, error) from None
    finally:
        engine.dispose()


def _database(place: Place) -> SQLite | PostgreSQL:
    return SQLite(place) if isinstance(place, Path) else PostgreSQL(place)


def _cannot(place: Place, error: DBAPIError | sqlite3.DatabaseError) -> StorageError:
    """The first line of what the driver said: what follows may quote rows."""
    said = error.orig if isinstance(error, DBAPIError) else error
    return StorageError(f"{place}: {str(said).partition(chr(10))[0]}")


def _prepare(database: Database, place: Place, which: File) -> None:
    engine = database.writer()
    try:
        with engine.connect() as connection:
            wrong = database.check(connection)
            connection.rollback()
            if wrong:
                raise StorageError(f"{place}: {wrong}")
            with database.alone(connection), connection.begin():
                bring_to_newest(connection, which)
    finally:
        engine.dispose()
