"""`jukinet audit verify` as an auditor types it, on the file of a node: whatever a hand in the file did to one line, it is named."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.network import KIOSK_TOWN
from jukinet.node.audit.log import AuditLog
from jukinet.node.storage.open import File, open_store
from tests.conftest import WithCards

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LINES = 600  # two full tiles and a bit

HERE = "WHERE stream = 'exchanges' AND seq ="
LEAF = "CAST(leaf_hash(entry) AS BLOB)"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, with_cards: WithCards) -> Path:
    """A lab, and in it a node whose log has grown by ones and by many."""
    paths = prepare(with_cards(tmp_path_factory.mktemp("lab")), 20, 1, datetime.now(UTC))
    folder = paths.node(KIOSK_TOWN.code)
    log = AuditLog(KIOSK_TOWN.code, b"k" * 32, lambda: NOON)
    store = open_store(folder / "issue.db", File.ISSUES, log.seal_group)
    line = partial(log.append, kind="node_nonce_given", actor="jukinet://kiosk/21361/k1")
    for at in range(100):
        store.write_now(partial(line, visit=f"01J{at:023d}"))
    store.write_now(lambda connection: [line(connection, visit=f"01J{at:023d}") for at in range(100, LINES)] and None)
    store.close()
    return paths.root


@pytest.fixture
def node(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "lab")
    return LabPaths(tmp_path / "lab").node(KIOSK_TOWN.code)


def tamper(node: Path, *deeds: str) -> None:
    """What somebody can do who has the file and knows how leaves are made, but not the key."""
    with closing(sqlite3.connect(node / "issue.db")) as db, db:
        db.create_function("leaf_hash", 1, lambda entry: sha256(b"\x00" + entry).digest())
        for deed in deeds:
            assert db.execute(deed).rowcount > 0, deed


def verified(node: Path) -> tuple[int, str]:
    """Exit status, and what is said of the exchanges."""
    result = CliRunner().invoke(app, ["audit", "verify", "--settings", str(node / "node.toml")])
    assert "operations: HOLDS" in result.stdout
    return result.exit_code, result.stdout.splitlines()[0]


def altered(seq: int) -> str:
    return f"UPDATE audit SET entry = CAST(replace(CAST(entry AS TEXT), 'k1', 'k2') AS BLOB) {HERE} {seq}"


def copied(one: int, to: int) -> str:
    return f"UPDATE audit SET (entry, leaf) = (SELECT entry, leaf FROM audit {HERE} {one}) {HERE} {to}"


def swapped(one: int, other: int) -> Iterator[str]:
    yield f"CREATE TEMP TABLE kept AS SELECT entry, leaf FROM audit {HERE} {one}"
    yield copied(other, one)
    yield f"UPDATE audit SET (entry, leaf) = (SELECT entry, leaf FROM kept) {HERE} {other}"


def test_an_untouched_log_holds(node: Path) -> None:
    assert verified(node) == (0, "exchanges: HOLDS")


@pytest.mark.parametrize("seq", [0, 255, 256, 300, LINES - 1])
@pytest.mark.parametrize("what", ["altered", "altered with its leaf", "cut", "replayed"])
def test_one_line_touched_is_named(node: Path, what: str, seq: int) -> None:
    deeds, wrong = {
        "altered": ([altered(seq)], f"entry {seq} was changed"),
        "altered with its leaf": ([altered(seq), f"UPDATE audit SET leaf = {LEAF} {HERE} {seq}"], "the log was rewritten before entry "),
        "cut": ([f"DELETE FROM audit {HERE} {seq}"], f"entry {seq} is missing" if seq < LINES - 1 else f"entries from {seq} on are gone"),
        "replayed": ([copied(100, seq)], f"entry {seq} stands where another one was"),
    }[what]
    tamper(node, *deeds)
    status, said = verified(node)
    assert (status, said.startswith(f"exchanges: DOES NOT HOLD: {wrong}")) == (1, True), said


def test_two_lines_that_changed_places_are_named(node: Path) -> None:
    with closing(sqlite3.connect(node / "issue.db")) as db, db:
        for deed in swapped(20, 400):
            db.execute(deed)
    assert verified(node) == (1, "exchanges: DOES NOT HOLD: entry 20 stands where another one was")


TILE = "WHERE stream = 'exchanges' AND height = 8 AND number ="


@pytest.mark.parametrize(
    ("deeds", "wrong"),
    [
        ([f"UPDATE subtrees SET hash = zeroblob(32) {TILE} 1"], "subtree 1 of height 8 was changed"),
        ([f"UPDATE subtrees SET hash = (SELECT hash FROM subtrees {TILE} 0) {TILE} 1"], "subtree 1 of height 8 was changed"),
        ([f"UPDATE subtrees SET number = number + 10 {TILE[: TILE.index(' AND number')]}"], "subtrees of height 8 are missing"),
        ([f"DELETE FROM subtrees {TILE} 1"], "subtrees of height 8 are missing"),
        (["INSERT INTO subtrees SELECT town, stream, 8, 2, hash FROM subtrees LIMIT 1"], "subtrees beyond the end"),
        (["INSERT INTO subtrees SELECT town, stream, 16, 0, hash FROM subtrees LIMIT 1"], "subtrees beyond the end"),
        ([f"DELETE FROM checkpoints WHERE size = {LINES}"], "the last entries have no checkpoint"),
        (["UPDATE checkpoints SET root = zeroblob(32) WHERE size = 50"], "the log was rewritten before entry 50"),
    ],
)
def test_a_tile_or_a_checkpoint_touched_is_named(node: Path, deeds: list[str], wrong: str) -> None:
    tamper(node, *deeds)
    assert verified(node) == (1, f"exchanges: DOES NOT HOLD: {wrong}")
