"""The register of a town: whose card is it, who lives with them, and each change as a line of history.

What is registered is the history; the current record is the last line of each resident, and only `enter` writes either. Statements only;
what may be told of a record is decided in `home.py`. All functions run inside a job of the register's store and name the municipality in
every statement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import json, structs
from sqlalchemy import Connection, delete, func, insert, select

from jukinet.messages import Change
from jukinet.node.resident import Resident, Standing
from jukinet.node.storage.tables import card_holders, history, residents
from jukinet.node.storage.upsert import upsert

CHUNK = 1000  # lines at a time, wherever all of a history or register are gone through
RECORD = tuple(residents.c[name] for name in Resident.__struct_fields__)


@dataclass(frozen=True)
class Entry:
    """A record as it is from `changed` on (異動年月日), and why (異動事由)."""

    person: Resident
    change: Change
    reason: str
    changed: str


@dataclass(frozen=True)
class Version:
    """A record as it was from `since` on and before `until`, "" if it still is."""

    since: str
    until: str
    change: Change
    reason: str
    person: Resident


def added(person: Resident) -> Entry:
    """First content of a register: since when each has been recorded there."""
    return Entry(person, _what(person, Change.ADDED), "記載", person.became_resident or person.became)


def enter(connection: Connection, town: str, entries: Sequence[Entry]) -> None:
    """Writes lines of history, and the current records that follow from them."""
    last = last_line(connection, town)
    lines = [
        {
            "town": town,
            "seq": last + at,
            "resident": each.person.id,
            "change": str(each.change),
            "reason": each.reason,
            "changed": each.changed,
            "record": json.encode(each.person),
        }
        for at, each in enumerate(entries, 1)
    ]
    if lines:
        connection.execute(insert(history), lines)
        _derive(connection, [(last + at, each.person) for at, each in enumerate(entries, 1)])


def _derive(connection: Connection, lines: Sequence[tuple[int, Resident]]) -> None:
    connection.execute(upsert(connection, residents), [structs.asdict(person) | {"seq": seq} for seq, person in lines])


def derive_again(connection: Connection, town: str) -> None:
    """Drops a town's current records and makes them from its history."""
    connection.execute(delete(residents).where(residents.c.town == town))
    seq = 0
    while lines := history_after(connection, town, seq, CHUNK):
        _derive(connection, [(line, person) for line, _, _, person in lines])
        seq = lines[-1][0]


def last_line(connection: Connection, town: str) -> int:
    """Number of the last line of history, 0 if there is none."""
    last: int | None = connection.execute(select(func.max(history.c.seq)).where(history.c.town == town)).scalar_one()
    return last or 0


def change(connection: Connection, town: str, resident: int, reason: str, changed: str, **fields: str | int) -> Resident:
    """Enters `fields` as a change. Raises LookupError.

    Who stops being recorded there (moved, deceased) is a removal, whatever else changed.
    """
    known = find(connection, town, resident)
    if known is None:
        raise LookupError("no such resident")
    now = structs.replace(known, **fields)
    enter(connection, town, [Entry(now, _what(now, Change.CHANGED), reason, changed)])
    return now


def _what(person: Resident, otherwise: Change) -> Change:
    return otherwise if person.state == Standing.RESIDENT else Change.REMOVED


def versions(connection: Connection, town: str, resident: int) -> list[Version]:
    """All that was ever recorded of somebody, oldest first."""
    until = func.lead(history.c.changed, 1, "").over(order_by=history.c.seq)
    rows = connection.execute(
        select(history.c.changed, until.label("until"), history.c.change, history.c.reason, history.c.record)
        .where(history.c.town == town, history.c.resident == resident)
        .order_by(history.c.seq)
    )
    return [Version(row.changed, row.until, Change(row.change), row.reason, _person(row.record)) for row in rows]


def bind_card(connection: Connection, town: str, certificate: bytes, resident: int) -> None:
    """`certificate` is the SHA-256 of its DER. A card that is known already stays whose it was."""
    known = connection.execute(
        select(card_holders.c.resident).where(card_holders.c.town == town, card_holders.c.certificate == certificate)
    ).first()
    if known is None:
        connection.execute(insert(card_holders).values(town=town, certificate=certificate, resident=resident))


def find(connection: Connection, town: str, resident: int) -> Resident | None:
    row = connection.execute(select(*RECORD).where(residents.c.town == town, residents.c.id == resident)).mappings().first()
    return None if row is None else Resident(**row)


def holder_of(connection: Connection, town: str, certificate: bytes) -> Resident | None:
    """Whose card it is, whatever became of them."""
    row = connection.execute(
        select(card_holders.c.resident).where(card_holders.c.town == town, card_holders.c.certificate == certificate)
    ).first()
    return None if row is None else find(connection, town, row.resident)


def household_of(connection: Connection, town: str, household: int) -> list[Resident]:
    """Who is recorded there now, in the household's order."""
    rows = connection.execute(
        select(*RECORD)
        .where(residents.c.town == town, residents.c.household == household, residents.c.state == Standing.RESIDENT)
        .order_by(residents.c.number)
    ).mappings()
    return [Resident(**row) for row in rows]


def history_after(connection: Connection, town: str, seq: int, most: int) -> list[tuple[int, Change, str, Resident]]:
    """Lines of history after `seq`: number, change, day of the change, and the record as it was from then on."""
    rows = connection.execute(
        select(history.c.seq, history.c.change, history.c.changed, history.c.record)
        .where(history.c.town == town, history.c.seq > seq)
        .order_by(history.c.seq)
        .limit(most)
    )
    return [(row.seq, Change(row.change), row.changed, _person(row.record)) for row in rows]


def everybody(connection: Connection, town: str) -> Iterator[Entry]:
    """The current records by number, with the line that each is. Read in pieces: a register need not fit into memory."""
    last = -1
    while rows := _people_after(connection, town, last):
        for row in rows:
            yield Entry(_person(row.record), Change(row.change), row.reason, row.changed)
        last = rows[-1].id


def _people_after(connection: Connection, town: str, number: int) -> Sequence[Any]:
    line = (history.c.town == town) & (history.c.seq == residents.c.seq)
    return connection.execute(
        select(residents.c.id, history.c.change, history.c.reason, history.c.changed, history.c.record)
        .join_from(residents, history, line)
        .where(residents.c.town == town, residents.c.id > number)
        .order_by(residents.c.id)
        .limit(CHUNK)
    ).all()


def _person(record: bytes) -> Resident:
    return json.decode(record, type=Resident)
