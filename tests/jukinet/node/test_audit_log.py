"""The log: what a line may say, that it and its deed are one, and that every way of tampering shows."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, update

from jukinet.node.audit.log import AuditLog, verify
from jukinet.tree import leaf_hash
from jukinet.node.storage.open import File, Store, open_store
from jukinet.node.storage.tables import audit, checkpoints

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LOG = AuditLog("21361", b"k" * 32, lambda: NOON)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(tmp_path / "issue.db", File.ISSUES, LOG.seal_group)
    for at in range(5):
        store.write_now(lambda connection, at=at: LOG.append(connection, "node_refused", actor=f"peer {at}", reason="not-allowed"))
    yield store
    store.close()


def test_a_line_is_canonical_and_numbered(store: Store) -> None:
    entries = store.read_now(lambda connection: list(connection.execute(select(audit.c.entry).order_by(audit.c.seq)).scalars()))
    assert entries[0] == (
        b'{"actor":"peer 0","at":"2026-11-24T03:00:00Z","kind":"node_refused","node":"21361","reason":"not-allowed","seq":0}'
    )
    assert [json.loads(entry)["seq"] for entry in entries] == [0, 1, 2, 3, 4]


def test_a_line_has_the_fields_of_its_kind_and_no_others(store: Store) -> None:
    with pytest.raises(ValueError, match="name"):
        store.write_now(lambda connection: LOG.append(connection, "node_refused", actor="a", reason="b", name="c"))
    with pytest.raises(KeyError):
        store.write_now(lambda connection: LOG.append(connection, "node_whatever"))


def test_a_deed_undone_leaves_no_line(store: Store) -> None:
    def fails(connection: Connection) -> None:
        LOG.append(connection, "node_refused", actor="a", reason="b")
        raise LookupError

    with pytest.raises(LookupError):
        store.write_now(fails)
    assert store.read_now(lambda connection: verify(connection, "21361")).size == 5


def test_a_subject_is_nobody_without_the_key() -> None:
    other = AuditLog("21361", b"l" * 32, lambda: NOON)
    assert LOG.subject(7) == LOG.subject(7) != LOG.subject(8)
    assert LOG.subject(7) != other.subject(7)


def test_an_untouched_log_holds(store: Store) -> None:
    verdict = store.read_now(lambda connection: verify(connection, "21361"))
    assert (verdict.size, verdict.wrong) == (5, "")


FORGED = b'{"actor":"nobody"}'


@pytest.mark.parametrize(
    ("tamper", "wrong"),
    [
        (update(audit).where(audit.c.seq == 2).values(entry=FORGED), "entry 2 was changed"),
        (update(audit).where(audit.c.seq == 2).values(entry=FORGED, leaf=leaf_hash(FORGED)), "rewritten before entry 3"),
        (delete(audit).where(audit.c.seq == 2), "entry 2 is missing"),
        (delete(audit).where(audit.c.seq == 4), "from 4 on are gone"),
        (delete(checkpoints).where(checkpoints.c.size == 5), "no checkpoint"),
    ],
)
def test_every_tampering_shows(tmp_path: Path, store: Store, tamper: object, wrong: str) -> None:
    quiet = open_store(tmp_path / "issue.db", File.ISSUES)  # a hand in the file: no log of ours in the way
    quiet.write_now(lambda connection: connection.execute(tamper) and None)  # type: ignore[call-overload]
    verdict = quiet.read_now(lambda connection: verify(connection, "21361"))
    quiet.close()
    assert wrong in verdict.wrong
