"""The node's log of deeds: one line each, in the deed's own transaction, under a Merkle tree.

An immutable log must not hold what must be erasable: no name, address, code or number of a person is ever in it. Whom a line is about is an
HMAC-SHA-256 of the resident's number under a key that only this municipality has; who has the key can find a resident's lines, nobody
else can. What a line may say stands in `assets/events.toml`: its kind, and its fields, no others.

`append` belongs into the job that does the deed. `seal_group` runs last before each commit and extends the tree by what that commit
brings, so that a log without its checkpoint, or the other way round, never exists on disk.
"""

import hmac
import json
import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from sqlalchemy import Connection, func, insert, select

from jukinet.tree import HASH, Frontier, leaf_hash
from jukinet.node.storage.tables import audit, checkpoints

PREFIX = "node_"
KEY_BYTES = 32
SUBJECT_DIGITS = 32  # hexadecimal: 128 bits tell 125 million people apart


@cache
def kinds() -> Mapping[str, frozenset[str]]:
    """Kind of entry -> its fields, from the data file. The node's kinds begin with `node_`."""
    events = tomllib.loads((files("assets") / "events.toml").read_text(encoding="utf-8"))
    return MappingProxyType({name: frozenset(event["fields"]) for name, event in events.items() if name.startswith(PREFIX)})


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def subject_key(path: Path, entropy: Callable[[int], bytes]) -> bytes:
    """The key of the log's subjects: made at the first start, readable by its owner alone."""
    try:
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(entropy(KEY_BYTES))
    except FileExistsError:
        pass
    return path.read_bytes()


@dataclass(frozen=True)
class AuditLog:
    town: str
    key: bytes  # for subjects
    clock: Callable[[], datetime]

    def subject(self, resident: int) -> str:
        return hmac.new(self.key, f"{self.town}/{resident}".encode(), sha256).hexdigest()[:SUBJECT_DIGITS]

    def append(self, connection: Connection, kind: str, **fields: str | int | list[str]) -> int:
        """The entry's place in the log. Raises KeyError for an unknown kind, ValueError for other fields than the kind has."""
        if kinds()[kind] != frozenset(fields):
            raise ValueError(f"{kind} has the fields {sorted(kinds()[kind])}, not {sorted(fields)}")
        last = connection.execute(select(func.max(audit.c.seq)).where(audit.c.town == self.town)).scalar_one()
        seq = 0 if last is None else last + 1
        line = {"at": instant(self.clock()), "kind": kind, "node": self.town, "seq": seq, **fields}
        entry = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        connection.execute(insert(audit).values(town=self.town, seq=seq, entry=entry, leaf=leaf_hash(entry)))
        return seq

    def seal_group(self, connection: Connection) -> None:
        """Extends the tree by the leaves that have no checkpoint yet. One checkpoint a commit."""
        frontier = last_checkpoint(connection, self.town)
        new = connection.execute(
            select(audit.c.leaf).where(audit.c.town == self.town, audit.c.seq >= frontier.size).order_by(audit.c.seq)
        ).scalars()
        size = frontier.size
        for leaf in new:
            frontier = frontier.append(leaf)
        if frontier.size > size:
            row = {"town": self.town, "size": frontier.size, "root": frontier.root, "frontier": b"".join(frontier.hashes)}
            connection.execute(insert(checkpoints).values(**row))


def last_checkpoint(connection: Connection, town: str) -> Frontier:
    row = connection.execute(
        select(checkpoints.c.size, checkpoints.c.frontier).where(checkpoints.c.town == town).order_by(checkpoints.c.size.desc()).limit(1)
    ).first()
    if row is None:
        return Frontier()
    return Frontier(row.size, tuple(row.frontier[at : at + HASH] for at in range(0, len(row.frontier), HASH)))


@dataclass(frozen=True)
class Verdict:
    """`wrong` is the first thing that does not hold, "" if the whole log does."""

    size: int
    root: bytes
    wrong: str = ""


def verify(connection: Connection, town: str) -> Verdict:
    """Reads the whole log: every line hashes to its leaf, none is missing, and the tree of them passes through every checkpoint."""
    roots = {
        row.size: row.root for row in connection.execute(select(checkpoints.c.size, checkpoints.c.root).where(checkpoints.c.town == town))
    }
    frontier = Frontier()
    for row in connection.execute(select(audit).where(audit.c.town == town).order_by(audit.c.seq)):
        if row.seq != frontier.size:
            return Verdict(frontier.size, frontier.root, f"entry {frontier.size} is missing")
        if leaf_hash(row.entry) != row.leaf:
            return Verdict(frontier.size, frontier.root, f"entry {row.seq} was changed")
        frontier = frontier.append(row.leaf)
        if roots.pop(frontier.size, frontier.root) != frontier.root:
            return Verdict(frontier.size, frontier.root, f"the log was rewritten before entry {frontier.size}")
    if roots:
        return Verdict(frontier.size, frontier.root, f"entries from {frontier.size} on are gone")
    if last_checkpoint(connection, town).size != frontier.size:
        return Verdict(frontier.size, frontier.root, "the last entries have no checkpoint")
    return Verdict(frontier.size, frontier.root)
