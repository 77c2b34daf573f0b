"""A log as the files that tools for transparency logs read (C2SP tlog-tiles): `checkpoint`, `tile/LEVEL/NUMBER` with 256 hashes each, and
`tile/entries/NUMBER` with the lines of 256 leaves.

    checkpoint                the newest, with what witnesses added
    tile/0/000                leaves 0 to 255             tile/0/x001/234   leaves of tile 1234
    tile/1/000.p/7            the roots of seven full tiles of level 0
    tile/entries/000          for each line two bytes of length and the line

Bundles in which a line's text is gone are left out, as pruned logs may do.
"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, select

from jukinet.node.audit.log import TILE, Stream, hashes, within
from jukinet.node.audit.reading import checkpoint_of
from jukinet.node.audit.witness import confirmed_note
from jukinet.node.storage.tables import audit
from jukinet.notes import LogKey

FULL = 1 << TILE


def write_tiles(connection: Connection, town: str, stream: Stream, key: LogKey, folder: Path) -> int:
    """Writes all files of one stream below `folder`; how many lines they hold. Raises OSError."""
    checkpoint = checkpoint_of(connection, town, stream)
    note = confirmed_note(connection, town, stream) or ""
    for path, data in _files(connection, town, stream, checkpoint.size):
        whole = folder / path
        whole.parent.mkdir(parents=True, exist_ok=True)
        whole.write_bytes(data)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "checkpoint").write_text(note if note.startswith(checkpoint.text) else key.sign(checkpoint), encoding="utf-8")
    return checkpoint.size


def _files(connection: Connection, town: str, stream: Stream, size: int) -> Iterator[tuple[str, bytes]]:
    level, count = 0, size
    while count:
        for first in range(0, count, FULL):
            found = hashes(connection, town, stream, level * TILE, first, min(FULL, count - first))
            yield f"tile/{level}/{tile_path(first // FULL, len(found))}", b"".join(found)
        level, count = level + 1, count // FULL
    for first in range(0, size, FULL):
        lines = list(
            connection.execute(
                select(audit.c.entry)
                .where(*within(audit, town, stream), audit.c.seq >= first, audit.c.seq < first + FULL)
                .order_by(audit.c.seq)
            ).scalars()
        )
        if all(lines):
            bundle = b"".join(len(line).to_bytes(2, "big") + line for line in lines)
            yield f"tile/entries/{tile_path(first // FULL, len(lines))}", bundle


def tile_path(number: int, width: int) -> str:
    """Three digits a folder, all but the last with an x before them; tiles that are not full say how far they go."""
    parts = [f"{number % 1000:03d}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03d}")
    return "/".join(parts) + (f".p/{width}" if width < FULL else "")
