"""Batches have a lane of their own, so that a mass run slows nobody who stands at a counter.

One piece at a time, whoever sent it, and after each a rest, so that pieces take at most SHARE of the node's time: of its writer's, and of
the processor that reads and hashes for them. Whoever comes meanwhile waits its turn here and not in the writer's queue; more than a few
are told BUSY. While a single question is in work, a piece steps aside after each of its slices, for a moment.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

from jukinet.errors import Kind, Problem

SHARE = 0.3  # of the time
MOST_WAITING = 8  # pieces; each waits some tenths of a second, all of them less than a question's deadline
RETRY_AFTER = 2  # seconds, told with BUSY
ASIDE = 0.05  # seconds that a slice waits for single questions at most: they cannot keep batches out for good


@dataclass
class Lane:
    """`clock` is monotonic, in seconds, and `rest` sleeps by it."""

    clock: Callable[[], float]
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _free: float = 0.0  # when the next piece may begin
    _waiting: int = 0
    _singles: int = 0
    _quiet: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def single(self) -> Iterator[None]:
        """Around a single question."""
        self._singles += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._singles -= 1
            if not self._singles:
                self._quiet.set()

    async def step_aside(self) -> None:
        """Before each slice of a piece."""
        if self._singles:
            with suppress(TimeoutError):
                async with asyncio.timeout(ASIDE):
                    await self._quiet.wait()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """For one piece. Raises Problem(BUSY)."""
        if self._waiting >= MOST_WAITING:
            raise Problem(Kind.BUSY, "batches", retry_after=RETRY_AFTER)
        self._waiting += 1
        try:
            async with self._one:
                if (pause := self._free - self.clock()) > 0:
                    await self.rest(pause)
                began = self.clock()
                try:
                    yield
                finally:
                    ended = self.clock()
                    self._free = ended + (ended - began) * (1 / SHARE - 1)
        finally:
            self._waiting -= 1
