"""What the new town's counter does with moves whose notice of moving in is taken: look, confirm, give back. Jobs of the issue store.

The counter decides, the node acts: a decision is a row, and the node that runs (or is started next) enters the records and tells the
others. So the command may be killed at any moment, and the node too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import json
from sqlalchemy import Connection, Row, select, update

from jukinet.messages import Arriving
from jukinet.move_messages import MoveCertificate
from jukinet.node.audit.log import AuditLog
from jukinet.node.moves.arriving import step_on
from jukinet.node.moves.cards import Carried
from jukinet.node.moves.certificate import Entry, what_is_wrong
from jukinet.node.moves.table import On, Unlawful
from jukinet.node.storage.tables import arrivals, moved_cards

ACTOR = "counter"


class CounterError(Exception):
    """What cannot be done, in plain words."""


@dataclass(frozen=True)
class Waiting:
    """A move at the counter, nobody named."""

    number: int
    state: Arriving
    origin: str
    move: str
    leaves: str
    moved: str
    filed: str
    until: str
    persons: int


def waiting(connection: Connection, town: str, all_of_them: bool = False) -> list[Waiting]:
    """Those whose notice is taken and not confirmed; or all that there ever were. Nobody's name is in it."""
    query = select(arrivals).where(arrivals.c.town == town).order_by(arrivals.c.number, arrivals.c.move)
    if not all_of_them:
        query = query.where(arrivals.c.state == Arriving.FILED)
    return [_waiting(row) for row in connection.execute(query)]


def certificate_of(connection: Connection, log: AuditLog, number: int) -> MoveCertificate:
    """What the old town certified, for the counter's eyes: that somebody looked is written down. Raises CounterError."""
    row = _row(connection, log.town, number)
    if not row.certificate:
        raise CounterError(f"number {number} is {row.state}: its certificate is not kept any longer")
    _note(connection, log, row, "shown")
    return json.decode(row.certificate, type=MoveCertificate)


def confirm(connection: Connection, log: AuditLog, number: int, entry: Entry, since: str = "") -> Waiting:
    """`since`: the day of moving in as the counter found it, where the notice was wrong. Raises CounterError."""
    row = _row(connection, log.town, number)
    if wrong := what_is_wrong(entry, row.persons):
        raise CounterError(wrong)
    _step(connection, log, row, On.CONFIRMED, entry=json.encode(entry).decode(), moved=since or row.moved)
    return _waiting(_row(connection, log.town, number))


def give_back(connection: Connection, log: AuditLog, number: int) -> Waiting:
    """Something is missing: they may come again in time. Raises CounterError."""
    row = _row(connection, log.town, number)
    _step(connection, log, row, On.RETURNED, visit="")
    shown = (moved_cards.c.town == log.town, moved_cards.c.move == row.move, moved_cards.c.state == Carried.SHOWN)
    connection.execute(update(moved_cards).where(*shown).values(state=Carried.EXPECTED))
    return _waiting(_row(connection, log.town, number))


def _step(connection: Connection, log: AuditLog, row: "Row[Any]", on: On, **values: str) -> None:
    try:
        step_on(connection, log, row, on, ACTOR, **values)
        _note(connection, log, row, str(on))
    except Unlawful as unlawful:
        raise CounterError(f"this move is {unlawful.state}: only one that is {Arriving.FILED} can be {on}") from None


def _note(connection: Connection, log: AuditLog, row: "Row[Any]", deed: str) -> None:
    log.append(connection, "node_counter", move=row.move, number=row.number, deed=deed)


def _row(connection: Connection, town: str, number: int) -> "Row[Any]":
    row = connection.execute(select(arrivals).where(arrivals.c.town == town, arrivals.c.number == number)).first()
    if number < 1 or row is None:
        raise CounterError(f"number {number}: no move has it")
    return row


def _waiting(row: "Row[Any]") -> Waiting:
    names: Sequence[str] = ("number", "origin", "move", "leaves", "moved", "filed", "until", "persons")
    return Waiting(state=Arriving(row.state), **{name: getattr(row, name) for name in names})
