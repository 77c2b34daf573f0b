"""The log: what a line may say, that it and its deed are one, that every way of tampering shows, and that every line can be proven."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, select, update

from jukinet.node.audit.log import TILE, AuditLog, Line, Stream
from jukinet.node.audit.reading import growth, recent_proof, stored_proof, trimmed_to, verify
from jukinet.node.audit.retention import trim
from jukinet.node.storage.open import File, Store, open_store
from jukinet.node.storage.tables import audit, checkpoints, looks, subtrees
from jukinet.node.trace import CURRENT, Trace
from jukinet.notes import LogKey
from jukinet.tree import is_consistent, is_included, leaf_hash, root_of

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LOG = AuditLog("21361", b"k" * 32, lambda: NOON)
EXCHANGES, OPERATIONS = Stream.EXCHANGES, Stream.OPERATIONS
FULL = 1 << TILE


def check(store: Store, stream: Stream = EXCHANGES) -> str:
    return store.read_now(partial(verify, town="21361", stream=stream)).wrong


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
    assert check(store) == ""
    assert store.read_now(partial(verify, town="21361", stream=EXCHANGES)).size == 5


def test_a_subject_is_nobody_without_the_key() -> None:
    other = AuditLog("21361", b"l" * 32, lambda: NOON)
    assert LOG.subject(7) == LOG.subject(7) != LOG.subject(8)
    assert LOG.subject(7) != other.subject(7)


def test_an_untouched_log_holds(store: Store) -> None:
    verdict = store.read_now(partial(verify, town="21361", stream=EXCHANGES))
    assert (verdict.size, verdict.wrong) == (5, "")


def test_deeds_at_the_node_stand_in_a_stream_of_their_own(store: Store) -> None:
    line = store.write_now(partial(LOG.append, kind="node_log_trimmed", stream="exchanges", size=0))
    assert line == Line(OPERATIONS, 0)
    assert store.read_now(partial(verify, town="21361", stream=OPERATIONS)).size == 1


def test_a_line_names_the_exchange_it_was_written_in(store: Store) -> None:
    token = CURRENT.set(Trace("exchange-1", 0.0))
    try:
        line = store.write_now(partial(LOG.append, kind="node_refused", actor="a", reason="b"))
    finally:
        CURRENT.reset(token)
    entry = store.read_now(lambda connection: connection.execute(select(audit.c.entry).where(audit.c.seq == line.seq)).scalar_one())
    assert json.loads(entry)["exchange"] == "exchange-1"


FORGED = b'{"actor":"nobody","node":"21361","seq":2}'
TWIN = b'{"actor":"peer 1","at":"2026-11-24T03:00:00Z","kind":"node_refused","node":"21361","reason":"not-allowed","seq":1}'


def here(seq: int) -> tuple[object, ...]:
    return audit.c.stream == EXCHANGES, audit.c.seq == seq


@pytest.mark.parametrize(
    ("tamper", "wrong"),
    [
        (update(audit).where(*here(2)).values(entry=FORGED), "entry 2 was changed"),
        (update(audit).where(*here(2)).values(entry=b""), "entry 2 was changed"),
        (update(audit).where(*here(2)).values(entry=FORGED, leaf=leaf_hash(FORGED)), "rewritten before entry 3"),
        (update(audit).where(*here(2)).values(entry=TWIN, leaf=leaf_hash(TWIN)), "entry 2 stands where another one was"),
        (delete(audit).where(*here(2)), "entry 2 is missing"),
        (delete(audit).where(*here(4)), "from 4 on are gone"),
        (delete(checkpoints).where(checkpoints.c.size == 5), "no checkpoint"),
    ],
)
def test_every_tampering_shows(tmp_path: Path, store: Store, tamper: object, wrong: str) -> None:
    assert wrong in tampered(tmp_path, tamper)


def tampered(folder: Path, *deeds: object) -> str:
    quiet = open_store(folder / "issue.db", File.ISSUES)  # a hand in the file: no log of ours in the way
    for deed in deeds:
        quiet.write_now(lambda connection, deed=deed: connection.execute(deed) and None)
    wrong = check(quiet)
    quiet.close()
    return wrong


def test_two_lines_that_changed_places_show(tmp_path: Path, store: Store) -> None:
    rows = store.read_now(lambda connection: connection.execute(select(audit.c.entry, audit.c.leaf).order_by(audit.c.seq)).all())
    swap = [update(audit).where(*here(at)).values(entry=rows[other].entry, leaf=rows[other].leaf) for at, other in ((1, 3), (3, 1))]
    assert tampered(tmp_path, *swap) == "entry 1 stands where another one was"


@pytest.fixture
def long(tmp_path: Path) -> Iterator[Store]:
    """Two full tiles and a bit, in groups of many and of one."""
    store = open_store(tmp_path / "issue.db", File.ISSUES, LOG.seal_group)

    def many(connection: Connection) -> None:
        for at in range(2 * FULL + 20):
            LOG.append(connection, "node_refused", actor=f"peer {at}", reason="not-allowed")

    store.write_now(many)
    store.write_now(partial(LOG.append, kind="node_refused", actor="a", reason="b"))
    yield store
    store.close()


def test_full_tiles_are_kept_and_held_to(tmp_path: Path, long: Store) -> None:
    assert check(long) == ""
    changed = update(subtrees).where(subtrees.c.number == 1).values(hash=b"0" * 32)
    assert tampered(tmp_path, changed) == "subtree 1 of height 8 was changed"
    assert tampered(tmp_path, delete(subtrees).where(subtrees.c.number == 1)) == "subtrees of height 8 are missing"


@pytest.fixture
def key(tmp_path: Path) -> LogKey:
    return LogKey.make("jukinet/21361", tmp_path / "log.key")


@pytest.mark.parametrize("seq", [0, FULL - 1, FULL, 2 * FULL, 2 * FULL + 19, 2 * FULL + 20])
def test_a_line_is_proven_from_the_file_and_the_last_from_memory(long: Store, key: LogKey, seq: int) -> None:
    line = Line(EXCHANGES, seq)
    proof = long.read_now(partial(stored_proof, town="21361", line=line, key=key))
    checkpoint = key.public.checkpoint(proof.checkpoint, "jukinet/21361/exchanges")
    assert checkpoint.size == 2 * FULL + 21
    assert is_included(leaf_hash(proof.entry.encode()), seq, checkpoint.size, proof.path, checkpoint.root)
    quick = recent_proof(LOG, line, key)
    assert quick is not None
    then = key.public.checkpoint(quick.checkpoint, "jukinet/21361/exchanges")
    assert quick.entry == proof.entry
    assert is_included(leaf_hash(quick.entry.encode()), seq, then.size, quick.path, then.root)


@pytest.mark.parametrize("old", [1, FULL, FULL + 7, 2 * FULL + 20])
def test_growth_is_proven(long: Store, old: int) -> None:
    leaves = long.read_now(lambda connection: list(connection.execute(select(audit.c.leaf).order_by(audit.c.seq)).scalars()))
    checkpoint, path = long.read_now(partial(growth, town="21361", stream=EXCHANGES, old=old))
    assert is_consistent(old, root_of(leaves[:old]), checkpoint.size, checkpoint.root, path)


def test_there_is_no_growth_from_a_future(long: Store) -> None:
    with pytest.raises(IndexError):
        long.read_now(partial(growth, town="21361", stream=EXCHANGES, old=10 * FULL))


def test_whose_record_was_looked_at_is_found_until_the_line_is_emptied(store: Store) -> None:
    told = {"actor": "a", "visit": "v", "items": [], "request": "r", "answer": "s"}
    store.write_now(partial(LOG.append, kind="node_extract_told", subject="holder", subjects=["one", "other"], **told))
    rows = select(looks.c.subject, looks.c.line).order_by(looks.c.subject)
    assert store.read_now(lambda connection: connection.execute(rows).all()) == [("one", 5), ("other", 5)]
    later = NOON + timedelta(days=400)
    store.write_now(partial(trim, log=LOG, stream=EXCHANGES, keep_days=399, now=later))
    assert store.read_now(lambda connection: connection.execute(rows).all()) == []


def test_lines_whose_time_is_over_are_emptied_and_the_log_still_holds(tmp_path: Path, store: Store) -> None:
    later = NOON + timedelta(days=400)
    assert store.write_now(partial(trim, log=LOG, stream=EXCHANGES, keep_days=401, now=later)) == 0
    assert store.write_now(partial(trim, log=LOG, stream=EXCHANGES, keep_days=399, now=later)) == 5
    assert store.read_now(partial(trimmed_to, town="21361", stream=EXCHANGES)) == 5
    verdict = store.read_now(partial(verify, town="21361", stream=EXCHANGES))
    assert (verdict.size, verdict.trimmed, verdict.wrong) == (5, 5, "")
    store.write_now(partial(LOG.append, kind="node_refused", actor="a", reason="b"))
    assert tampered(tmp_path, update(audit).where(*here(5)).values(entry=b"")) == "entry 5 was changed"
