"""A copy of all that a node holds, made while it runs; and the register put back from one.

A backup is one file of SQLite, whichever kind of database the node has, with the same tables and one more that says what it is. It is read
from one sight of each database. What is put back is the register alone: the issue log is never taken back, because serials that were given
out would be given out again. So the log in place must be the one that was backed up, grown since; an older or another one is refused.

One case takes all of it: a stopped node that moves into other databases, which must be empty.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Column as Of
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError

from jukinet.errors import SettingsError
from jukinet.node.audit.log import AuditLog, Stream, instant, last_frontier
from jukinet.node.identity import lower_told
from jukinet.node.register import last_line
from jukinet.node.storage.grown import grown
from jukinet.node.storage.kept import history_open
from jukinet.node.storage.open import Store
from jukinet.node.storage.revisions import revision_of
from jukinet.node.storage.tables import ISSUES, REGISTER, checkpoints
from jukinet.tree import Frontier

FORMAT = 1
CHUNK = 1000  # rows at a time

_OWN = MetaData()
about = Table(
    "about",
    _OWN,
    Of("format", Integer, nullable=False),
    Of("town", Text, nullable=False),
    Of("register", Text, nullable=False),  # revision of the migrations
    Of("taken", Text, nullable=False),
    Of("lines", Integer, nullable=False),  # of history
)
logs = Table(
    "logs", _OWN, Of("stream", Text, primary_key=True), Of("size", Integer, nullable=False), Of("root", LargeBinary, nullable=False)
)


class BackupError(SettingsError):
    """Nothing was written, or nothing put back. `str()` says why."""


@dataclass(frozen=True)
class Backup:
    taken: str
    lines: int  # of the register's history


def make_backup(file: Path, code: str, register: Store, issues: Store, log: AuditLog) -> Backup:
    """Raises BackupError, OSError."""
    if file.exists():
        raise BackupError(f"{file}: is there already; a new file is required")
    unfinished = file.with_name(file.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    engine = create_engine(f"sqlite:///{unfinished}", hide_parameters=True)
    try:
        with engine.begin() as into:
            for tables in (REGISTER, ISSUES, _OWN):
                tables.create_all(into)
            # Issues first: what the register has more by then can only be told twice, never not at all.
            issues.read_now(lambda connection: _copy_issues(connection, into, code))
            made = register.read_now(lambda connection: _copy_register(connection, into, code, instant(log.clock())))
    finally:
        engine.dispose()
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.rename(file)
    issues.write_now(lambda connection: log.append(connection, "node_backup_made", lines=made.lines))
    return made


def put_back(file: Path, code: str, register: Store, issues: Store, log: AuditLog) -> Backup:
    """The register of `code`, and no other rows. Raises BackupError; then nothing was changed."""
    with _opened(file) as backup:
        made = _judge(file, backup, code, register, issues)
        _put_back(backup, made, code, register, issues, log)
        return made


def move_in(file: Path, code: str, register: Store, issues: Store, log: AuditLog) -> Backup:
    """All of a stopped node, into databases that have nothing of it yet. Raises BackupError; then nothing was changed."""

    def all_issues(connection: Connection) -> None:
        if any(last_frontier(connection, code, stream).size for stream in Stream):
            raise BackupError(f"{file}: {code} has an issue log here already; a node moves into empty databases only")
        for table in ISSUES.sorted_tables:
            _copy(backup, connection, table, code)
        for then in backup.execute(select(logs)).all():
            if last_frontier(connection, code, then.stream).root != then.root:
                raise BackupError(f"{file}: its log of {then.stream} is not whole")

    with _opened(file) as backup:
        _hold_to(file, backup, code, register)
        if register.read_now(lambda connection: last_line(connection, code)):
            raise BackupError(f"{file}: {code} has a register here already; a node moves into empty databases only")
        issues.write_now(all_issues)
        made = _judge(file, backup, code, register, issues)
        _put_back(backup, made, code, register, issues, log)
        return made


@contextmanager
def _opened(file: Path) -> Iterator[Connection]:
    engine = create_engine(f"sqlite:///file:{file}?mode=ro&uri=true", hide_parameters=True)
    try:
        with engine.connect() as backup:
            yield backup
    except DBAPIError as error:
        raise BackupError(f"{file}: {error.orig}; a backup made by this program is required") from None
    finally:
        engine.dispose()


def _put_back(backup: Connection, made: Backup, code: str, register: Store, issues: Store, log: AuditLog) -> None:
    def begin(connection: Connection) -> None:
        # First, so that what is entered again after the backup is told again, whatever happens in between.
        lower_told(connection, code, made.lines)
        log.append(connection, "node_restore_begun", lines=made.lines, taken=made.taken)

    def replace(connection: Connection) -> None:
        with history_open(connection):
            for table in reversed(REGISTER.sorted_tables):
                connection.execute(delete(table).where(_own(table, code)))
            for table in REGISTER.sorted_tables:
                _copy(backup, connection, table, code)
        grown(connection, *REGISTER.sorted_tables)

    issues.write_now(begin)
    register.write_now(replace)
    issues.write_now(lambda connection: log.append(connection, "node_restored", lines=made.lines))


def _judge(file: Path, backup: Connection, code: str, register: Store, issues: Store) -> Backup:
    made = _hold_to(file, backup, code, register)
    for then in backup.execute(select(logs)).all():
        now = issues.read_now(partial(_root_at, code=code, stream=then.stream, size=then.size))
        if now != then.root:
            raise BackupError(
                f"{file}: the log of {then.stream} in place is not the one of this backup, grown since its {then.size} lines: it is another"
                " or an older one. A register can be put back, an issue log cannot: bring the newest issue log into place first"
            )
    return made


def _hold_to(file: Path, backup: Connection, code: str, register: Store) -> Backup:
    """Is it a backup of this node, in the form of this program?"""
    row = backup.execute(select(about)).one()
    revision = register.read_now(revision_of)
    if row.format != FORMAT or row.register != revision:
        raise BackupError(f"{file}: made by another version of this program ({row.register}, not {revision}); put it back with that one")
    if row.town != code:
        raise BackupError(f"{file}: is of {row.town}, not of {code}")
    return Backup(row.taken, row.lines)


def _root_at(connection: Connection, code: str, stream: str, size: int) -> bytes | None:
    if size == 0:
        return Frontier().root
    here = (checkpoints.c.town == code, checkpoints.c.stream == stream, checkpoints.c.size == size)
    return connection.execute(select(checkpoints.c.root).where(*here)).scalar_one_or_none()


def _copy_issues(connection: Connection, into: Connection, code: str) -> None:
    for stream in Stream:
        frontier = last_frontier(connection, code, stream)
        into.execute(insert(logs).values(stream=str(stream), size=frontier.size, root=frontier.root))
    for table in ISSUES.sorted_tables:
        _copy(connection, into, table, code)


def _copy_register(connection: Connection, into: Connection, code: str, now: str) -> Backup:
    made = Backup(now, last_line(connection, code))
    revision = revision_of(connection)
    into.execute(insert(about).values(format=FORMAT, town=code, register=revision, taken=made.taken, lines=made.lines))
    for table in REGISTER.sorted_tables:
        _copy(connection, into, table, code)
    return made


def _copy(source: Connection, into: Connection, table: Table, code: str) -> None:
    for rows in _chunks(source, table, code):
        into.execute(insert(table), rows)


def _chunks(source: Connection, table: Table, code: str) -> Iterator[list[dict[str, object]]]:
    """Streamed: a register need not fit into memory."""
    result = source.execution_options(yield_per=CHUNK).execute(select(table).where(_own(table, code)))
    for rows in result.partitions():
        yield [row._asdict() for row in rows]


def _own(table: Table, code: str) -> ColumnElement[bool]:
    """A municipality's rows are those of its code. A prefecture holds its towns' as well, the centre everybody's."""
    if len(code) == 5:
        return table.c.town == code
    first = code if code.isdigit() else ""
    return (table.c.town >= first) & (table.c.town <= first + "~")
