"""Visits as load: many terminals, each with one link, ask all of a visit's questions, and it is noted how long each waits.

All visits ask their first question before any asks its second, so that what the nodes take meanwhile is what that question costs. Answers
are not checked here: that is the terminals' work and not a node's, and the tests' to see done.
"""

import asyncio
import base64
import json
import secrets
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import aiohttp
import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from jukinet.bench.town import LoadedTown
from jukinet.lab.network import KIOSK_TOWN
from jukinet.messages import (
    CardProof,
    ExtractAsk,
    Household,
    HouseholdAsk,
    IssueAsk,
    Item,
    Message,
    Nonce,
    NonceAsk,
    OutcomeReport,
    Result,
    Signed,
    proof_message,
)
from jukinet.tls import line_context, name_of
from jukinet.wire import EXCHANGE, JSON

_ULID = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TOWN = KIOSK_TOWN.code


class Question(StrEnum):
    """In the order of a visit."""

    NONCE = "nonces"
    HOUSEHOLD = "households"
    EXTRACT = "extracts"
    ISSUE = "issues"
    OUTCOME = "outcomes"


@dataclass
class Visit:
    """What a terminal remembers of one."""

    kiosk: str
    card: bytes
    id: str = field(default_factory=lambda: "".join(secrets.choice(_ULID) for _ in range(26)))
    nonce: bytes = b""
    proof: CardProof | None = None
    persons: list[int] = field(default_factory=list)
    extract: str = ""


@dataclass(frozen=True)
class Ask:
    visit: Visit
    path: str
    body: bytes


class Terminals:
    """`async with`: each has a link to the town's first address, kept."""

    def __init__(self, town: LoadedTown, url: str, most: int) -> None:
        self._town, self._url = town, url
        self._terminals = town.terminals[:most]
        self._sessions: dict[str, aiohttp.ClientSession] = {}
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        for name, files in self._terminals:
            connector = aiohttp.TCPConnector(limit=1, keepalive_timeout=600, ssl=line_context(files, TOWN))
            self._sessions[name] = await self._open.enter_async_context(aiohttp.ClientSession(connector=connector))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._open.aclose()

    def visits(self, count: int) -> list[Visit]:
        """Shared out evenly over terminals and cards."""
        names, cards = list(self._sessions), self._town.certificates
        return [Visit(names[at % len(names)], cards[at % len(cards)]) for at in range(count)]

    async def health(self) -> None:
        """A question on every link."""
        await asyncio.gather(*(self._ask(name, "GET", "/v1/health", None, "") for name in self._sessions))

    def asks(self, question: Question, visits: Sequence[Visit]) -> list[Ask]:
        """Signed by the cards, ready to be sent."""
        return [Ask(visit, _path(question, visit), msgspec.json.encode(self._question(question, visit))) for visit in visits]

    async def ask_all(self, question: Question, asks: Sequence[Ask]) -> list[float]:
        """Each terminal one after the other, all terminals at once; seconds that each waited. Raises RuntimeError when a node says no."""
        of_terminal: dict[str, list[Ask]] = {name: [] for name in self._sessions}
        for ask in asks:
            of_terminal[ask.visit.kiosk].append(ask)
        answers: list[tuple[Visit, bytes]] = []
        waited: list[float] = []

        async def work(mine: list[Ask]) -> None:
            for ask in mine:
                began = time.perf_counter()
                answer = await self._ask(ask.visit.kiosk, "POST", ask.path, ask.body, ask.visit.id)
                waited.append(time.perf_counter() - began)
                answers.append((ask.visit, answer))

        await asyncio.gather(*map(work, of_terminal.values()))
        for visit, answer in answers:
            _remember(question, visit, answer)
        return waited

    async def _ask(self, name: str, method: str, path: str, body: bytes | None, visit: str) -> bytes:
        headers = {"Content-Type": JSON, EXCHANGE: f"{visit or name}-1"}
        asked = self._sessions[name].request(method, self._url + path, data=body, headers=headers, server_hostname=name_of(TOWN))
        async with asked as response:
            answer = await response.read()
            if response.status != 200:
                raise RuntimeError(f"{path}: {response.status} {answer.decode(errors='replace')}")
            return answer

    def _question(self, question: Question, visit: Visit) -> Message:
        own: dict[str, Any] = {"visit": visit.id, "nonce": visit.nonce, "town": TOWN, "kiosk": visit.kiosk}
        if question is Question.NONCE:
            return NonceAsk(visit=visit.id)
        if question is Question.OUTCOME:
            return OutcomeReport(visit=visit.id, result=Result.PRINTED, copies_printed=1)
        if question is Question.ISSUE:
            return IssueAsk(**own, extract=visit.extract, copies=1)
        if visit.proof is None:
            signature = self._town.key.sign(proof_message(visit.id, visit.nonce, visit.kiosk), PKCS1v15(), SHA256())
            visit.proof = CardProof(certificate=visit.card, signature=signature)
        if question is Question.HOUSEHOLD:
            return HouseholdAsk(**own, proof=visit.proof)
        return ExtractAsk(**own, proof=visit.proof, persons=visit.persons, items=[Item.RELATIONSHIP])


def _path(question: Question, visit: Visit) -> str:
    return f"/v1/issues/{visit.id}/outcome" if question is Question.OUTCOME else f"/v1/{question}"


def _remember(question: Question, visit: Visit, answer: bytes) -> None:
    if question is Question.NONCE:
        visit.nonce = msgspec.json.decode(answer, type=Nonce).nonce
    elif question is Question.HOUSEHOLD:
        household = msgspec.convert(_payload(answer)["body"], Household)
        visit.persons = [member.number for member in household.members]
    elif question is Question.EXTRACT:
        visit.extract = msgspec.json.decode(answer, type=Signed).answer


def _payload(answer: bytes) -> dict[str, object]:
    part = msgspec.json.decode(answer, type=Signed).answer.split(".")[1]
    claims: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims
