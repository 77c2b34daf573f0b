"""What was told to whom, why and of whom: a line in the node's log, and rows by which a person finds it when asking for it (開示).

An inquiry is one answer to a body, a piece of a batch being one. Its line in the log names the body, the affair, the ground and the items,
and the persons by the root of a Merkle tree over their hashes (one leaf each, in order): the line proves for each of them that he or she is
in it, and shows nobody the others. The hash is an HMAC of 住民票コード under the node's key, so these rows name nobody either.

All functions run inside a job of the issues' store.
"""

import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from jukinet.agency_messages import Embargo, Form, Grant, Verdict
from jukinet.errors import Kind, Problem
from jukinet.node.agencies.verdict import Judged, told_items
from jukinet.node.audit.log import SUBJECT_DIGITS, AuditLog, instant
from jukinet.node.storage.tables import inquiries, provisions
from jukinet.tree import full_of, inclusion, leaf_hash, root_of

AT_ONCE = 500  # inquiries forgotten in one commit


@dataclass(frozen=True)
class Piece:
    """Of a batch. `digest` is of the question's bytes."""

    batch: str
    number: int
    digest: bytes


@dataclass(frozen=True)
class Account:
    """What one answer gives of whom: the persons found, in order, what of each was told, the root over them, lines by verdict."""

    subjects: tuple[str, ...]
    told: tuple[str, ...]
    root: str
    counts: dict[str, int]


@dataclass(frozen=True)
class Provision:
    """One time that something was told of a person. `line` is the log's (stream of exchanges) that says so, `place` the person's in the
    tree whose root stands in it; `told` are ids of items, none where the body only learned that it knew right."""

    at: str
    body: str
    affair: str
    ground: str
    items: tuple[str, ...]  # that the affair allows to be told
    told: tuple[str, ...]
    form: Form
    embargo: Embargo
    line: int
    place: int


def subject_of(log: AuditLog, resident_code: str) -> str:
    """Whom a row is about, as nobody without the node's key can tell."""
    return hmac.digest(log.key, f"{log.town}/code/{resident_code}".encode(), "sha256").hex()[:SUBJECT_DIGITS]


def account(log: AuditLog, judged: Sequence[Judged]) -> Account:
    """Reckoned before the writer's turn, which others wait for."""
    found = [each for each in judged if each.code]
    subjects = tuple(subject_of(log, each.code) for each in found)
    told = tuple(" ".join(told_items(each.finding)) for each in found)
    counts = Counter(each.finding.verdict for each in judged)
    root = root_of([_leaf(subject) for subject in subjects]).hex()
    return Account(subjects, told, root, {str(verdict): counts[verdict] for verdict in Verdict})


def write_down(
    connection: Connection, log: AuditLog, body: str, actor: str, grant: Grant, account: Account, piece: Piece | None = None
) -> None:
    """Raises Problem(OTHER_REQUEST): this piece was asked before, with other persons in it. The same again is written again only when now
    other persons were found than then."""
    before = None if piece is None else _answered(connection, log, body, piece)
    if before is not None and _subjects(connection, log.town, before) == list(account.subjects):
        return
    items, counts = [item.value for item in grant.items], account.counts
    words: dict[str, str | list[str]] = {"actor": actor, "affair": grant.affair, "ground": grant.ground, "items": items}
    words["subjects"] = account.root
    if piece is None:
        line = log.append(connection, "node_agency_answered", **words, **counts)
    else:
        line = log.append(connection, "node_agency_batch", **words, batch=piece.batch, piece=piece.number, **counts)
    connection.execute(
        insert(inquiries).values(
            town=log.town,
            line=line.seq,
            at=instant(log.clock()),
            body=body,
            affair=grant.affair,
            ground=grant.ground,
            items=" ".join(items),
            form=str(Form.SINGLE if piece is None else Form.BATCH),
            embargo=str(grant.embargo),
            batch=None if piece is None or before is not None else piece.batch,
            piece=None if piece is None or before is not None else piece.number,
            digest=b"" if piece is None else piece.digest,
        )
    )
    rows = [
        {"town": log.town, "subject": subject, "line": line.seq, "place": place, "told": told}
        for place, (subject, told) in enumerate(zip(account.subjects, account.told, strict=True))
    ]
    if rows:
        connection.execute(insert(provisions), rows)


def provisions_of(connection: Connection, town: str, subject: str) -> list[Provision]:
    """All that is still kept of one person, oldest first; whether it may be shown yet is for the caller to say, by `embargo`."""
    rows = connection.execute(
        select(inquiries, provisions.c.told, provisions.c.place)
        .join_from(provisions, inquiries, (inquiries.c.town == provisions.c.town) & (inquiries.c.line == provisions.c.line))
        .where(provisions.c.town == town, provisions.c.subject == subject)
        .order_by(provisions.c.line, provisions.c.place)
    )
    return [
        Provision(
            at=row.at,
            body=row.body,
            affair=row.affair,
            ground=row.ground,
            items=tuple(row.items.split()),
            told=tuple(row.told.split()),
            form=Form(row.form),
            embargo=Embargo(row.embargo),
            line=row.line,
            place=row.place,
        )
        for row in rows
    ]


def path_in_line(connection: Connection, town: str, provision: Provision) -> list[bytes]:
    """That the person is in the tree whose root the line names: the hashes beside the way up, lowest first (RFC 6962, 2.1.1)."""
    subjects = _subjects(connection, town, provision.line)
    return inclusion(provision.place, len(subjects), full_of([_leaf(subject) for subject in subjects]))


def forget(connection: Connection, town: str, days: int, now: datetime) -> int:
    """Drops inquiries that are older, with their rows; at most so many as one commit should hold. How many."""
    old = (inquiries.c.town == town, inquiries.c.at < instant(now - timedelta(days=days)))
    lines = connection.execute(select(inquiries.c.line).where(*old).order_by(inquiries.c.at).limit(AT_ONCE)).scalars().all()
    if lines:
        connection.execute(delete(provisions).where(provisions.c.town == town, provisions.c.line.in_(lines)))
        connection.execute(delete(inquiries).where(inquiries.c.town == town, inquiries.c.line.in_(lines)))
    return len(lines)


def _leaf(subject: str) -> bytes:
    return leaf_hash(subject.encode("ascii"))


def _answered(connection: Connection, log: AuditLog, body: str, piece: Piece) -> int | None:
    """The line of the first answer."""
    here = (inquiries.c.town == log.town, inquiries.c.body == body, inquiries.c.batch == piece.batch, inquiries.c.piece == piece.number)
    row = connection.execute(select(inquiries.c.digest, inquiries.c.line).where(*here)).first()
    if row is None:
        return None
    if row.digest != piece.digest:
        raise Problem(Kind.OTHER_REQUEST, "piece")
    line: int = row.line
    return line


def _subjects(connection: Connection, town: str, line: int) -> list[str]:
    here = (provisions.c.town == town, provisions.c.line == line)
    return list(connection.execute(select(provisions.c.subject).where(*here).order_by(provisions.c.place)).scalars())
