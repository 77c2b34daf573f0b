"""The log as files: whoever has them alone finds the checkpoint's root, and every line."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection

from jukinet.node.audit.log import AuditLog, Stream
from jukinet.node.audit.retention import trim
from jukinet.node.audit.tiles import tile_path, write_tiles
from jukinet.node.storage.open import File, open_store
from jukinet.notes import LogKey, log_owner
from jukinet.tree import HASH, leaf_hash, root_of

LINES = 2 * 256 + 9


def lines_of(bundle: bytes) -> list[bytes]:
    lines = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        lines.append(bundle[2 : 2 + length])
        bundle = bundle[2 + length :]
    return lines


def hashes_of(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH] for at in range(0, len(tile), HASH)]


def test_a_log_in_files(tmp_path: Path) -> None:
    noon = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    log = AuditLog("21361", b"k" * 32, lambda: noon)
    key, folder = LogKey.make(log_owner("21361"), tmp_path / "log.key"), tmp_path / "tiles"
    store = open_store(tmp_path / "issue.db", File.ISSUES, log.seal_group)

    def many(connection: Connection) -> None:
        for at in range(LINES):
            log.append(connection, "node_refused", actor=f"peer {at}", reason="not-allowed")

    store.write_now(many)
    write = partial(write_tiles, town="21361", stream=Stream.EXCHANGES, key=key, folder=folder)
    assert store.read_now(write) == LINES
    checkpoint = key.public.checkpoint((folder / "checkpoint").read_text(), "jukinet/21361/exchanges")
    leaves = [leaf for name in ("000", "001", "002.p/9") for leaf in hashes_of((folder / "tile" / "0" / name).read_bytes())]
    assert (checkpoint.size, checkpoint.root) == (LINES, root_of(leaves))
    assert hashes_of((folder / "tile" / "1" / "000.p" / "2").read_bytes()) == [root_of(leaves[:256]), root_of(leaves[256:512])]
    bundles = [(folder / "tile" / "entries" / name).read_bytes() for name in ("000", "001", "002.p/9")]
    assert [leaf_hash(line) for bundle in bundles for line in lines_of(bundle)] == leaves
    # Lines whose time is over are gone from the bundles, and the tiles are as they were.
    store.write_now(partial(trim, log=log, stream=Stream.EXCHANGES, keep_days=1, now=noon + timedelta(days=2)))
    again = tmp_path / "again"
    store.read_now(partial(write, folder=again))
    assert not (again / "tile" / "entries").exists()
    assert (again / "tile" / "0" / "001").read_bytes() == (folder / "tile" / "0" / "001").read_bytes()
    store.close()


@pytest.mark.parametrize(
    ("number", "width", "path"),
    [(0, 256, "000"), (7, 1, "007.p/1"), (1234, 256, "x001/234"), (1234067, 9, "x001/x234/067.p/9"), (1000, 256, "x001/000")],
)
def test_paths_of_tiles(number: int, width: int, path: str) -> None:
    assert tile_path(number, width) == path
