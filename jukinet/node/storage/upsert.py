"""INSERT … ON CONFLICT: the same words on both kinds of database, in two places of SQLAlchemy."""

from functools import cache

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


def insert_into(connection: Connection, table: Table) -> Insert:
    """An INSERT that knows `on_conflict_do_update` and `excluded`."""
    return insert_for(connection.dialect.name, table)


def insert_for(kind: str, table: Table) -> Insert:
    """`kind`: the dialect's name."""
    return postgresql.insert(table) if kind == "postgresql" else sqlite.insert(table)


def upsert(connection: Connection, table: Table) -> Insert:
    """A row whose key is there already takes the place of the one that is."""
    return upsert_for(connection.dialect.name, table)


@cache
def upsert_for(kind: str, table: Table) -> Insert:
    """Built once: putting a statement together takes three times as long as asking it."""
    statement = insert_for(kind, table)
    rest = {column.name: statement.excluded[column.name] for column in table.columns if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)
