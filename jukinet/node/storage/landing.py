"""From the writer's thread back to those who wait on an event loop: a group is answered with one wake-up, not with one each."""

import asyncio
from collections import deque
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

Result = TypeVar("Result")


class Landing:
    """As `asyncio.wrap_future`, which wakes the loop for each future: with 20 in a group that takes longer than the commit's own work."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._landed: dict[asyncio.AbstractEventLoop, deque[tuple[asyncio.Future[Any], Future[Any]]]] = {}

    async def wait(self, future: "Future[Result]") -> Result:
        """Who stops waiting takes back what is not begun."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Result] = loop.create_future()
        future.add_done_callback(lambda done: self._land(loop, waiter, done))
        try:
            return await waiter
        except asyncio.CancelledError:
            future.cancel()
            raise

    def _land(self, loop: asyncio.AbstractEventLoop, waiter: "asyncio.Future[Any]", done: "Future[Any]") -> None:
        """In whichever thread the future is done."""
        with self._lock:
            landed = self._landed.get(loop)
            if landed is not None:  # the loop is on its way
                landed.append((waiter, done))
                return
            self._landed[loop] = deque([(waiter, done)])
        try:
            loop.call_soon_threadsafe(self._answer, loop)
        except RuntimeError:  # the loop is closed: nobody waits any more
            with self._lock:
                self._landed.pop(loop, None)

    def _answer(self, loop: asyncio.AbstractEventLoop) -> None:
        with self._lock:
            landed = self._landed.pop(loop)
        for waiter, done in landed:
            if waiter.done():  # it gave up
                continue
            if done.cancelled():
                waiter.cancel()
            elif (error := done.exception()) is not None:
                waiter.set_exception(error)
            else:
                waiter.set_result(done.result())
