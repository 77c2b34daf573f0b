"""The kiosk's town's side of an exchange: check the card, find its home with the centre, pass question and answer on untouched.

    kiosk ── question ──► own town ── card? ──► centre
                             │ same bytes
                             ▼
                          home town: checks again, answers with *its* signature

Nothing of the record is kept or read here on the way; the log takes digests.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec
from sqlalchemy import Connection

from jukinet.errors import Kind, NotToday, Problem
from jukinet.messages import UNREADABLE, ExtractAsk, HouseholdAsk, Message, Signed, proof_message
from jukinet.move_messages import MovesAsk
from jukinet.node.asker import Asker
from jukinet.node.audit.log import AuditLog
from jukinet.node.cards import CardChecker
from jukinet.node.home import Home
from jukinet.node.nonces import Nonces, Question
from jukinet.node.storage.open import Store
from jukinet.node_messages import CardAnswer, CardAsk
from jukinet.signing import digest

CENTRE = "centre"
_PREFECTURE = re.compile(r"\d{2}")
# The kiosk waits 20 s for an answer: the centre, a prefecture and the home town together leave a margin to say what went wrong.
CENTRE_SECONDS = 4.0
HOME_SECONDS = 10.0

# What a home town that cannot answer means to the resident.
_HOME_TROUBLE = {
    Kind.UNREACHABLE: NotToday.HOME_UNREACHABLE,
    Kind.DEADLINE: NotToday.HOME_UNREACHABLE,
    Kind.BUSY: NotToday.HOME_UNREACHABLE,
    Kind.INTERNAL: NotToday.HOME_UNREACHABLE,
    Kind.STALE: NotToday.HOME_UNREACHABLE,
    Kind.CLOSED: NotToday.HOME_CLOSED,
}


@dataclass(frozen=True)
class Exchange:
    town: str
    uri: str
    home: Home
    issues: Store
    nonces: Nonces
    log: AuditLog
    checker: CardChecker
    asker: Asker
    clock: Callable[[], datetime]

    async def household(self, kiosk: str, ask: HouseholdAsk, raw: bytes) -> Signed:
        """Raises Problem: PROOF, REPLAY, OTHER_REQUEST, CARD_*, UNREACHABLE (the centre), and what the home town says."""
        town = await self.home_of(kiosk, ask, raw, Question.HOUSEHOLD)
        if town == self.town:
            return await self.home.household(self.uri, ask, raw)
        return await self.relay(kiosk, ask, raw, town, "/v1/households", "node_household_relayed")

    async def extract(self, kiosk: str, ask: ExtractAsk, raw: bytes) -> Signed:
        """Raises Problem: as `household`."""
        town = await self.home_of(kiosk, ask, raw, Question.EXTRACT)
        if town == self.town:
            return await self.home.extract(self.uri, ask, raw)
        return await self.relay(kiosk, ask, raw, town, "/v1/extracts", "node_extract_relayed")

    async def home_of(self, kiosk: str, ask: HouseholdAsk | ExtractAsk | MovesAsk, raw: bytes, what: Question) -> str:
        """The town of the card's holder, once the card has proved that it is here and the centre that it is valid."""
        card = self.checker.proof(ask.proof, proof_message(ask.visit, ask.nonce, ask.kiosk), self.clock())
        request = digest(raw)
        known = await self.issues.write(lambda connection: self.nonces.use(connection, kiosk, ask, card, what, request))
        if known is not None:
            return known
        body = msgspec.json.encode(CardAsk(visit=ask.visit, certificate=ask.proof.certificate))
        home = await self._town_of_card(body)
        await self.issues.write(lambda connection: self.nonces.remember_home(connection, ask.visit, home))
        return home

    async def _town_of_card(self, body: bytes) -> str:
        """From the centre, or from the prefecture that it names because that one has not delegated to it."""
        try:
            return await self._card_check(CENTRE, body)
        except Problem as problem:
            if problem.kind is not Kind.DELEGATION or not _PREFECTURE.fullmatch(problem.reason):
                raise
            return await self._card_check(problem.reason, body)

    async def _card_check(self, code: str, body: bytes) -> str:
        return decode(await self.asker.ask(code, "/v1/cards/check", body, CENTRE_SECONDS), CardAnswer).town

    async def relay(self, kiosk: str, ask: HouseholdAsk | ExtractAsk | MovesAsk, raw: bytes, town: str, path: str, kind: str) -> Signed:
        """The home town's answer, untouched."""
        try:
            signed = decode(await self.asker.ask(town, path, raw, HOME_SECONDS), Signed)
        except Problem as problem:
            trouble = _HOME_TROUBLE.get(problem.kind)
            if trouble is None:
                raise
            raise Problem(Kind.NOT_TODAY, trouble) from None
        digests = {"request": digest(raw).hex(), "answer": digest(signed.answer.encode()).hex()}

        def job(connection: Connection) -> None:
            self.log.append(connection, kind, actor=kiosk, visit=ask.visit, home=town, **digests)

        await self.issues.write(job)
        return signed


Answer = TypeVar("Answer", bound=Message)


def decode(answer: bytes, shape: type[Answer]) -> Answer:
    """Raises Problem(UNREACHABLE): what a node said that makes no sense is as good as silence."""
    try:
        return msgspec.json.decode(answer, type=shape)
    except UNREADABLE:
        raise Problem(Kind.UNREACHABLE, "broken") from None
