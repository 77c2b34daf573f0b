"""Proofs and tiles from the file, and the check of a whole log.

What a line or a checkpoint needs for its proof is at most 256 hashes a level. The lines of the last commits are proven from memory.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection, and_, or_, select

from jukinet.messages import Logged
from jukinet.node.audit.log import GROUPS, TILE, AuditLog, Line, Stream, hashes, last_frontier, within
from jukinet.node.storage.tables import audit, checkpoints, subtrees
from jukinet.notes import Checkpoint, LogKey, log_origin
from jukinet.tree import Frontier, Full, consistency, inclusion, leaf_hash, range_hash, root_of

TRIMMED = "node_log_trimmed"


def recent_proof(log: AuditLog, line: Line, key: LogKey) -> Logged | None:
    """For a line of the last commits. None: look into the file."""
    for group in reversed(log.recent):
        place = line.seq - group.first
        if group.stream is line.stream and 0 <= place < len(group.entries):
            path = inclusion(line.seq, group.checkpoint.size, group.full)
            return Logged(entry=group.entries[place].decode(), index=line.seq, path=path, checkpoint=note_of(key, group.checkpoint))
    return None


@lru_cache(maxsize=GROUPS)
def note_of(key: LogKey, checkpoint: Checkpoint) -> str:
    """Signed once for all lines of a commit. Ed25519 signs the same text the same way."""
    return key.sign(checkpoint)


def stored_proof(connection: Connection, town: str, line: Line, key: LogKey) -> Logged:
    """Raises IndexError for a line that is not there."""
    checkpoint = checkpoint_of(connection, town, line.stream)
    path = inclusion(line.seq, checkpoint.size, full_of_file(connection, town, line.stream))
    entry = connection.execute(select(audit.c.entry).where(*within(audit, town, line.stream), audit.c.seq == line.seq)).scalar_one()
    return Logged(entry=entry.decode(), index=line.seq, path=path, checkpoint=key.sign(checkpoint))


def stored_proofs(connection: Connection, town: str, lines: Sequence[int], key: LogKey) -> dict[int, Logged]:
    """For lines of the exchanges, all under the newest checkpoint. Those whose text is gone are left out."""
    checkpoint, full = checkpoint_of(connection, town, Stream.EXCHANGES), full_of_file(connection, town, Stream.EXCHANGES)
    note = key.sign(checkpoint)
    here = (*within(audit, town, Stream.EXCHANGES), audit.c.seq.in_(lines))
    return {
        row.seq: Logged(entry=row.entry.decode(), index=row.seq, path=inclusion(row.seq, checkpoint.size, full), checkpoint=note)
        for row in connection.execute(select(audit.c.seq, audit.c.entry).where(*here))
        if row.entry
    }


def checkpoint_of(connection: Connection, town: str, stream: Stream) -> Checkpoint:
    frontier = last_frontier(connection, town, stream)
    return Checkpoint(log_origin(town, stream), frontier.size, frontier.root)


def growth(connection: Connection, town: str, stream: Stream, old: int) -> tuple[Checkpoint, list[bytes]]:
    """The newest checkpoint, and the proof that the first `old` lines are still what they were; empty for 0.

    Raises IndexError: the log was never that long.
    """
    checkpoint = checkpoint_of(connection, town, stream)
    if not old:
        return checkpoint, []
    return checkpoint, consistency(old, checkpoint.size, full_of_file(connection, town, stream))


def root_at(connection: Connection, town: str, stream: Stream, size: int) -> bytes:
    """The root that the log had when it was `size` long."""
    return range_hash(0, size, full_of_file(connection, town, stream)) if size else Frontier().root


def full_of_file(connection: Connection, town: str, stream: Stream) -> Full:
    def full(height: int, number: int) -> bytes:
        level = height - height % TILE
        count = 1 << (height - level)
        return root_of(hashes(connection, town, stream, level, number * count, count))

    return full


@dataclass(frozen=True)
class Verdict:
    """`wrong` is the first thing that does not hold, "" if the whole log does. `trimmed` lines are known by their hash alone."""

    size: int
    root: bytes
    trimmed: int = 0
    wrong: str = ""


def verify(connection: Connection, town: str, stream: Stream) -> Verdict:
    """Reads the whole log: every line hashes to its leaf and stands where it says, none is missing, the tree of them passes through
    every checkpoint, and every subtree that is kept is the one of its leaves."""
    trimmed = trimmed_to(connection, town, stream)
    frontier, wrong = Frontier(), ""
    for frontier, wrong in _walk(connection, town, stream, trimmed):
        if wrong:
            return Verdict(frontier.size, frontier.root, trimmed, wrong)
    return Verdict(frontier.size, frontier.root, trimmed, _kept(connection, town, stream, frontier))


def _walk(connection: Connection, town: str, stream: Stream, trimmed: int) -> Iterator[tuple[Frontier, str]]:
    rows = connection.execute(select(checkpoints.c.size, checkpoints.c.root).where(*within(checkpoints, town, stream)))
    roots = {row.size: row.root for row in rows}
    frontier = Frontier()
    for row in connection.execute(select(audit).where(*within(audit, town, stream)).order_by(audit.c.seq)):
        if row.seq != frontier.size:
            yield frontier, f"entry {frontier.size} is missing"
        if row.entry or row.seq >= trimmed:
            if leaf_hash(row.entry) != row.leaf:
                yield frontier, f"entry {row.seq} was changed"
            if _place(row.entry) != (town, row.seq):
                yield frontier, f"entry {row.seq} stands where another one was"
        frontier = frontier.append(row.leaf)
        if roots.pop(frontier.size, frontier.root) != frontier.root:
            yield frontier, f"the log was rewritten before entry {frontier.size}"
        yield frontier, ""
    if roots:
        yield frontier, f"entries from {frontier.size} on are gone"
    if last_frontier(connection, town, stream) != frontier:
        yield frontier, "the last entries have no checkpoint"


def _kept(connection: Connection, town: str, stream: Stream, frontier: Frontier) -> str:
    height, beyond = TILE, []
    while count := frontier.size >> height:
        beyond.append(and_(subtrees.c.height == height, subtrees.c.number >= count))
        found = hashes(connection, town, stream, height, 0, count)
        if len(found) != count:
            return f"subtrees of height {height} are missing"
        for number, one in enumerate(found):
            if root_of(hashes(connection, town, stream, height - TILE, number << TILE, 1 << TILE)) != one:
                return f"subtree {number} of height {height} was changed"
        height += TILE
    beyond.append(subtrees.c.height >= height)
    extra = connection.execute(select(subtrees.c.number).where(*within(subtrees, town, stream), or_(*beyond))).first()
    return "" if extra is None else "subtrees beyond the end"


def _place(entry: bytes) -> tuple[object, object]:
    try:
        line = json.loads(entry)
        return line["node"], line["seq"]
    except (ValueError, KeyError, TypeError):
        return None, None


def trimmed_to(connection: Connection, town: str, stream: Stream) -> int:
    """Up to which line the texts may be gone: said by lines of the operations themselves, whose texts stay."""
    rows = connection.execute(select(audit.c.entry).where(*within(audit, town, Stream.OPERATIONS)).order_by(audit.c.seq))
    said = [json.loads(entry) for entry in rows.scalars() if entry]
    return max((line["size"] for line in said if line["kind"] == TRIMMED and line["stream"] == stream), default=0)
