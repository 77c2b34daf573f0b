"""The register of a town: whose card is it, who lives with them, and each change as a line of history.

What is registered is the history; the current record is the last line of each resident, and only `enter` writes either. Statements only;
what may be told of a record is decided in `home.py`. All functions run inside a job of the register's store and name the municipality in
every statement.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import json, structs
from sqlalchemy import BindParameter, Connection, Select, bindparam, delete, func, insert, select

from jukinet.node.resident import Resident, Standing
from jukinet.node.storage.prepared import Prepared
from jukinet.node.storage.tables import card_holders, history, residents
from jukinet.node.storage.upsert import insert_into, upsert
from jukinet.node_messages import Change

CHUNK = 1000  # lines at a time, wherever all of a history or register are gone through

_RECORD = json.Decoder(Resident)
_FOUND_BY = tuple(column.name for column in residents.columns if column.name != "seq")
# The last line of residents. Built once: putting a statement together takes longer than asking it.
_TOWN: BindParameter[str] = bindparam("town")
_LINE = select(history.c.change, history.c.reason, history.c.changed, history.c.record)
_CURRENT = _LINE.join_from(residents, history, (history.c.town == residents.c.town) & (history.c.seq == residents.c.seq)).where(
    residents.c.town == _TOWN
)
_ONE = Prepared(_CURRENT.where(residents.c.id == bindparam("resident")))
_SOME = _CURRENT.where(residents.c.id.in_(bindparam("numbers", expanding=True)))
_AFTER = _CURRENT.where(residents.c.id > bindparam("last")).order_by(residents.c.id).limit(CHUNK)
_HOUSEHOLD = Prepared(
    _CURRENT.where(residents.c.household == bindparam("household"), residents.c.state == Standing.RESIDENT.value).order_by(
        residents.c.number
    )
)
_HOLDER = Prepared(
    select(card_holders.c.resident).where(card_holders.c.town == _TOWN, card_holders.c.certificate == bindparam("certificate"))
)


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
    return Entry(person, what_change(person, Change.ADDED), "記載", person.became_resident or person.became)


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
    rows = [{"seq": seq} | {name: getattr(person, name) for name in _FOUND_BY} for seq, person in lines]
    connection.execute(upsert(connection, residents), rows)


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
    enter(connection, town, [Entry(now, what_change(now, Change.CHANGED), reason, changed)])
    return now


def what_change(person: Resident, otherwise: Change) -> Change:
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
    row = {"town": town, "certificate": certificate, "resident": resident}
    connection.execute(insert_into(connection, card_holders).values(**row).on_conflict_do_nothing())


def find(connection: Connection, town: str, resident: int) -> Resident | None:
    row = _ONE.first(connection, town=town, resident=resident)
    return None if row is None else _person(row.record)


def holder_of(connection: Connection, town: str, certificate: bytes) -> Resident | None:
    """Whose card it is, whatever became of them."""
    resident = _HOLDER.value(connection, town=town, certificate=certificate)
    return None if resident is None else find(connection, town, resident)


def household_of(connection: Connection, town: str, household: int) -> list[Resident]:
    """Who is recorded there now, in the household's order."""
    return [_person(row.record) for row in _HOUSEHOLD.all(connection, town=town, household=household)]


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
    last = 0
    while found := _entries(connection, _AFTER, town=town, last=last):
        yield from found
        last = found[-1].person.id


def some_of(connection: Connection, town: str, numbers: Sequence[int]) -> dict[int, Entry]:
    """The same for some residents, by number."""
    return {entry.person.id: entry for entry in _entries(connection, _SOME, town=town, numbers=numbers)}


def _entries(connection: Connection, lines: Select[Any], **named: object) -> list[Entry]:
    return [Entry(_person(row.record), Change(row.change), row.reason, row.changed) for row in connection.execute(lines, named)]


def _person(record: bytes) -> Resident:
    return _RECORD.decode(record)
