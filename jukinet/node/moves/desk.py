"""What a municipality answers about moves by card: a kiosk of its own, another municipality for its kiosk, the other town of a move.

    kiosk ── moving out, where are we ──► own town ── card? ──► centre ;  same bytes ──► home town, which answers
    kiosk ── moving in, carry the card on ──► own town ── card? ──► centre ;  answered here: this is the new town

A card that is not in force closes the way by card, and the answer names the other one.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import msgspec
from msgspec import structs
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from jukinet.errors import Kind, NotToday, PaperWay, Problem
from jukinet.messages import Move, Moves, Signed
from jukinet.move_messages import CarryOnAsk, CertificateNotice, MoveInAsk, MoveOutAsk, MovesAsk, StepNotice, Where, WhereAsk
from jukinet.node.asker import Asker
from jukinet.node.audit.log import AuditLog, Line
from jukinet.node.audit.prover import Prover
from jukinet.node.exchange import Exchange, decode
from jukinet.node.home import Home
from jukinet.node.moves.arriving import NewTown
from jukinet.node.moves.cards import MovedCards
from jukinet.node.moves.leaving import CERTIFICATES, STEPS, OldTown
from jukinet.node.moves.table import is_final
from jukinet.node.nonces import Question
from jukinet.node.outbox import Outbox
from jukinet.node.storage.open import Store
from jukinet.node_messages import Receipt
from jukinet.peers import Peer
from jukinet.signing import digest

WHERE_SECONDS = 4.0
MOST_TOLD = 5  # moves of one person: who wants to know of older ones asks at the counter
_CARD = {
    Kind.CARD_EXPIRED: PaperWay.CARD_EXPIRED,
    Kind.CARD_REVOKED: PaperWay.CARD_REVOKED,
    Kind.CARD_UNKNOWN: PaperWay.CARD_UNKNOWN,
}


@dataclass(frozen=True)
class MoveDesk:
    town: str
    exchange: Exchange
    home: Home
    old: OldTown
    new: NewTown
    cards: MovedCards
    issues: Store
    outbox: Outbox
    log: AuditLog
    prover: Prover
    asker: Asker

    # -- for kiosks -----------------------------------------------------------------------------------------------------

    async def out(self, peer: Peer, own_kiosk: bool, ask: MoveOutAsk, raw: bytes) -> Signed:
        """Raises Problem: as `OldTown.notice`; cards that are not in force as PAPER_WAY."""
        with _naming_the_paper_way():
            town = await self.exchange.home_of(peer.uri, ask, raw, Question.MOVE) if own_kiosk else self.town
            if town != self.town:
                return await self.exchange.relay(peer.uri, ask, raw, town, "/v1/moves/out", "node_move_relayed")
            signed = await self.old.notice(peer.uri, ask, raw)
        await self._soon(ask.visit)
        return signed

    async def where_are_we(self, peer: Peer, own_kiosk: bool, ask: MovesAsk, raw: bytes) -> Signed:
        """Raises Problem: CARD_*, PROOF, REPLAY, NOT_TODAY."""
        town = await self.exchange.home_of(peer.uri, ask, raw, Question.MOVE) if own_kiosk else self.town
        if town != self.town:
            return await self.exchange.relay(peer.uri, ask, raw, town, "/v1/moves", "node_move_relayed")
        return await self._tell(peer.uri, ask, raw)

    async def move_in(self, peer: Peer, ask: MoveInAsk, raw: bytes) -> Signed:
        """Raises Problem: as `NewTown.file`; cards that are not in force as PAPER_WAY."""
        with _naming_the_paper_way():
            card = await self._card(peer, ask, raw)
        return await self.new.file(peer.uri, ask, raw, card)

    async def carry_on(self, peer: Peer, ask: CarryOnAsk, raw: bytes) -> Signed:
        """Raises Problem: CARD_*, PROOF, REPLAY, NOT_FOUND."""
        return await self.new.carry_on(peer.uri, ask, raw, await self._card(peer, ask, raw))

    # -- for the other town ---------------------------------------------------------------------------------------------

    async def certificate(self, peer: Peer, notice: CertificateNotice) -> Receipt:
        """Raises Problem: as `NewTown.take_certificate`."""

        def job(connection: Connection) -> int:
            if self.outbox.is_new(connection, peer.uri, CERTIFICATES, notice.number):
                self.new.take_certificate(connection, peer.uri, peer.code, notice)
            return self.outbox.received(connection, peer.uri, CERTIFICATES)

        number = await self.issues.write(job)
        self.outbox.wake(peer.code)
        return Receipt(number=number)

    async def step(self, peer: Peer, notice: StepNotice) -> Receipt:
        """Raises Problem: NOT_FOUND, MOVE_USED."""

        def job(connection: Connection) -> int:
            if self.outbox.is_new(connection, peer.uri, STEPS, notice.number):
                taken = self.old.take_step(connection, peer.uri, peer.code, notice)
                if not taken and not self.new.take_step(connection, peer.uri, peer.code, notice):
                    raise Problem(Kind.NOT_FOUND)
            return self.outbox.received(connection, peer.uri, STEPS)

        number = await self.issues.write(job)
        self.cards.wake()
        await self._soon(notice.move)
        return Receipt(number=number)

    async def where(self, peer: Peer, ask: WhereAsk) -> Where:
        """One side of a move, to its other side. Raises Problem(NOT_FOUND)."""

        def look(connection: Connection) -> Where | None:
            return self.old.where(connection, peer.code, ask.move) or self.new.where(connection, peer.code, ask.move)

        found = await self.issues.read(look)
        if found is None:
            raise Problem(Kind.NOT_FOUND)
        return found

    # -- duties ---------------------------------------------------------------------------------------------------------

    async def go_on(self, move: str = "") -> None:
        """Does what the states of one move, or of all, ask this node for. Raises Problem(BUSY)."""
        await self.old.go_on(move)
        await self.new.go_on(move)
        if not move:
            await self.cards.go_on()

    async def _soon(self, move: str) -> None:
        with suppress(Problem, SQLAlchemyError):  # BUSY, a database that is away: the next round does it
            await self.go_on(move)

    # -- parts ----------------------------------------------------------------------------------------------------------

    async def _card(self, peer: Peer, ask: MoveInAsk | CarryOnAsk, raw: bytes) -> bytes:
        """The fingerprint of a card that has proved itself, and that the centre calls valid."""
        await self.exchange.home_of(peer.uri, ask, raw, Question.MOVE)
        return digest(ask.proof.certificate)

    async def _tell(self, asker: str, ask: MovesAsk, raw: bytes) -> Signed:
        card, holder, members = await self.home.look(ask)
        if any(person.protected for person in (holder, *members)):
            raise Problem(Kind.NOT_TODAY, NotToday.COUNTER)

        def look(connection: Connection) -> list[Move]:
            found = self.old.moves_of(connection, holder.id) + self.new.moves_of(connection, card)
            return sorted(found, key=lambda move: move.move, reverse=True)[:MOST_TOLD]

        moves = [await self._both_sides(move) for move in await self.issues.read(look)]
        answer = self.home.sign(ask, raw, card, Moves(town=self.town, moves=moves))

        def job(connection: Connection) -> Line:
            self.home.note(connection, asker, ask, card, holder)
            digests = {"request": digest(raw).hex(), "answer": digest(answer.encode()).hex()}
            subject = self.log.subject(holder.id)
            return self.log.append(connection, "node_moves_told", actor=asker, visit=ask.visit, subject=subject, **digests)

        line = await self.issues.write(job)
        return Signed(answer=answer, logged=await self.prover.line(line))

    async def _both_sides(self, move: Move) -> Move:
        """What the other town says stays unsaid when it cannot be asked."""
        own = move.leaving or move.arriving
        if own is None or is_final(own):
            return move
        other = move.destination if move.origin == self.town else move.origin
        body = msgspec.json.encode(WhereAsk(move=move.move))
        with suppress(Problem):
            there = decode(await self.asker.ask(other, "/v1/moves/where", body, WHERE_SECONDS), Where)
            if there.leaving is not None:
                return structs.replace(move, leaving=there.leaving)
            return structs.replace(move, arriving=there.arriving, number=there.number)
        return move


@contextmanager
def _naming_the_paper_way() -> Iterator[None]:
    try:
        yield
    except Problem as problem:
        reason = _CARD.get(problem.kind)
        if reason is None:
            raise
        raise Problem(Kind.PAPER_WAY, reason) from None
