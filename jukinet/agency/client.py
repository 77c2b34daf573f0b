"""A body's side of the line: one question, one answer, one deadline, no hidden retry. Blocking, for one thread."""

import secrets
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

import msgspec

from jukinet.agency.settings import AgencySettings
from jukinet.agency_messages import BatchAnswer, BatchAsk, CheckAnswer, CheckAsk
from jukinet.errors import Kind, Problem
from jukinet.link import KeptLink
from jukinet.messages import Message
from jukinet.tls import Limit, line_context

_M = TypeVar("_M", bound=Message)


class AgencyClient:
    """Every question raises Problem: what the node said; UNREACHABLE with reason no-link, timeout, broken or shape when it said nothing
    usable. `seconds` bounds the whole of it, connecting included."""

    def __init__(self, settings: AgencySettings, clock: Callable[[], float] = monotonic) -> None:
        """Raises SettingsError. Connects to nobody."""
        self._clock, self._limit = clock, Limit(clock)
        self._link = KeptLink(settings.urls, line_context(settings.tls, settings.node), self._limit)

    def check(self, ask: CheckAsk, seconds: float) -> CheckAnswer:
        return self._ask("/v1/agencies/checks", ask, CheckAnswer, secrets.token_hex(8), seconds)

    def batch(self, ask: BatchAsk, seconds: float) -> BatchAnswer:
        """Safe to ask again: the node counts a piece once."""
        answer = self._ask("/v1/agencies/batches", ask, BatchAnswer, f"{ask.batch}-{ask.piece}", seconds)
        if (answer.batch, answer.piece, len(answer.findings)) != (ask.batch, ask.piece, len(ask.persons)):
            raise Problem(Kind.UNREACHABLE, "shape")
        return answer

    def close(self) -> None:
        self._link.close()

    def _ask(self, path: str, ask: Message, shape: type[_M], exchange: str, seconds: float) -> _M:
        self._limit.until = self._clock() + seconds
        raw = self._link.exchange("POST", path, msgspec.json.encode(ask), exchange)
        try:
            return msgspec.json.decode(raw, type=shape)
        except msgspec.DecodeError:
            raise Problem(Kind.UNREACHABLE, "shape") from None
