"""History is only ever added to, and the database itself sees to it: a program that alters or drops a line is refused, ours too.

One deed needs the gate open: putting a backed-up history in the place of the present one. It opens it inside its own transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

REFUSAL = "history is only added to"

_SQLITE = (
    f"CREATE TRIGGER history_kept_1 BEFORE UPDATE ON history BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    f"CREATE TRIGGER history_kept_2 BEFORE DELETE ON history BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
)
_POSTGRESQL = (
    f"CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
    "CREATE TRIGGER history_kept_1 BEFORE UPDATE OR DELETE ON history FOR EACH ROW EXECUTE FUNCTION refuse()",
    "CREATE TRIGGER history_kept_2 BEFORE TRUNCATE ON history FOR EACH STATEMENT EXECUTE FUNCTION refuse()",
)


def keep_history(connection: Connection) -> None:
    for statement in _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE:
        connection.exec_driver_sql(statement)


@contextmanager
def history_open(connection: Connection) -> Iterator[None]:
    """In a write transaction: whatever happens inside is seen by others only after the gate is closed again."""
    of_table = " ON history" if connection.dialect.name == "postgresql" else ""
    for at in (1, 2):
        connection.exec_driver_sql(f"DROP TRIGGER history_kept_{at}{of_table}")
    yield
    keep_history(connection)
