"""What a node does without being asked: tells its register's changes, goes on with moves and first cards, forgets what is over, has its log
confirmed."""

import asyncio
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from jukinet.errors import Problem
from jukinet.node.agencies.desk import Desk
from jukinet.node.audit.watching import Watching
from jukinet.node.municipal import Municipal
from jukinet.node.outbox import Outbox
from jukinet.node.storage.open import Store

# How long a change in the register may stay untold; how long a node that ends waits for its notices to be taken.
ROUND_SECONDS = 60.0
DRAIN_SECONDS = 1.0
# How long a decision of the counter, or a day that is over, waits until the node acts on it.
COUNTER_SECONDS = 2.0


class Rounds:
    """`start` and `stop` belong to the node's loop. `stop` leaves the files open."""

    def __init__(self, issues: Store, outbox: Outbox, municipal: Municipal | None, watching: Watching, desk: Desk | None) -> None:
        self._issues, self._outbox, self._municipal, self._watching, self._desk = issues, outbox, municipal, watching, desk
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        await self._outbox.start()
        loop = asyncio.get_running_loop()
        self._tasks.append(loop.create_task(self._go_round()))
        if self._municipal is not None:
            self._tasks.append(loop.create_task(self._go_on(self._municipal)))

    async def drained(self) -> None:
        if self._municipal is not None:
            await self._municipal.go_on()
            await self._municipal.teller.tell()
        await self._outbox.drained()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                await self._outbox.drained()
        await self._outbox.stop()

    async def _go_round(self) -> None:
        while True:
            with suppress(Problem):  # BUSY: the next round does it
                if self._municipal is not None:
                    await self._municipal.teller.tell()
                    await self._issues.write(self._municipal.nonces.forget)
            with suppress(Problem):  # BUSY
                if self._desk is not None:
                    await self._desk.forget()
            with suppress(Problem):  # a witness that cannot be reached
                await self._watching.round()
            await asyncio.sleep(ROUND_SECONDS)

    async def _go_on(self, municipal: Municipal) -> None:
        while True:
            with suppress(Problem, SQLAlchemyError):  # BUSY, a database that is away: the next round does it
                await municipal.go_on()
            await asyncio.sleep(COUNTER_SECONDS)
