"""A file of SQLite, the default: no server to run, and enough for any municipality.

WAL mode with `synchronous=FULL`: a commit that was answered survives a power cut. Both are read back, because SQLite takes a PRAGMA it
cannot honour without a word (WAL on some network file systems).

A file is read through (`PRAGMA quick_check`), unless it is the very one that was closed in order last time: then a mark beside it says so.
A million residents are a gigabyte: 3 s where the system still has it in memory, 13 s on a busy disk. A city's terminals do not wait for
that after a power cut: what a commit left is whole by SQLite's own log, and the register is read through beside the work.
"""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError

BUSY_MS = 5000  # only another program (an import, a restore) can hold the file: we are its one writer
PROMISES = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


@dataclass(frozen=True)
class SQLite:
    path: Path
    at_hand = True

    def make(self) -> None:
        """Readable by its owner alone."""
        if not self.path.exists():
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    def reader(self) -> Engine:
        engine = _engine(self.path, "query_only=ON")

        @event.listens_for(engine, "begin")
        def _begun(connection: Connection) -> None:
            # Past SQLAlchemy, which would take a third of a point read for it. It waits for nothing and cannot be refused.
            connection.connection.cursor().execute("BEGIN")

        return engine

    def writer(self) -> Engine:
        engine = _engine(self.path)

        @event.listens_for(engine, "begin")
        def _begun(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def alone(self, connection: Connection) -> AbstractContextManager[None]:
        return nullcontext()  # BEGIN IMMEDIATE is it

    def check(self, connection: Connection) -> str:
        said = {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in PROMISES}
        return "" if said == PROMISES else f"this file system does not keep what it promises: {said}"

    def read_through(self) -> str:
        with closing(sqlite3.connect(self.path)) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        with ThreadPoolExecutor() as threads:  # a register of a million residents is read through in half the time
            found = [said for said in threads.map(self._check, tables) if said != "ok"]
        return f"damaged: {found[0]}" if found else ""

    def closed(self) -> None:
        """The file was found whole, and is left in order: unless others still use it, SQLite has folded its log into it by now."""
        log = Path(f"{self.path}-wal")
        if not log.exists():
            mark_of(self.path).write_text(_seen(self.path))

    def is_as_closed(self) -> bool:
        """Nobody has touched it since, and no log of an interrupted run lies beside it."""
        mark, log = mark_of(self.path), Path(f"{self.path}-wal")
        left = log.stat().st_size if log.exists() else 0
        return left == 0 and mark.exists() and mark.read_text() == _seen(self.path)

    def _check(self, table: str) -> str:
        try:
            with closing(sqlite3.connect(self.path)) as connection:
                return str(connection.execute(f'PRAGMA quick_check("{table}")').fetchone()[0])
        except sqlite3.DatabaseError as error:
            return str(error)

    def is_conflict(self, error: DBAPIError) -> bool:
        return False  # with BEGIN IMMEDIATE the others wait


def mark_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.whole")


def _seen(path: Path) -> str:
    found = path.stat()
    return f"{found.st_size} {found.st_mtime_ns}"


def read_only(path: Path) -> Engine:
    """For one look, also into a file that others use."""
    return create_engine(f"sqlite:///file:{path}?mode=ro&uri=true", hide_parameters=True)


def _engine(path: Path, *more: str) -> Engine:
    engine = create_engine(f"sqlite:///{path}", hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # else sqlite3 begins transactions where it thinks fit
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}", *more):
            connection.execute(f"PRAGMA {pragma}")

    return engine
