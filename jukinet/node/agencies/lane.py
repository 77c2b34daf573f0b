"""Batches have a lane of their own, so that a mass run slows nobody who stands at a counter.

One piece at a time, whoever sent it, and after each a rest, so that pieces take at most SHARE of the node's time: of its writer's, and of
the processor that reads and hashes for them. Whoever comes meanwhile waits its turn here and not in the writer's queue; more than a few
are told BUSY.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from jukinet.errors import Kind, Problem

SHARE = 0.3  # of the time
MOST_WAITING = 8  # pieces; each waits some tenths of a second, all of them less than a question's deadline
RETRY_AFTER = 2  # seconds, told with BUSY


@dataclass
class Lane:
    """`clock` is monotonic, in seconds, and `rest` sleeps by it."""

    clock: Callable[[], float]
    rest: Callable[[float], Awaitable[None]] = asyncio.sleep
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _free: float = 0.0  # when the next piece may begin
    _waiting: int = 0

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
