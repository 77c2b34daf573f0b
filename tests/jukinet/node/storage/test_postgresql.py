"""What a server must promise before a node trusts it, and what must never be seen of it: the password, and rows in its log."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from jukinet.node.storage.open import File, Server, StorageError, open_store
from jukinet.node.storage.place import what_is_wrong
from jukinet.node.storage.tables import counters

PASSWORD = "kaede-no-ha"
SECRET = "青葉 花子"


@pytest.fixture
def database(postgresql: Any) -> Iterator[str]:
    with postgresql.database() as url:
        yield url.split("@/")[1].partition("?")[0]


@pytest.fixture
def place(postgresql: Any, database: str, tmp_path: Path) -> Iterator[Server]:
    """As an installation has it: a role that may do little, with a password in a file, and schemas made by an administrator."""
    for each in (f"CREATE ROLE kept LOGIN PASSWORD '{PASSWORD}'", "CREATE SCHEMA issues AUTHORIZATION kept"):
        postgresql.do(each, database)
    (tmp_path / "password").write_text(PASSWORD + "\n")
    yield Server(postgresql.url(database, "kept"), tmp_path / "password", File.ISSUES, "21361")
    postgresql.do("DROP OWNED BY kept", database)
    postgresql.do("DROP ROLE kept", database)


def test_a_role_that_owns_two_schemas_is_enough(place: Server) -> None:
    open_store(place, File.ISSUES).close()


def test_a_schema_that_may_not_be_made_is_told(place: Server) -> None:
    with pytest.raises(StorageError, match="permission denied"):
        open_store(Server(place.url, place.password, File.REGISTER, "21361"), File.REGISTER)


@pytest.mark.parametrize("password", ["wrong", None])
def test_the_password_is_asked_for_and_never_shown(place: Server, password: str | None, tmp_path: Path) -> None:
    (tmp_path / "other").write_text("another-word")
    wrong = Server(place.url, tmp_path / "other" if password else None, File.ISSUES, "21361")
    with pytest.raises(StorageError, match="password") as caught:
        open_store(wrong, File.ISSUES)
    assert "another-word" not in str(caught.value)
    assert PASSWORD not in repr(place) + str(place)


def test_a_password_file_that_is_not_there_is_named(place: Server, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="gone"):
        open_store(Server(place.url, tmp_path / "gone", File.ISSUES, "21361"), File.ISSUES)


@pytest.mark.parametrize(
    ("setting", "value"),
    [("synchronous_commit", "off"), ("log_error_verbosity", "default"), ("log_parameter_max_length", "-1")],
)
def test_a_server_tuned_for_speed_or_talk_is_not_trusted(place: Server, postgresql: Any, database: str, setting: str, value: str) -> None:
    postgresql.do(f"ALTER ROLE kept IN DATABASE {database} SET {setting} = '{value}'")
    with pytest.raises(StorageError, match=setting):
        open_store(place, File.ISSUES)


def test_no_server_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nobody"):
        open_store(Server(f"postgresql+psycopg://nobody@/there?host={tmp_path}", None, File.ISSUES, "21361"), File.ISSUES)


def test_rows_are_neither_in_an_error_nor_in_the_servers_log(place: Server, postgresql: Any) -> None:
    store = open_store(place, File.ISSUES)
    row = {"town": "21361", "name": SECRET, "value": 1}
    store.write_now(lambda connection: connection.execute(insert(counters).values(**row)) and None)
    for wrong in (row, {**row, "name": SECRET + "\0"}, {**row, "value": None}):
        with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is, it says nothing of the row
            store.write_now(lambda connection, wrong=wrong: connection.execute(insert(counters).values(**wrong)) and None)
        assert SECRET not in str(caught.value)
    store.close()
    assert SECRET.encode() not in (postgresql.folder / "log").read_bytes()


@pytest.mark.parametrize(
    ("url", "right"),
    [
        ("postgresql+psycopg://jukinet@/juki?host=/run/postgresql", ""),
        ("postgresql+psycopg://jukinet@localhost/juki", ""),
        ("postgresql+psycopg://jukinet@127.0.0.1:5433/juki", ""),
        ("postgresql+psycopg://jukinet@db.example/juki?sslmode=verify-full&sslrootcert=/etc/ca.pem", ""),
        ("postgresql+psycopg://jukinet@db.example/juki", "verify-full"),
        ("postgresql+psycopg://jukinet@db.example/juki?sslmode=require", "verify-full"),
        ("postgresql+psycopg://jukinet@/juki?host=192.0.2.7", "verify-full"),
        ("postgresql+psycopg://jukinet:word@localhost/juki", "password"),
        ("postgresql+psycopg://jukinet@localhost", "postgresql"),
        ("postgresql://jukinet@localhost/juki", "postgresql"),
        ("sqlite:///juki.db", "postgresql"),
        ("juki", "postgresql"),
    ],
)
def test_addresses_that_may_stand_in_settings(url: str, right: str) -> None:
    found = what_is_wrong(url)
    assert right in found
    assert bool(found) == bool(right)
