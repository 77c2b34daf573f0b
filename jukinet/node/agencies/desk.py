"""The desk at which administrative bodies ask a prefecture or the centre: may they, who is it, what is told, and it is written down first.

Whose residents: the centre answers for all prefectures that have delegated to it, a prefecture that has not for its own. The state's bodies
ask either; a body of a prefecture, or of a municipality in it, asks the one that keeps that prefecture's residents.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from time import monotonic

from sqlalchemy import Connection

from jukinet.agency_messages import BatchAnswer, BatchAsk, Body, CheckAnswer, CheckAsk, Finding, Form, Grant, Sought
from jukinet.errors import Kind, Problem
from jukinet.node.agencies.copy import list_anew
from jukinet.node.agencies.finding import find
from jukinet.node.agencies.keeping import Keeping, forget_identities
from jukinet.node.agencies.lane import Lane
from jukinet.node.agencies.provisions import Account, Piece, account, forget, write_down
from jukinet.node.agencies.rights import NO_RIGHTS, Rights, RightsBook
from jukinet.node.agencies.verdict import Judged
from jukinet.node.audit.log import AuditLog
from jukinet.node.directory import CENTRE, DirectoryBook
from jukinet.node.hours import local_date
from jukinet.node.settings import NodeSettings
from jukinet.node.storage.open import Store
from jukinet.peers import Peer
from jukinet.signing import load_public

# Persons looked for before the loop has its turn: 2 ms of a thread that holds the interpreter, during which single questions stand still.
SLICE = 25


@dataclass
class Desk:
    """`rights` gives the table in force at each question."""

    code: str
    rights: Callable[[], Rights]
    book: DirectoryBook
    register: Store
    issues: Store
    log: AuditLog
    clock: Callable[[], datetime]
    lane: Lane
    keeping: Keeping
    _swept: date = date.min

    async def check(self, peer: Peer, ask: CheckAsk) -> CheckAnswer:
        """Raises Problem: NOT_ALLOWED (with what was not: `rights`), DELEGATION, MALFORMED."""
        with self._recording(peer, ask.affair):
            body, grant = self._allowed(peer, ask.affair, Form.SINGLE, [ask.sought])
            with self.lane.single():
                findings, found = await self._find([ask.sought], grant)
                await self.issues.write(partial(write_down, log=self.log, body=body.name, actor=peer.uri, grant=grant, account=found))
            return CheckAnswer(finding=findings[0])

    async def batch(self, peer: Peer, ask: BatchAsk, raw: bytes) -> BatchAnswer:
        """One piece. Raises Problem as `check`, OTHER_REQUEST, BUSY."""
        with self._recording(peer, ask.affair):
            body, grant = self._allowed(peer, ask.affair, Form.BATCH, ask.persons)
            piece = Piece(ask.batch, ask.piece, sha256(raw).digest())
            async with self.lane.turn():
                findings, found = await self._find(ask.persons, grant, self.lane.step_aside)
                await self.issues.write(
                    partial(write_down, log=self.log, body=body.name, actor=peer.uri, grant=grant, account=found, piece=piece)
                )
            return BatchAnswer(batch=ask.batch, piece=ask.piece, findings=findings)

    async def forget(self) -> None:
        """Once a day: drops what has been kept long enough, and writes down how much that was."""
        now = self.clock()
        if (today := local_date(now)) == self._swept:
            return
        kept = self.keeping
        identities = await _until_none(self.register, partial(forget_identities, keeper=self.code, keeping=kept, now=now))
        told = await _until_none(self.issues, partial(forget, town=self.code, days=kept.provisions_days, now=now))
        if identities or told:
            words = {"identities": identities, "inquiries": told}
            await self.issues.write(lambda connection: self.log.append(connection, "node_identities_forgotten", **words))
        self._swept = today

    def _allowed(self, peer: Peer, affair: str, form: Form, sought: list[Sought]) -> tuple[Body, Grant]:
        rights = self.rights()
        body = rights.body(peer)
        grant = rights.grant(body, affair, form, sought)
        if any(each.four is None and each.resident_code is None for each in sought):
            raise Problem(Kind.MALFORMED, "nobody")
        keeper = self._keeper_for(body)
        if keeper != self.code:
            raise Problem(Kind.DELEGATION, keeper)
        return body, grant

    def _keeper_for(self, body: Body) -> str:
        """Whom this body has to ask, when it has come here."""
        if body.prefecture:
            return self.book.keeper_of(body.prefecture)
        return CENTRE if self.code == CENTRE else self.book.keeper_of(self.code)

    async def _find(
        self, sought: list[Sought], grant: Grant, between: Callable[[], Awaitable[None]] | None = None
    ) -> tuple[list[Finding], Account]:
        """`between` is awaited before each slice."""
        judged: list[Judged] = []
        for at in range(0, len(sought), SLICE):
            if between is not None:
                await between()
            some = sought[at : at + SLICE]
            judged += await self.register.read(partial(find, keeper=self.code, sought=some, grant=grant))
        if between is not None:
            await between()
        return [each.finding for each in judged], await asyncio.to_thread(account, self.log, judged)

    @contextmanager
    def _recording(self, peer: Peer, affair: str) -> Iterator[None]:
        """A no is a line in the log. What was asked about whom is not in it."""
        try:
            yield
        except Problem as problem:
            words = {"actor": peer.uri, "affair": affair, "problem": f"{problem.kind}:{problem.reason}".rstrip(":")}
            with suppress(Problem):  # BUSY
                self.issues.post(lambda connection: self.log.append(connection, "node_agency_refused", **words))
            raise


def open_desk(
    settings: NodeSettings, book: DirectoryBook, register: Store, issues: Store, log: AuditLog, clock: Callable[[], datetime]
) -> Desk:
    """For a prefecture or the centre. Without a table of agencies in its settings, nobody may ask anything. Raises SettingsError."""
    register.write_now(partial(list_anew, keeper=settings.code))

    def note(kind: str, **fields: str | int) -> None:
        with suppress(Problem):  # BUSY
            issues.post(lambda connection: log.append(connection, kind, **fields))

    def none() -> Rights:
        return NO_RIGHTS

    rights = none
    if settings.agencies is not None:
        table = RightsBook(settings.agencies, settings.data / "newest.agencies.jws", load_public(settings.directory_key), note)
        rights = table.rights
    return Desk(settings.code, rights, book, register, issues, log, clock, Lane(monotonic), settings.keeping)


async def _until_none(store: Store, job: Callable[[Connection], int]) -> int:
    total = 0
    while dropped := await store.write(job):
        total += dropped
    return total
