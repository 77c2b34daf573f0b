"""A PostgreSQL server, for the centre, for large cities, and for who wants a standby that has every commit.

What SQLite's single writer gives for nothing must be asked for here:

- Two programs that write the same node's rows (a node and an import; two nodes by mistake) take turns by an advisory lock. It is taken
  before the transaction begins: a lock waited for inside would leave the transaction with the sight it had before waiting.
- Transactions are SERIALIZABLE. Where they meet those of another town, the server may undo one of them (40001); it is done again.
- `synchronous_commit`, `fsync` and `full_page_writes` are read back: a server tuned for speed forgets its last commits in a power cut.
- A server's log would quote the rows that an error is about and the values of slow statements: `log_error_verbosity = terse` and
  `log_parameter_max_length = 0` (an administrator can set both for the node's role) are read back too, and errors lose such details here.
- Texts compare byte by byte (COLLATE "C"), as in SQLite, not by the server's language.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from jukinet.node.storage.database import keep_first_words
from jukinet.node.storage.place import File, Server

OLDEST = 130000  # server_version_num; the tests run on 15
LOCK_CLASS = {File.REGISTER: 0x4A4B5231, File.ISSUES: 0x4A4B4931}  # "JKR1", "JKI1": apart from locks of other programs
CONFLICTS = ("40001", "40P01")  # serialization_failure, deadlock_detected
PROMISES = {
    "server_encoding": "UTF8",
    "fsync": "on",
    "full_page_writes": "on",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
}
DURABLE = ("on", "remote_apply", "remote_write", "local")  # all but "off" wait for the disk


@dataclass(frozen=True)
class PostgreSQL:
    server: Server
    at_hand = False

    def make(self) -> None:
        """The schema, where the node may make it. An administrator can do so before, and need not grant it."""
        engine = self._engine("AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                known = connection.execute(text("SELECT 1 FROM pg_namespace WHERE nspname = :name"), {"name": self.server.schema}).first()
                if known is None:
                    connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{self.server.schema}"'))
        finally:
            engine.dispose()

    def reader(self) -> Engine:
        engine = self._engine("REPEATABLE READ")

        @event.listens_for(engine, "connect")
        def _connected(connection: Any, _record: object) -> None:
            connection.read_only = True

        return engine

    def writer(self) -> Engine:
        return self._engine("SERIALIZABLE", pool_size=1, max_overflow=0)

    @contextmanager
    def alone(self, connection: Connection) -> Iterator[None]:
        key = (LOCK_CLASS[self.server.which], int(self.server.node) if self.server.node.isdigit() else 0)
        connection.execute(select(func.pg_advisory_lock(*key)))
        connection.rollback()  # the lock is the session's and stays; the transaction with the old sight ends
        try:
            yield
        finally:
            with suppress(DBAPIError):  # the link is gone, and the lock with it
                connection.execute(select(func.pg_advisory_unlock(*key)))
                connection.rollback()

    def check(self, connection: Connection) -> str:
        def said(name: str) -> str:
            return str(connection.execute(select(func.current_setting(name))).scalar_one())

        for name, right in PROMISES.items():
            if (found := said(name)) != right:
                return f"this server has {name} = {found}; {right} is required"
        if said("synchronous_commit") not in DURABLE:
            return "this server has synchronous_commit = off; on is required"
        if int(said("server_version_num")) < OLDEST:
            return f"version {said('server_version')} is too old; 13 or newer is required"
        return ""

    def is_as_closed(self) -> bool:
        return True  # the server sees to it

    def read_through(self) -> str:
        return ""

    def closed(self) -> None:
        """The server sees to it."""

    def is_conflict(self, error: DBAPIError) -> bool:
        return getattr(error.orig, "sqlstate", None) in CONFLICTS

    def _engine(self, isolation: str, **pool: Any) -> Engine:
        # pre_ping: a server that was restarted overnight must not cost the first visit of the day.
        name = f"jukinet-{self.server.node}"
        where = {"options": f"-csearch_path={self.server.schema}", "application_name": name}
        engine = create_engine(
            self.server.address(), isolation_level=isolation, connect_args=where, pool_pre_ping=True, hide_parameters=True, **pool
        )
        event.listen(engine, "handle_error", _without_rows)
        return engine


def _without_rows(context: ExceptionContext) -> None:
    error, said = context.sqlalchemy_exception, keep_first_words(context.original_exception)
    if error is not None and said is not None:
        error.args = (f"({type(context.original_exception).__name__}) {said}",)
