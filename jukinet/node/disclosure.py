"""Who looked at my record (開示), at a municipality: its own log's lines about the card's holder, and what the keeper of its residents'
identities says about administrative bodies, in one signed answer.

    kiosk ── question ──► own town ── card? ──► centre ;  same bytes ──► home town ── of this resident? ──► centre or prefecture

A list that lacks what the keeper knows is not given: it would look as if nobody had asked. The asking is a line itself, and is in the next
list.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, select

from jukinet.disclosure_messages import DisclosureAsk, Provisions, ProvisionsAsk
from jukinet.errors import Kind, NotToday, Problem
from jukinet.messages import MOST_LOOKS, Look, Looks, Signed
from jukinet.node.asker import Asker
from jukinet.node.audit.log import AuditLog, Line
from jukinet.node.audit.prover import Prover
from jukinet.node.directory import DirectoryBook
from jukinet.node.exchange import Exchange, decode
from jukinet.node.home import Home, admit
from jukinet.node.hours import local_date
from jukinet.node.nonces import Question
from jukinet.node.resident import Resident
from jukinet.node.storage.open import Store
from jukinet.node.storage.tables import looks
from jukinet.peers import Peer
from jukinet.signing import digest

PATH = "/v1/disclosures"
KEEPER_SECONDS = 4.0


@dataclass(frozen=True)
class Disclosures:
    """`kept_days`: how long the log's lines are kept."""

    town: str
    kept_days: int
    exchange: Exchange
    home: Home
    issues: Store
    log: AuditLog
    prover: Prover
    book: DirectoryBook
    asker: Asker

    async def disclose(self, peer: Peer, own_kiosk: bool, ask: DisclosureAsk, raw: bytes) -> Signed:
        """Raises Problem: CARD_*, PROOF, REPLAY, GONE, UNDER_AGE, NOT_TODAY; UNREACHABLE, BUSY (the keeper)."""
        town = await self.exchange.home_of(peer.uri, ask, raw, Question.DISCLOSURE) if own_kiosk else self.town
        if town != self.town:
            return await self.exchange.relay(peer.uri, ask, raw, town, PATH, "node_disclosure_relayed")
        return await self._tell(self.exchange.uri if own_kiosk else peer.uri, ask, raw)

    async def _tell(self, asker: str, ask: DisclosureAsk, raw: bytes) -> Signed:
        now = self.home.clock()
        card, holder, members = await self.home.look(ask)
        admit(holder, members, local_date(now), under_way=False)
        there = await self._keeper(ask, holder)
        subject = self.log.subject(holder.id)
        body = await self._both(subject, there, now)
        answer = self.home.sign(ask, raw, card, body)

        def job(connection: Connection) -> Line:
            self.home.note(connection, asker, ask, card, holder)
            digests = {"request": digest(raw).hex(), "answer": digest(answer.encode()).hex()}
            return self.log.append(connection, "node_disclosure_told", actor=asker, visit=ask.visit, subject=subject, **digests)

        line = await self.issues.write(job)
        return Signed(answer=answer, logged=await self.prover.line(line))

    async def _keeper(self, ask: DisclosureAsk, holder: Resident) -> Provisions:
        question = ProvisionsAsk(visit=ask.visit, town=self.town, resident_code=holder.resident_code)
        try:
            answer = await self.asker.ask(self.book.keeper_of(self.town), "/v1/provisions", msgspec.json.encode(question), KEEPER_SECONDS)
        except Problem as problem:
            if problem.kind is Kind.NOT_ALLOWED:  # has not heard yet that this person lives here: a matter of minutes
                raise Problem(Kind.NOT_TODAY, NotToday.COUNTER) from None
            raise
        return decode(answer, Provisions)

    async def _both(self, subject: str, there: Provisions, now: datetime) -> Looks:
        lines = await self.issues.read(lambda connection: _lines(connection, self.town, subject))
        proofs = await self.prover.lines(lines)
        own = [Look(logged=logged, subject=subject) for logged in proofs.values()]
        found = sorted([*own, *there.looks], key=_at, reverse=True)
        here = local_date(now - timedelta(days=self.kept_days)).isoformat()
        return Looks(
            town=self.town,
            since=max(here, there.since),
            looks=found[:MOST_LOOKS],
            more=there.more or len(found) > MOST_LOOKS,
            agencies=there.agencies,
        )


def _lines(connection: Connection, town: str, subject: str) -> list[int]:
    """The newest; one more than are told, so that it is seen whether there are more."""
    mine = select(looks.c.line).where(looks.c.town == town, looks.c.subject == subject)
    return list(connection.execute(mine.order_by(looks.c.line.desc()).limit(MOST_LOOKS + 1)).scalars())


def _at(look: Look) -> tuple[str, int]:
    try:
        return str(json.loads(look.logged.entry)["at"]), look.logged.index
    except (ValueError, KeyError, TypeError):  # for whoever judges it
        return "", look.logged.index
