"""The register of a town: whose card is it, who lives with them, and each change as a line of history.

Statements only; what may be told of a record is decided in `exchange.py`. All functions run inside a job of the register's store and
name the municipality in every statement.
"""

from collections.abc import Sequence

from msgspec import json, structs
from sqlalchemy import Connection, insert, select, update

from jukinet.messages import Change
from jukinet.node.resident import Resident, Standing
from jukinet.node.storage.tables import card_holders, history, residents


def first_rows(connection: Connection, people: Sequence[Resident]) -> None:
    """A register's first content: each resident with the line of history that says so."""
    connection.execute(insert(residents), [structs.asdict(person) for person in people])
    connection.execute(insert(history), [_line(person, Change.ADDED, "記載", person.became_resident or person.became) for person in people])


def change(connection: Connection, town: str, resident: int, reason: str, changed: str, **fields: str | int) -> Resident:
    """Writes `fields` into the record and the whole record as it is now into the history. Raises LookupError.

    Who stops being recorded there (moved, deceased) is a removal, whatever else changed.
    """
    known = find(connection, town, resident)
    if known is None:
        raise LookupError("no such resident")
    now = structs.replace(known, **fields)
    here = (residents.c.town == town, residents.c.id == resident)
    connection.execute(update(residents).where(*here).values(**fields))
    connection.execute(insert(history), [_line(now, Change.CHANGED, reason, changed)])
    return now


def _line(person: Resident, what: Change, reason: str, changed: str) -> dict[str, object]:
    return {
        "town": person.town,
        "resident": person.id,
        "change": str(what if person.state == Standing.RESIDENT else Change.REMOVED),
        "reason": reason,
        "changed": changed,
        "record": json.encode(person),
    }


def bind_card(connection: Connection, town: str, certificate: bytes, resident: int) -> None:
    """`certificate` is the SHA-256 of its DER. A card that is known already stays whose it was."""
    known = connection.execute(
        select(card_holders.c.resident).where(card_holders.c.town == town, card_holders.c.certificate == certificate)
    ).first()
    if known is None:
        connection.execute(insert(card_holders).values(town=town, certificate=certificate, resident=resident))


def find(connection: Connection, town: str, resident: int) -> Resident | None:
    row = connection.execute(select(residents).where(residents.c.town == town, residents.c.id == resident)).mappings().first()
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
        select(residents)
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
    return [(row.seq, Change(row.change), row.changed, json.decode(row.record, type=Resident)) for row in rows]
