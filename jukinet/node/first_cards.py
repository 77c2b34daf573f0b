"""A resident's first card, from the application to its handing over (交付): by the municipality that the resident lives in, no other.

    open ──► given ──► told          the counter decides, the node acts: it binds the card to its holder and tells whoever keeps the cards
      └────► withdrawn

As with moves, a decision of the counter is a row, so the command may be killed at any moment, and the node too. Until the keeper has heard,
a visit with the card is refused as unknown. Rows name nobody: a resident is a number here, a card the SHA-256 of its certificate. No row is
ever dropped: it is the application (申請書) itself.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from msgspec import json
from sqlalchemy import Connection, Row, insert, select, update

from jukinet.move_messages import CardChange, CardNotice
from jukinet.node.audit.log import AuditLog
from jukinet.node.hours import local_date
from jukinet.node.moves.cards import PATH, MovedCards
from jukinet.node.outbox import count_up
from jukinet.node.register import bind_card, find, holder_of
from jukinet.node.resident import Standing
from jukinet.node.storage.open import Store
from jukinet.node.storage.tables import card_applications, outbox

_COUNTER = "card applications"
_GONE = {Standing.MOVED: "has moved away; the municipality moved to hands out the card", Standing.DECEASED: "has died"}


class CardKind(StrEnum):
    """What was applied for. It is written down and decides nothing: cards are told apart by what is on them."""

    MY_NUMBER = "my-number"  # マイナンバーカード
    JUKI_A = "juki-a"  # 住基カード without a photo, handed out until 2015-12-28
    JUKI_B = "juki-b"  # … with one


class Applied(StrEnum):
    OPEN = "open"
    GIVEN = "given"
    TOLD = "told"
    WITHDRAWN = "withdrawn"


class FirstCardError(Exception):
    """What cannot be done, in plain words."""


@dataclass(frozen=True)
class Application:
    """`handed` is "" until then. `word` is the state as the counter wants to know it: also, how far the notice to the keeper is."""

    number: int
    resident: int
    kind: CardKind
    applied: str
    handed: str
    word: str

    @property
    def done(self) -> bool:
        return self.word in (_IN_FORCE, Applied.WITHDRAWN)


_IN_FORCE = "told to the keeper"


# -- the counter: the first two are jobs of the register, the others of the issue store -------------------------------------


def must_live_here(connection: Connection, town: str, resident: int) -> None:
    """Raises FirstCardError."""
    person = find(connection, town, resident)
    if person is None:
        raise FirstCardError(f"{resident}: nobody in the register of {town} has that number")
    if person.state != Standing.RESIDENT:
        raise FirstCardError(f"resident {resident} {_GONE[Standing(person.state)]}")


def must_be_nobodys(connection: Connection, town: str, certificate: bytes) -> None:
    """Raises FirstCardError."""
    if holder_of(connection, town, certificate) is not None:
        raise FirstCardError("this card has a holder already; a card that replaces another is entered by `jukinet card renew`")


def apply(connection: Connection, log: AuditLog, resident: int, kind: CardKind) -> Application:
    """Raises FirstCardError: one application at a time."""
    known = _open(connection, log.town, resident)
    if known is not None:
        raise FirstCardError(f"resident {resident} has application {known.number} of {known.applied} open")
    number = count_up(connection, log.town, _COUNTER)
    row = {"town": log.town, "number": number, "resident": resident, "kind": kind, "applied": _today(log), "handed": "", "certificate": b""}
    connection.execute(insert(card_applications).values(**row, state=Applied.OPEN))
    return _note(connection, log, number, "applied")


def withdraw(connection: Connection, log: AuditLog, resident: int) -> Application:
    """Raises FirstCardError."""
    number = _must_be_open(connection, log.town, resident)
    _become(connection, log.town, number, state=Applied.WITHDRAWN)
    return _note(connection, log, number, "withdrawn")


def hand_over(connection: Connection, log: AuditLog, resident: int, certificate: bytes) -> Application:
    """`certificate`: SHA-256 of one that was checked. Raises FirstCardError: no open application, a card handed to somebody else before.
    To the same person again: the register was put back from a backup that does not know of it."""
    number = _must_be_open(connection, log.town, resident)
    others = (card_applications.c.resident != resident, card_applications.c.certificate == certificate)
    if connection.execute(select(card_applications.c.number).where(card_applications.c.town == log.town, *others)).first() is not None:
        raise FirstCardError("this card was handed over to somebody else already")
    _become(connection, log.town, number, state=Applied.GIVEN, certificate=certificate, handed=_today(log))
    return _note(connection, log, number, "handed-over")


def applications(connection: Connection, town: str) -> list[Application]:
    rows = connection.execute(select(card_applications).where(card_applications.c.town == town).order_by(card_applications.c.number))
    waiting = _not_taken(connection, town)
    return [_application(row, waiting) for row in rows]


# -- the node --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FirstCards:
    """A municipality's. Two databases, two transactions: the holder first, which may be written again without harm."""

    register: Store
    issues: Store
    cards: MovedCards

    async def go_on(self) -> None:
        """Does what the counter has decided. Raises Problem(BUSY)."""
        town = self.cards.town
        given = (card_applications.c.town == town, card_applications.c.state == Applied.GIVEN)
        rows = await self.issues.read(lambda connection: connection.execute(select(card_applications).where(*given)).all())
        for row in rows:
            await self.register.write(partial(bind_card, town=town, certificate=row.certificate, resident=row.resident))
            await self.issues.write(partial(self._tell, row))
        if rows:
            self.cards.wake()

    def _tell(self, row: "Row[Any]", connection: Connection) -> None:
        """Once, whoever comes first. A notice for each card: one that is refused holds up no other."""
        town = self.cards.town
        given = (card_applications.c.number == row.number, card_applications.c.state == Applied.GIVEN)
        if connection.execute(select(card_applications.c.number).where(card_applications.c.town == town, *given)).first() is None:
            return
        _become(connection, town, row.number, state=Applied.TOLD)
        self.cards.tell(connection, [CardChange(certificate=row.certificate, home=town, issued=True)])


# -- parts -----------------------------------------------------------------------------------------------------------------


def _open(connection: Connection, town: str, resident: int) -> "Row[Any] | None":
    query = select(card_applications).where(
        card_applications.c.town == town, card_applications.c.resident == resident, card_applications.c.state == Applied.OPEN
    )
    return connection.execute(query).first()


def _must_be_open(connection: Connection, town: str, resident: int) -> int:
    row = _open(connection, town, resident)
    if row is None:
        raise FirstCardError(f"resident {resident} has no open application; `jukinet card apply` takes one in")
    return int(row.number)


def _become(connection: Connection, town: str, number: int, **values: str | bytes) -> None:
    here = (card_applications.c.town == town, card_applications.c.number == number)
    connection.execute(update(card_applications).where(*here).values(**values))


def _note(connection: Connection, log: AuditLog, number: int, deed: str) -> Application:
    here = (card_applications.c.town == log.town, card_applications.c.number == number)
    row = connection.execute(select(card_applications).where(*here)).one()
    log.append(connection, "node_card_application", deed=deed, number=number, subject=log.subject(row.resident))
    return _application(row, {})


def _not_taken(connection: Connection, town: str) -> dict[bytes, bool]:
    """Cards whose notice the keeper has not taken; True: it has refused it for good."""
    found: dict[bytes, bool] = {}
    here = (outbox.c.town == town, outbox.c.path == PATH)
    for row in connection.execute(select(outbox.c.body, outbox.c.dead).where(*here)):
        for each in (each for each in json.decode(row.body, type=CardNotice).cards if each.issued):
            found[each.certificate] = found.get(each.certificate, False) or bool(row.dead)
    return found


def _application(row: "Row[Any]", waiting: dict[bytes, bool]) -> Application:
    word = str(row.state)
    if row.state == Applied.TOLD:
        word = {None: _IN_FORCE, False: "on its way to the keeper", True: "refused by the keeper"}[waiting.get(row.certificate)]
    return Application(row.number, row.resident, CardKind(row.kind), row.applied, row.handed, word)


def _today(log: AuditLog) -> str:
    return local_date(log.clock()).isoformat()
