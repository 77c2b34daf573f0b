"""Statements that are asked all the time: written with SQLAlchemy like all others, then handed to the driver as text.

Putting a known statement through SQLAlchemy takes 31 µs where the driver takes 2 to 5, and an issue has a dozen of them. Text and order of
parameters come from the same statement for both kinds of database, so there is one source. Errors are SQLAlchemy's own again, and a link
that broke is given up: nobody above notices the short way.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Executable, Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError

from jukinet.node.storage.database import keep_first_words

Row = Any
"""A tuple whose fields are named as the columns that were asked for."""

# sqlite3 knows parameters by name as psycopg does; SQLAlchemy would count them.
_SQLITE = sqlite.dialect(paramstyle="named")


class _Text(NamedTuple):
    text: str
    fixed: dict[str, Any]  # parameters with a value of their own: constants of the statement
    row: Callable[[Iterable[Any]], Row]


class Prepared:
    """Parameters are given by name, all of them. Of an `insert` these are all columns of the table.

    Outside the hot path SQLAlchemy is asked as usual: what is rare need not be fast. A transaction must have been begun."""

    def __init__(self, statement: Executable | Callable[[str], Executable]) -> None:
        """`statement` may be a function that makes it for a dialect's name, where the two kinds of database differ."""
        self._make = statement if callable(statement) else lambda kind: statement
        self._texts: dict[str, _Text] = {}

    def text(self, dialect: Dialect) -> str:
        return self._of(dialect).text

    def first(self, connection: Connection, **named: Any) -> Row:
        """The first row, None if there is none."""
        row = self._run(connection, named).fetchone()
        return None if row is None else self._of(connection.dialect).row(row)

    def value(self, connection: Connection, **named: Any) -> Any:
        """The first field of the first row, None if there is no row."""
        row = self._run(connection, named).fetchone()
        return None if row is None else row[0]

    def all(self, connection: Connection, **named: Any) -> list[Row]:
        make = self._of(connection.dialect).row
        return [make(row) for row in self._run(connection, named)]

    def do(self, connection: Connection, **named: Any) -> int:
        """How many rows it was."""
        return int(self._run(connection, named).rowcount)

    def do_all(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Once for each row."""
        text, fixed, _ = self._of(connection.dialect)
        with_all = [{**fixed, **row} for row in rows]
        driver = connection.connection.driver_connection
        try:
            driver.cursor().executemany(text, with_all)  # type: ignore[union-attr]
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(connection, text, error) from error

    def _run(self, connection: Connection, named: dict[str, Any]) -> Any:
        text, fixed, _ = self._of(connection.dialect)
        return said(connection, text, named | fixed if fixed else named)

    def _of(self, dialect: Dialect) -> _Text:
        known = self._texts.get(dialect.name)
        if known is None:
            known = self._texts[dialect.name] = _text(self._make(dialect.name), dialect)
        return known


def said(connection: Connection, text: str, named: Mapping[str, Any] | None = None) -> Any:
    """The driver's cursor. Raises DBAPIError."""
    try:
        return connection.connection.driver_connection.execute(text, named or ())  # type: ignore[union-attr]
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, text, error) from error


def _text(statement: Any, dialect: Dialect) -> _Text:
    compiled = statement.compile(dialect=_SQLITE if dialect.name == "sqlite" else dialect)
    fixed = {name: parameter.value for parameter, name in compiled.bind_names.items() if not parameter.required}
    columns = [str(column.key) for column in statement.selected_columns] if isinstance(statement, Select) else []
    # By name, as SQLAlchemy's rows; what a statement reckons has no name, and is asked for by `value`.
    row: Any = namedtuple("Row", columns, rename=True)  # type: ignore[misc]  # its fields are not known before
    return _Text(str(compiled), fixed, row._make)


def _told(connection: Connection, text: str, error: Exception) -> BaseException:
    """As SQLAlchemy would say it: without the parameters, which are about people."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.driver_connection, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    keep_first_words(error)
    return DBAPIError.instance(text, None, error, dialect.loaded_dbapi.Error, True, lost, dialect)
