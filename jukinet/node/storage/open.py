"""Opens a node's file: brings it up to date, checks that it is whole and that the disk will be told the truth.

SQLite in WAL mode with `synchronous=FULL`: a commit that was answered survives a power cut. Both are read back, because SQLite takes a
PRAGMA it cannot honour without a word (WAL on some network file systems). One writer thread a file; readers never wait for it.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from enum import StrEnum
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from jukinet.errors import SettingsError
from jukinet.node.storage.writer import Job, Writer

Result = TypeVar("Result")

BUSY_MS = 5000  # only another program (a backup) can hold the file: we are its one writer


class File(StrEnum):
    """Which of the two: also the folder of its migrations."""

    REGISTER = "register"
    ISSUES = "issues"


class StorageError(SettingsError):
    """The file cannot be used; the node must stay down. `str()` says file and why."""


class Store:
    """Reads run side by side in threads, writes one after the other in the writer's."""

    def __init__(self, engine: Engine, writer: Writer) -> None:
        self._engine = engine
        self._writer = writer

    def read_now(self, job: Callable[[Connection], Result]) -> Result:
        with self._engine.connect() as connection:
            return job(connection)

    async def read(self, job: Callable[[Connection], Result]) -> Result:
        return await asyncio.to_thread(self.read_now, job)

    async def write(self, job: Callable[[Connection], Result]) -> Result:
        """The result of the job, once committed; what it raises; Problem(BUSY); SQLAlchemyError when the commit failed."""
        return await asyncio.wrap_future(self._submit(job))

    def write_now(self, job: Callable[[Connection], Result]) -> Result:
        return self._submit(job).result()

    def post(self, job: Callable[[Connection], object]) -> None:
        """Writes soon; nobody waits. Raises Problem(BUSY)."""
        self._submit(job)

    def _submit(self, job: Callable[[Connection], Result]) -> Future[Result]:
        """The job sees the exchange in which it was handed in: the log's lines name it."""
        context = copy_context()
        return self._writer.submit(lambda connection: context.run(job, connection))

    def close(self) -> None:
        self._engine.dispose()
        self._writer.close()


def open_store(path: Path, which: File, before_commit: Job | None = None) -> Store:
    """Makes the file (readable by its owner alone) if there is none. Raises StorageError."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    engine = _engine(path, "BEGIN")
    try:
        _prepare(engine, path, which)
    except DBAPIError as error:
        raise StorageError(f"{path}: {error.orig}") from None
    return Store(engine, Writer(_engine(path, "BEGIN IMMEDIATE"), path.name, before_commit))


def read_once(path: Path, job: Callable[[Connection], Result]) -> Result:
    """One look into a file, also of a running node; changes nothing. Raises StorageError when it is not there or not one of ours."""
    engine = create_engine(f"sqlite:///file:{path}?mode=ro&uri=true")
    try:
        with engine.connect() as connection:
            return job(connection)
    except DBAPIError as error:
        raise StorageError(f"{path}: {error.orig}") from None
    finally:
        engine.dispose()


def _engine(path: Path, begin: str) -> Engine:
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # else sqlite3 begins transactions where it thinks fit
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _prepare(engine: Engine, path: Path, which: File) -> None:
    with engine.connect() as connection:
        said = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("journal_mode", "synchronous", "foreign_keys")}
        if said != {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}:
            raise StorageError(f"{path}: this file system does not keep what it promises: {said}")
        found = connection.execute(text("PRAGMA quick_check")).scalar_one()
        if found != "ok":
            raise StorageError(f"{path}: damaged: {found}")
    with as_file(files("jukinet.node.storage") / "migrations") as migrations, engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(migrations))
        config.set_main_option("version_locations", str(migrations / which))
        config.set_main_option("path_separator", "newline")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
