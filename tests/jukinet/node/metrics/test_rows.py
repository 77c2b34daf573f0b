"""What is read of the database of issues."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from jukinet.node.metrics.rows import Outgoing, read_rows
from jukinet.node.storage.open import File, Store, open_store
from jukinet.node.storage.tables import issues, outbox, witnessed

TODAY = date(2026, 11, 28)


@pytest.fixture
def store(tmp_path: Path):
    store = open_store(tmp_path / "issue.db", File.ISSUES)
    yield store
    store.close()


def issue(store: Store, serial: int, day: str, status: str, town: str = "21361") -> None:
    row = {"digest": b"", "kiosk": "k", "home": town, "pages": 1, "numbers": "[]", "persons": "[]", "answer": "", "reason": ""}
    values = {
        **row,
        "town": town,
        "visit": f"{serial}",
        "day": day,
        "first_serial": serial,
        "copies": 1,
        "status": status,
        "copies_printed": 0,
    }
    store.write_now(lambda connection: connection.execute(insert(issues).values(**values)))


def test_nothing_yet(store: Store) -> None:
    rows = store.read_now(lambda connection: read_rows(connection, "21361", TODAY))
    assert (rows.issues, rows.unsettled, rows.outbox) == ({"issued": 0, "printed": 0, "voided": 0, "unknown": 0}, 0, {})
    assert rows.sizes == rows.confirmed == {"exchanges": 0, "operations": 0}
    assert rows.witnessed == {}


def test_when_others_were_confirmed(store: Store) -> None:
    row = {"town": "21", "origin": "jukinet/21361/exchanges", "size": 1, "root": b"", "at": "2026-11-28T03:00:00Z"}
    store.write_now(lambda connection: connection.execute(insert(witnessed).values(**row)))
    told = store.read_now(lambda connection: read_rows(connection, "21", TODAY))
    assert told.witnessed == {row["origin"]: datetime(2026, 11, 28, 3, tzinfo=UTC)}
    assert store.read_now(lambda connection: read_rows(connection, "22", TODAY)).witnessed == {}


def test_issues_of_seven_days_and_those_of_which_nobody_knows(store: Store) -> None:
    issue(store, 1, "2026-11-28", "issued")  # under way, perhaps
    issue(store, 2, "2026-11-27", "issued")
    issue(store, 3, "2026-11-27", "unknown")
    issue(store, 4, "2026-11-22", "printed")
    issue(store, 5, "2026-11-21", "unknown")  # eight days ago: out of sight
    issue(store, 6, "2026-11-27", "voided", town="21202")
    rows = store.read_now(lambda connection: read_rows(connection, "21361", TODAY))
    assert rows.issues == {"issued": 2, "printed": 1, "voided": 0, "unknown": 1}
    assert rows.unsettled == 2


def test_notices_that_wait_and_that_were_given_up(store: Store) -> None:
    def job(connection: Connection) -> None:
        for number, (destination, dead) in enumerate([("21", 0), ("21", 1), ("21", 0), ("21202", 1)], 1):
            row = {"path": "/v1", "number": number, "body": b"", "refused": 0}
            connection.execute(insert(outbox).values(town="21361", id=number, destination=destination, dead=dead, **row))

    store.write_now(job)
    rows = store.read_now(lambda connection: read_rows(connection, "21361", TODAY))
    assert rows.outbox == {"21": Outgoing(2, 1), "21202": Outgoing(0, 1)}
