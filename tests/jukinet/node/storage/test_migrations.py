"""Migrations with data in them, on both kinds of database: what a first version wrote is there afterwards, in the new form."""

import subprocess
import sys
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from msgspec import json
from sqlalchemy import Connection, insert, select, text
from sqlalchemy.exc import DBAPIError

from jukinet.node.people import population
from jukinet.node.register import find, history_after, holder_of, household_of, last_line
from jukinet.node.storage import open as opening
from jukinet.node.storage.open import File, Place, open_store
from jukinet.node.storage.revisions import newest, revision_of
from jukinet.node.storage.tables import card_registry, identities, looks, outbox, residents

TOWN = "21202"
PEOPLE = list(population(60, 1, TOWN))
FIRST_ITEMS = ("id", "town", "household", "number", "state", "protected", "moving", "pending", "name", "kana", "birth", "resident_code")


def as_first_written(place: Place, which: File, write: Callable[[Connection], None]) -> None:
    """A database as the first revision made it, with what `write` puts in."""
    database = opening._database(place)
    database.make()
    engine = database.writer()
    with engine.connect() as connection, connection.begin():
        folder = files("jukinet.node.storage") / "migrations"
        config = Config()
        for name, value in (("script_location", folder), ("version_locations", folder / which), ("path_separator", "newline")):
            config.set_main_option(name, str(value))
        config.attributes["connection"] = connection
        command.upgrade(config, f"{which}_0001")
        write(connection)
    engine.dispose()


def put(connection: Connection, table: str, *rows: dict[str, Any]) -> None:
    for row in rows:
        connection.execute(text(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(':' + name for name in row)})"), row)


def first_register(connection: Connection) -> None:
    put(connection, "residents", *({name: getattr(person, name) for name in FIRST_ITEMS} for person in PEOPLE))
    lines = [{"resident": person.id, "changed": "2020-01-01", "record": json.encode(person)} for person in (*PEOPLE, PEOPLE[4])]
    same = {"town": TOWN, "change": "added", "reason": "記載"}
    put(connection, "history", *(same | {"seq": 10 * at} | line for at, line in enumerate(lines, 1)))
    put(connection, "card_holders", {"town": TOWN, "certificate": b"card", "resident": 2})
    put(connection, "card_registry", {"town": TOWN, "certificate": b"card", "status": "valid", "reason": ""})
    six = {"resident_code": "1" * 11, "name": "n", "birth": "b", "sex": "male", "address": "a", "change": "added", "changed": "c"}
    put(connection, "identities", {"town": TOWN} | six)


def test_a_first_register(new_place: Callable[..., Place]) -> None:
    place = new_place(File.REGISTER, TOWN)
    as_first_written(place, File.REGISTER, first_register)
    store = open_store(place, File.REGISTER)
    for person in PEOPLE:
        assert store.read_now(partial(find, town=TOWN, resident=person.id)) == person
    assert [each.id for each in store.read_now(partial(household_of, town=TOWN, household=1))] == [1, 2, 3]
    assert store.read_now(partial(holder_of, town=TOWN, certificate=b"card")) == PEOPLE[1]
    cards = select(card_registry.c.town, card_registry.c.home, card_registry.c.status)
    assert store.read_now(lambda connection: connection.execute(cards).all()) == [("centre", TOWN, "valid")]
    assert store.read_now(partial(last_line, town=TOWN)) == 610, "numbers stay: what was told is remembered by them"
    assert len(store.read_now(partial(history_after, town=TOWN, seq=0, most=100))) == 61
    seqs = store.read_now(lambda connection: dict(connection.execute(select(residents.c.id, residents.c.seq)).all()))
    assert (seqs[4], seqs[5]) == (40, 610), "the last line of each"
    assert store.read_now(lambda connection: connection.execute(select(identities.c.name)).scalars().all()) == ["n"]
    with pytest.raises(DBAPIError, match="only added to"):
        store.write_now(lambda connection: connection.execute(text("UPDATE history SET reason = ''")) and None)
    store.close()


def test_a_first_outbox(new_place: Callable[..., Place]) -> None:
    place = new_place(File.ISSUES, TOWN)
    row = {"town": TOWN, "destination": "21", "path": "/v1", "body": b"x", "refused": 0, "dead": 0}
    as_first_written(place, File.ISSUES, lambda connection: put(connection, "outbox", *(row | {"id": at, "number": at} for at in (3, 5))))
    store = open_store(place, File.ISSUES)
    store.write_now(lambda connection: connection.execute(insert(outbox).values(**row | {"town": "21361", "id": 3, "number": 1})) and None)
    kept = store.read_now(
        lambda connection: connection.execute(select(outbox.c.town, outbox.c.id).order_by(outbox.c.town, outbox.c.id)).all()
    )
    store.close()
    assert kept == [(TOWN, 3), (TOWN, 5), ("21361", 3)]


def test_lines_of_a_first_log_are_found_by_whose_record_was_looked_at(new_place: Callable[..., Place]) -> None:
    place = new_place(File.ISSUES, TOWN)
    lines = [
        {"kind": "node_household_told", "subject": "a"},
        {"kind": "node_nonce_given"},
        {"kind": "node_extract_told", "subject": "a", "subjects": ["b", "c"]},
        {"kind": "node_move_leaving", "subjects": ["a"], "certificate": ""},
        None,  # emptied: its time was over
    ]
    rows = [
        {"town": TOWN, "stream": "exchanges", "seq": at, "entry": b"" if line is None else json.encode(line), "leaf": bytes([at])}
        for at, line in enumerate(lines)
    ]
    as_first_written(place, File.ISSUES, lambda connection: put(connection, "audit", *rows))
    store = open_store(place, File.ISSUES)
    found = store.read_now(lambda connection: connection.execute(select(looks.c.town, looks.c.subject, looks.c.line)).all())
    store.close()
    assert sorted(map(tuple, found)) == [(TOWN, "a", 0), (TOWN, "b", 2), (TOWN, "c", 2)]


@pytest.mark.parametrize("which", File)
def test_the_newest_file_is_the_newest_revision(new_place: Callable[..., Place], which: File) -> None:
    """Alembic goes by what the files say of each other; without it they are told apart by their names."""
    place = new_place(which, TOWN)
    store = open_store(place, which)
    assert store.read_now(revision_of) == newest(which)
    store.close()


ASK = """
import sys
from pathlib import Path
from jukinet.node.storage.open import File, open_store
open_store(Path(sys.argv[1]), File.REGISTER).close()
print("alembic" in sys.modules)
"""


def test_alembic_is_loaded_only_where_a_database_is_behind(tmp_path: Path) -> None:
    said = [subprocess.run([sys.executable, "-c", ASK, tmp_path / "r.db"], check=True, capture_output=True, text=True) for _ in range(2)]
    assert [each.stdout.strip() for each in said] == ["True", "False"]
