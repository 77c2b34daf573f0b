"""Test equipment: a town's node that mixes up its answers, as real ones did when a time-out let the next person's print image through.

Two answers of one path for different visits are exchanged when they are in work together. An answer that finds no partner within
`seconds` gets the last one that another visit had, if there is any: the sequential form of the same mistake. Everything else of the
node is the real one; a kiosk must refuse what comes out (`WrongAnswer`). `jukinet lab DIR --swap households` runs one.
"""

import asyncio

from aiohttp import web
from aiohttp.typedefs import Handler

PATHS = {"households": "/v1/households", "extracts": "/v1/extracts", "issues": "/v1/issues"}
SECONDS = 3.0  # longer than two kiosks need to ask at the same time on a busy machine, shorter than any of them waits


class Swapper:
    """A middleware for one path. Which visit an answer belongs to does not matter to it: it exchanges whatever comes in pairs."""

    def __init__(self, path: str, seconds: float = SECONDS) -> None:
        self._path, self._seconds = path, seconds
        self._waiting: asyncio.Future[bytes] | None = None
        self._own: bytes = b""  # the waiting one's answer
        self._former: bytes | None = None
        self.swapped = 0

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if request.path != self._path or not isinstance(response, web.Response) or not isinstance(response.body, bytes):
            return response
        own = response.body
        other = await self._exchange(own)
        self._former = own
        if other is not None and other != own:
            self.swapped += 1
            response.body = other
        return response

    async def _exchange(self, own: bytes) -> bytes | None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(own)
            return self._own
        self._waiting, self._own = asyncio.get_running_loop().create_future(), own
        try:
            return await asyncio.wait_for(self._waiting, self._seconds)
        except TimeoutError:
            return self._former
