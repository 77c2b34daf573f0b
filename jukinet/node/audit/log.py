"""The node's log of deeds: one line each, in the deed's own transaction, under a Merkle tree.

An immutable log must not hold what must be erasable: no name, address, code or number of a person is ever in it. Whom a line is about is an
HMAC-SHA-256 of the resident's number under a key that only this municipality has; who has the key can find a resident's lines, nobody
else can. What a line may say stands in `assets/events.toml`: its kind, and its fields, no others.

Two streams, a tree each: what went over the lines (both ends write it, under the same name of the exchange), and what was done at the node
itself. `append` belongs into the job that does the deed; a line that says that somebody's record was looked at is found again by whose it
was (`jukinet.looks`). `seal_group` runs last before each commit and extends the trees by what that
commit brings, so that a log without its checkpoint, or the other way round, never exists on disk.
"""

import hmac
import os
import tomllib
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import json
from sqlalchemy import BindParameter, ColumnElement, Connection, Table, bindparam, func, insert, select

from jukinet.looks import whose
from jukinet.node.storage.prepared import Prepared
from jukinet.node.storage.tables import audit, checkpoints, looks, subtrees
from jukinet.node.trace import CURRENT
from jukinet.notes import Checkpoint, log_origin
from jukinet.tree import HASH, Frontier, Full, full_of_frontier, leaf_hash, root_of

PREFIX = "node_"
KEY_BYTES = 32
SUBJECT_DIGITS = 32  # hexadecimal: 128 bits tell 125 million people apart
TILE = 8  # height of the subtrees that are kept: 256 hashes a tile (C2SP tlog-tiles)
GROUPS = 64  # commits whose lines can be proven without looking into the file

_HERE: tuple[BindParameter[str], BindParameter[str]] = (bindparam("town"), bindparam("stream"))
_LAST = Prepared(select(func.max(audit.c.seq)).where(audit.c.town == _HERE[0], audit.c.stream == _HERE[1]))
_UNSEALED = Prepared(
    select(audit.c.entry, audit.c.leaf)
    .where(audit.c.town == _HERE[0], audit.c.stream == _HERE[1], audit.c.seq >= bindparam("size"))
    .order_by(audit.c.seq)
)
_FRONTIER = Prepared(
    select(checkpoints.c.size, checkpoints.c.frontier)
    .where(checkpoints.c.town == _HERE[0], checkpoints.c.stream == _HERE[1])
    .order_by(checkpoints.c.size.desc())
    .limit(1)
)
_LEAVES = Prepared(
    select(audit.c.leaf)
    .where(
        audit.c.town == _HERE[0],
        audit.c.stream == _HERE[1],
        audit.c.seq >= bindparam("first"),
        audit.c.seq < bindparam("end"),
    )
    .order_by(audit.c.seq)
)
_SUBTREES = Prepared(
    select(subtrees.c.hash)
    .where(
        subtrees.c.town == _HERE[0],
        subtrees.c.stream == _HERE[1],
        subtrees.c.height == bindparam("height"),
        subtrees.c.number >= bindparam("first"),
        subtrees.c.number < bindparam("end"),
    )
    .order_by(subtrees.c.number)
)
_ENTER, _CHECK, _LOOK = Prepared(insert(audit)), Prepared(insert(checkpoints)), Prepared(insert(looks))


class Stream(StrEnum):
    EXCHANGES = "exchanges"  # 通信履歴
    OPERATIONS = "operations"  # 操作履歴


@cache
def kinds() -> Mapping[str, frozenset[str]]:
    """Kind of entry -> its fields, from the data file. The node's kinds begin with `node_`."""
    return MappingProxyType({name: frozenset(event["fields"]) for name, event in _events().items()})


@cache
def stream_of(kind: str) -> Stream:
    """Raises KeyError for an unknown kind."""
    return Stream.OPERATIONS if _events()[kind]["kind"] == "operation" else Stream.EXCHANGES


@cache
def _events() -> dict[str, Any]:
    events = tomllib.loads((files("assets") / "events.toml").read_text(encoding="utf-8"))
    return {name: event for name, event in events.items() if name.startswith(PREFIX)}


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return f"{at.astimezone(UTC).isoformat()[:19]}Z"  # a third of what strftime takes, and a question has half a dozen


def subject_key(path: Path, entropy: Callable[[int], bytes]) -> bytes:
    """The key of the log's subjects: made at the first start, readable by its owner alone."""
    try:
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(entropy(KEY_BYTES))
    except FileExistsError:
        pass
    return path.read_bytes()


@dataclass(frozen=True)
class Line:
    """Where an entry stands."""

    stream: Stream
    seq: int


@dataclass(frozen=True)
class Group:
    """What one commit brought to a stream, and all that is needed to prove it."""

    stream: Stream
    entries: tuple[bytes, ...]
    first: int
    checkpoint: Checkpoint
    full: Full


@dataclass(frozen=True)
class AuditLog:
    """One owner's two streams: a town's, a prefecture's ("21") or the centre's."""

    town: str
    key: bytes  # for subjects
    clock: Callable[[], datetime]
    recent: deque[Group] = field(default_factory=lambda: deque(maxlen=GROUPS), compare=False)
    committed: Callable[[Sequence[Group]], None] = field(default=lambda groups: None, compare=False)  # told in the writer's thread

    def subject(self, resident: int) -> str:
        return hmac.new(self.key, f"{self.town}/{resident}".encode(), sha256).hexdigest()[:SUBJECT_DIGITS]

    def append(self, connection: Connection, kind: str, **fields: str | int | list[str]) -> Line:
        """The exchange that is under way names itself in the line. Raises KeyError for an unknown kind, ValueError for other fields than
        the kind has."""
        if kinds()[kind] != fields.keys():
            raise ValueError(f"{kind} has the fields {sorted(kinds()[kind])}, not {sorted(fields)}")
        stream, trace = stream_of(kind), CURRENT.get()
        last = _LAST.value(connection, town=self.town, stream=str(stream))
        seq = 0 if last is None else last + 1
        line = {"at": instant(self.clock()), "kind": kind, "node": self.town, "seq": seq, **fields}
        if trace is not None:
            line["exchange"] = trace.exchange
        entry = json.encode(line, order="sorted")
        _ENTER.do(connection, town=self.town, stream=str(stream), seq=seq, entry=entry, leaf=leaf_hash(entry))
        for subject in whose(kind, fields):
            _LOOK.do(connection, town=self.town, subject=subject, line=seq)
        return Line(stream, seq)

    def seal_group(self, connection: Connection) -> Callable[[], None]:
        """Extends the trees by the leaves that have no checkpoint yet. One checkpoint a stream and commit. What is returned is to be called
        once that is committed: a commit may fail, or be done again with other lines, and only what stands can be proven."""
        groups = [group for stream in Stream if (group := self._seal(connection, stream)) is not None]
        return partial(self._stands, groups)

    def _stands(self, groups: Sequence[Group]) -> None:
        self.recent.extend(groups)
        self.committed(groups)

    def _seal(self, connection: Connection, stream: Stream) -> Group | None:
        before = last_frontier(connection, self.town, stream)
        new = _UNSEALED.all(connection, town=self.town, stream=str(stream), size=before.size)
        if not new:
            return None
        frontier = before
        for row in new:
            frontier = frontier.append(row.leaf)
            if frontier.size % (1 << TILE) == 0:
                self._keep_subtrees(connection, stream, frontier.size)
        values = {"size": frontier.size, "root": frontier.root, "frontier": b"".join(frontier.hashes)}
        _CHECK.do(connection, town=self.town, stream=str(stream), **values)
        checkpoint = Checkpoint(log_origin(self.town, stream), frontier.size, frontier.root)
        full = full_of_frontier(before, [row.leaf for row in new])
        return Group(stream, tuple(row.entry for row in new), before.size, checkpoint, full)

    def _keep_subtrees(self, connection: Connection, stream: Stream, size: int) -> None:
        """The tree is full up to `size` on this level, perhaps on those above too."""
        height = TILE
        while size % (1 << height) == 0:
            number = (size >> height) - 1
            found = root_of(hashes(connection, self.town, stream, height - TILE, number << TILE, 1 << TILE))
            connection.execute(insert(subtrees).values(town=self.town, stream=stream, height=height, number=number, hash=found))
            height += TILE


def within(table: Table, town: str, stream: Stream) -> tuple[ColumnElement[bool], ...]:
    return table.c.town == town, table.c.stream == stream


def hashes(connection: Connection, town: str, stream: Stream, height: int, first: int, count: int) -> list[bytes]:
    """Full subtrees' hashes on a level that is kept: 0 (the leaves), 8, 16, …; fewer than `count` where the log ends."""
    where = {"town": town, "stream": str(stream), "first": first, "end": first + count}
    if height == 0:
        return [row.leaf for row in _LEAVES.all(connection, **where)]
    return [row.hash for row in _SUBTREES.all(connection, **where, height=height)]


def last_frontier(connection: Connection, town: str, stream: Stream) -> Frontier:
    row = _FRONTIER.first(connection, town=town, stream=str(stream))
    if row is None:
        return Frontier()
    return Frontier(row.size, tuple(row.frontier[at : at + HASH] for at in range(0, len(row.frontier), HASH)))
