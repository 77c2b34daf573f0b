"""Statements handed to the driver as text are still SQLAlchemy's: same rows, same errors, each town for itself."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection, bindparam, func, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.exc import DBAPIError

import jukinet.node
from jukinet.node.storage.open import File, Place, Store, open_store
from jukinet.node.storage.prepared import Prepared
from jukinet.node.storage.tables import counters
from jukinet.node.storage.upsert import upsert_for

PUT = Prepared(insert(counters))
SET = Prepared(lambda kind: upsert_for(kind, counters))
_HERE = (counters.c.town == bindparam("town"), counters.c.value >= 1)
ALL = Prepared(select(counters.c.name, counters.c.value).where(*_HERE).order_by(counters.c.name).limit(2))
SUM = Prepared(select(func.sum(counters.c.value)).where(*_HERE))


def _prepared() -> Iterator[tuple[str, Prepared]]:
    for module in pkgutil.walk_packages(jukinet.node.__path__, "jukinet.node."):
        if ".migrations" not in module.name:  # they run when they are imported
            for name, each in vars(importlib.import_module(module.name)).items():
                if isinstance(each, Prepared):
                    yield f"{module.name}.{name}", each


@pytest.mark.parametrize("dialect", [sqlite.dialect(), psycopg.dialect()], ids=["sqlite", "postgresql"])
def test_every_one_names_its_town(dialect: psycopg.PGDialect_psycopg, towns_missing: Callable[[str], set[str]]) -> None:
    """The reader that watches all node tests sees what passes through SQLAlchemy; these are read here, also those that no test asks."""
    found = dict(_prepared())
    assert len(found) > 20
    assert {name: missing for name, each in found.items() if (missing := towns_missing(each.text(dialect)))} == {}


@pytest.fixture
def store(place: Place) -> Iterator[Store]:
    store = open_store(place, File.ISSUES)
    yield store
    store.close()


def test_rows_are_named_and_constants_filled_in(store: Store) -> None:
    def job(connection: Connection) -> None:
        PUT.do_all(connection, [{"town": "21361", "name": name, "value": at} for at, name in enumerate("abcd")])
        SET.do(connection, town="21361", name="b", value=7)
        SET.do(connection, town="21202", name="b", value=100)

    store.write_now(job)
    rows = store.read_now(lambda connection: ALL.all(connection, town="21361"))
    assert [(row.name, row.value) for row in rows] == [("b", 7), ("c", 2)]
    assert store.read_now(lambda connection: ALL.first(connection, town="21361")).value == 7
    assert store.read_now(lambda connection: ALL.first(connection, town="13101")) is None
    assert store.read_now(lambda connection: SUM.value(connection, town="21361")) == 12


def test_an_error_is_sqlalchemys_and_quotes_nothing(store: Store) -> None:
    def twice(connection: Connection) -> None:
        for _ in range(2):
            PUT.do(connection, town="21361", name="somebody", value=1)

    def twice_at_once(connection: Connection) -> None:
        PUT.do_all(connection, [{"town": "21361", "name": "somebody", "value": 1}] * 2)

    for job in (twice, twice_at_once):
        with pytest.raises(DBAPIError) as caught:
            store.write_now(job)
        assert "somebody" not in str(caught.value)
        assert "somebody" not in str(caught.value.orig)
    assert store.read_now(lambda connection: ALL.all(connection, town="21361")) == []


def test_a_reader_sees_one_state_from_first_to_last(store: Store) -> None:
    store.write_now(lambda connection: PUT.do(connection, town="21361", name="a", value=1))

    def look(connection: Connection) -> tuple[int, int]:
        before = SUM.value(connection, town="21361")
        store.write_now(lambda writing: PUT.do(writing, town="21361", name="b", value=1))
        return before, SUM.value(connection, town="21361")

    assert store.read_now(look) == (1, 1)
