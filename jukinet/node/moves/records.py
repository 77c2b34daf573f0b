"""What a move does to the register, at the old town and at the new one. Jobs of the register's store; each may be done again without harm.

Nothing of a former record is altered: a move adds lines to the history (転出届, 国内転出, 国内転入), and who left stays as a removed
record (除票).
"""

from collections.abc import Sequence

from msgspec import structs
from sqlalchemy import Connection, func, select

from jukinet.move_messages import MoveCertificate
from jukinet.node.moves.certificate import HEAD, Entry, resident_of
from jukinet.node.register import Entry as Line
from jukinet.node.register import bind_card, enter, find, household_of
from jukinet.node.resident import Resident, Standing
from jukinet.node.storage.tables import card_holders, residents
from jukinet.node_messages import Change

NOTICED, LEFT, CAME, HEADLESS = "転出届", "国内転出", "国内転入", "世帯主の転出"


def mark(connection: Connection, town: str, numbers: Sequence[int], noticed: str) -> None:
    """Their records say that a move is under way: until it is settled no copy is issued far from the counter."""
    people = [person for person in _known(connection, town, numbers) if person.state == Standing.RESIDENT and not person.moving]
    enter(connection, town, [Line(structs.replace(person, moving=1), Change.CHANGED, NOTICED, noticed) for person in people])


def movers(connection: Connection, town: str, numbers: Sequence[int]) -> list[tuple[Resident, list[bytes]]]:
    """Their records, in the household's order, with the cards that are theirs."""
    held = connection.execute(
        select(card_holders.c.resident, card_holders.c.certificate)
        .where(card_holders.c.town == town, card_holders.c.resident.in_(numbers))
        .order_by(card_holders.c.certificate)
    ).all()
    people = sorted(_known(connection, town, numbers), key=lambda person: person.number)
    return [(person, [row.certificate for row in held if row.resident == person.id]) for person in people]


def remove(connection: Connection, town: str, numbers: Sequence[int], moved: str) -> None:
    """Closes their records. Who stays behind without a head waits for the notice of who it is now (Act 25)."""
    leaving = [person for person in _known(connection, town, numbers) if person.state == Standing.RESIDENT]
    lines = [Line(structs.replace(person, state=Standing.MOVED, moving=0), Change.REMOVED, LEFT, moved) for person in leaving]
    gone = {person.id for person in leaving}
    for household in {person.household for person in leaving if person.relationship == HEAD}:
        left = [person for person in household_of(connection, town, household) if person.id not in gone]
        lines += [Line(structs.replace(person, pending=1), Change.CHANGED, HEADLESS, moved) for person in left]
    enter(connection, town, lines)


def record(connection: Connection, town: str, certificate: MoveCertificate, entry: Entry, moved: str, filed: str) -> list[int]:
    """Enters them, and whose cards are whose; their numbers (宛名番号). Who lived here before keeps the number, and with it the history."""
    codes = [mover.resident_code for mover in certificate.movers]
    known = _by_code(connection, town, codes)
    number, household = (_highest(connection, town, name) for name in ("id", "household"))
    household = entry.household or household + 1
    others = [person for person in household_of(connection, town, household) if person.resident_code not in codes]
    place = max((person.number for person in others), default=0)
    numbers, lines = list[int](), list[Line]()
    for at, (mover, relationship) in enumerate(zip(certificate.movers, entry.relationships, strict=True), 1):
        if mover.resident_code not in known:
            number += 1
        of_them = known.get(mover.resident_code, number)
        numbers.append(of_them)
        there = find(connection, town, of_them)
        if there is None or there.state != Standing.RESIDENT:
            person = resident_of(mover, certificate, entry, relationship, (town, of_them, household, place + at), moved, filed)
            lines.append(Line(person, Change.ADDED, CAME, moved))
        for card in mover.cards:
            bind_card(connection, town, card, of_them)
    enter(connection, town, lines)
    return numbers


def has_household(connection: Connection, town: str, household: int) -> bool:
    return bool(household_of(connection, town, household))


def _known(connection: Connection, town: str, numbers: Sequence[int]) -> list[Resident]:
    return [person for number in numbers if (person := find(connection, town, number)) is not None]


def _by_code(connection: Connection, town: str, codes: Sequence[str]) -> dict[str, int]:
    rows = connection.execute(
        select(residents.c.resident_code, residents.c.id).where(residents.c.town == town, residents.c.resident_code.in_(codes))
    )
    return {row.resident_code: row.id for row in rows}


def _highest(connection: Connection, town: str, column: str) -> int:
    found: int | None = connection.execute(select(func.max(residents.c[column])).where(residents.c.town == town)).scalar_one()
    return found or 0
