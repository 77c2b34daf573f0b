"""Cards that move along: at the new town until they are carried on (継続利用) or void, and at whoever keeps the cards: where each belongs.

    expected ─► shown ─► carried       the moving-in notice was given with it
        └─────► open ──► carried       another member's: within 90 days
                   └───► void          not carried on in time

A town speaks of its own residents' cards only. So it is the old town that hands a card over, once it has closed the record, and from
then on the new one alone that may have it revoked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import Connection, select, update

from jukinet.errors import Kind, Problem
from jukinet.move_messages import CardChange, CardNotice, CarryOnAsk
from jukinet.node.audit.log import AuditLog
from jukinet.node.cards import CENTRE, register_card
from jukinet.node.directory import DirectoryBook
from jukinet.node.hours import local_date
from jukinet.node.outbox import Outbox
from jukinet.node.storage.open import Store
from jukinet.node.storage.tables import card_registry, moved_cards
from jukinet.node.storage.upsert import upsert
from jukinet.peers import Peer, PeerKind
from jukinet.revoked import Revoked

PATH = "/v1/notices/cards"
# The keeper has not heard of the town's right yet: the notice that gives it is on its way from another town.
RETRY_SECONDS = 60


class Carried(StrEnum):
    EXPECTED = "expected"
    SHOWN = "shown"  # with the moving-in notice
    OPEN = "open"
    CARRIED = "carried"
    VOID = "void"


@dataclass(frozen=True)
class MovedCards:
    """A municipality's."""

    town: str
    issues: Store
    outbox: Outbox
    log: AuditLog
    book: DirectoryBook
    clock: Callable[[], datetime]

    def tell(self, connection: Connection, changes: Sequence[CardChange], centre: bool = True) -> None:
        """Puts it into the outbox: to the centre, and to the own prefecture where that one keeps cards itself."""
        keeper = self.book.keeper_of(self.town)
        for destination in ([CENTRE] if centre else []) + ([keeper] if keeper != CENTRE else []):
            if changes:
                number = self.outbox.add(connection, destination, PATH, lambda number: CardNotice(number=number, cards=list(changes)))
                self.log.append(connection, "node_cards_sent", destination=destination, number=number, count=len(changes))

    def wake(self) -> None:
        for destination in {CENTRE, self.book.keeper_of(self.town)}:
            self.outbox.wake(destination)

    def left_open(self, connection: Connection, cards: Sequence[bytes]) -> set[bytes]:
        """Those of these that came with a former move and were not carried on since."""
        query = select(moved_cards.c.certificate).where(
            moved_cards.c.town == self.town,
            moved_cards.c.certificate.in_(cards),
            moved_cards.c.state.in_((Carried.OPEN, Carried.VOID)),
        )
        return set(connection.execute(query).scalars())

    def carry_on(self, connection: Connection, ask: CarryOnAsk, card: bytes) -> None:
        """Raises Problem: NOT_FOUND (no card of a move), CARD_REVOKED (too late)."""
        here = (moved_cards.c.town == self.town, moved_cards.c.move == ask.move, moved_cards.c.certificate == card)
        row = connection.execute(select(moved_cards.c.state, moved_cards.c.until).where(*here)).first()
        if row is None or row.state in (Carried.EXPECTED, Carried.SHOWN):
            raise Problem(Kind.NOT_FOUND, "card")
        if row.state == Carried.VOID or (row.state == Carried.OPEN and row.until < local_date(self.clock()).isoformat()):
            raise Problem(Kind.CARD_REVOKED, Revoked.MOVED)
        connection.execute(update(moved_cards).where(*here).values(state=Carried.CARRIED))

    async def go_on(self) -> None:
        """Those whose time is over are void from now on."""
        today = local_date(self.clock()).isoformat()
        overdue = (moved_cards.c.town == self.town, moved_cards.c.state == Carried.OPEN, moved_cards.c.until < today)
        query = select(moved_cards.c.move, moved_cards.c.certificate).where(*overdue)
        if await self.issues.read(lambda connection: connection.execute(query.limit(1)).first()) is None:
            return

        def job(connection: Connection) -> None:
            rows = connection.execute(query).all()
            connection.execute(update(moved_cards).where(*overdue).values(state=Carried.VOID))
            self.tell(connection, [void(row.certificate, self.town) for row in rows])
            for move in {row.move for row in rows}:
                self.log.append(connection, "node_cards_void", move=move, count=sum(row.move == move for row in rows))

        await self.issues.write(job)
        self.wake()


def void(certificate: bytes, town: str) -> CardChange:
    return CardChange(certificate=certificate, home=town, revoked=Revoked.MOVED)


@dataclass(frozen=True)
class CardKeeper:
    """The centre, or a prefecture that keeps its towns' cards itself."""

    code: str
    role: PeerKind
    register: Store
    issues: Store
    outbox: Outbox
    log: AuditLog

    async def take(self, peer: Peer, notice: CardNotice) -> int:
        """The highest number taken in from this sender. Two databases, two transactions, as with identities: the cards first, which may be
        written again without harm. Raises Problem: BUSY (of a card that is not this town's yet), NOT_ALLOWED (no first card)."""
        last = await self.issues.read(lambda connection: self.outbox.received(connection, peer.uri, PATH))
        if notice.number <= last:
            return last
        await self.register.write(partial(self._store, peer.code, notice))

        def count(connection: Connection) -> None:
            if self.outbox.is_new(connection, peer.uri, PATH, notice.number):
                self.log.append(connection, "node_cards_taken", actor=peer.uri, number=notice.number, count=len(notice.cards))

        await self.issues.write(count)
        return notice.number

    def _store(self, town: str, notice: CardNotice, connection: Connection) -> None:
        known = {
            row.certificate: row
            for row in connection.execute(
                select(card_registry.c.certificate, card_registry.c.home, card_registry.c.status, card_registry.c.reason).where(
                    card_registry.c.town == self.code, card_registry.c.certificate.in_([each.certificate for each in notice.cards])
                )
            )
        }
        for each in notice.cards:
            row = known.get(each.certificate)
            if each.issued:
                home, reason = (town, "") if row is None else (row.home, row.reason)
                self._enter(connection, town, each, home, reason)
                continue
            if row is None and (self.role is PeerKind.CENTRE or each.home != town):
                continue  # of no card that is known here
            if row is not None and not self._may(town, row.home, each):
                raise Problem(Kind.BUSY, "card", retry_after=RETRY_SECONDS)
            status, reason = ("valid", "") if row is None else (row.status, row.reason)
            if each.revoked and (status == "valid" or reason == Revoked.SUSPENDED):
                status, reason = "revoked", each.revoked
            values = {"town": self.code, "certificate": each.certificate, "home": each.home, "status": status, "reason": reason}
            connection.execute(upsert(connection, card_registry), values)

    def _enter(self, connection: Connection, town: str, each: CardChange, home: str, reason: str) -> None:
        """A first card: valid, and of the sender. Raises Problem(NOT_ALLOWED), which no second try changes: for another town, void in one
        breath, of a card that is another town's or void. One that is the sender's and in force came twice; suspended since, it stays so."""
        if each.home != town or each.revoked or home != town or reason not in ("", Revoked.SUSPENDED):
            raise Problem(Kind.NOT_ALLOWED, "card")
        register_card(connection, each.certificate, town, keeper=self.code)

    def _may(self, town: str, home: str, change: CardChange) -> bool:
        """Whether `town` may say this of a card that belongs to `home`: of its own; what was said already; and, at a prefecture, of one
        that comes back from another prefecture, of which only the centre knew."""
        if home == town:
            return True
        if change.revoked:
            return False
        return change.home == home or (self.role is PeerKind.PREFECTURE and change.home == town and not home.startswith(self.code))
