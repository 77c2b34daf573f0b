"""Test equipment: lines of which anything may be wrong, between a kiosk and its node or between two nodes.

A line forwards TCP on loopback, TLS untouched. What is wrong with it is a value that may change at any moment, also under a link that is
open: cut, reset and count begin with the bytes that come back from then on, so that on a kept link they mean the next answer.

A black hole keeps what it swallows: once the line heals, it arrives, late, as it does in a real network where somebody repeats it.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self, TypeVar

PIECE = 16_384
T = TypeVar("T")


@dataclass(frozen=True)
class Toxic:
    """One thing that is wrong with a line, or several."""

    latency: float = 0.0  # seconds for each piece, each way
    rate: int = 0  # bytes a second, each way; 0: no limit
    hole: bool = False  # nothing passes, nothing ends
    cut: int | None = None  # so many bytes of what comes back, then the link ends
    reset: int | None = None  # the same, but it breaks (RST)
    refuse: bool = False  # open links break, new ones are refused


CLEAR = Toxic()
HOLE, REFUSE = Toxic(hole=True), Toxic(refuse=True)


class ToxicLine:
    """Forwards from `url` to `port`. `be` returns once it is so. `heard` is all that came over it, both ways, when `listens`."""

    def __init__(self, lines: "ToxicLines", port: int, listens: bool) -> None:
        self._lines, self._to, self._toxic = lines, port, CLEAR
        self._left = 0  # bytes of what comes back before a cut or a reset
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._links: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._listens, self.heard, self.links = listens, bytearray(), 0
        # Keeps the port ours while nobody listens on it.
        self._place = _socket(0)
        self.port: int = self._place.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"

    def be(self, toxic: Toxic) -> None:
        self._lines.do(self._be(toxic))

    async def open(self) -> None:
        door = _socket(self.port)
        door.setblocking(False)
        self._server = await asyncio.start_server(self._forward, sock=door, backlog=256)

    async def close(self) -> None:
        await self._be(REFUSE)
        self._place.close()

    async def _be(self, toxic: Toxic) -> None:
        self._toxic = toxic
        self._left = next((count for count in (toxic.cut, toxic.reset) if count is not None), 0)
        self._changed.set()
        self._changed = asyncio.Event()
        if toxic.refuse and self._server is not None:
            self._server.close()
            self._server = None
            for pair in tuple(self._links):
                _break(*pair)
        elif not toxic.refuse and self._server is None:
            await self.open()

    async def _forward(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        try:
            far_in, far_out = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:  # a node that was killed: whoever came is told so
            _break(near_out)
            return
        pair = near_out, far_out
        self._links.add(pair)
        self.links += 1
        ways = [asyncio.create_task(way) for way in (self._pump(near_in, far_out, False, pair), self._pump(far_in, near_out, True, pair))]
        try:
            await asyncio.wait(ways)
        finally:
            for way in ways:
                way.cancel()
            self._links.discard(pair)
            for end in pair:
                end.close()

    async def _pump(
        self, here: asyncio.StreamReader, there: asyncio.StreamWriter, back: bool, pair: tuple[asyncio.StreamWriter, asyncio.StreamWriter]
    ) -> None:
        with suppress(OSError):
            while data := await here.read(PIECE):
                data = await self._passing(data, back, pair)
                if self._listens:
                    self.heard += data
                there.write(data)
                await there.drain()
            while self._toxic.hole:
                await self._changed.wait()
            there.write_eof()

    async def _passing(self, data: bytes, back: bool, pair: tuple[asyncio.StreamWriter, asyncio.StreamWriter]) -> bytes:
        """What of it passes, when its time has come. Raises ConnectionError where the link ends with it."""
        while self._toxic.hole:
            await self._changed.wait()
        toxic = self._toxic
        await self._pause(toxic.latency + (len(data) / toxic.rate if toxic.rate else 0.0))
        if back and (self._toxic.cut, self._toxic.reset) != (None, None):
            passes, self._left = data[: self._left], max(0, self._left - len(data))
            if len(passes) < len(data):
                pair[0].write(passes)
                await pair[0].drain()
                if self._toxic.reset is not None:
                    _break(*pair)
                for end in pair:
                    end.close()
                raise ConnectionError
        return data

    async def _pause(self, seconds: float) -> None:
        """Or until something else is wrong with the line."""
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), seconds)


class ToxicLines:
    """A loop in a thread, for as many lines as a test takes."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="toxic-lines", daemon=True)
        self._lines: list[ToxicLine] = []

    def to(self, port: int, listens: bool = False) -> ToxicLine:
        async def made() -> ToxicLine:
            line = ToxicLine(self, port, listens)
            await line.open()
            return line

        line = self.do(made())
        self._lines.append(line)
        return line

    def do(self, deed: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result(20)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            self.do(line.close())
        self.do(_rest())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(20)
        self._loop.close()


async def _rest() -> None:
    """Everything that is still under way on this loop ends."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def _socket(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(("127.0.0.1", port))
    return made


def _break(*ends: asyncio.StreamWriter) -> None:
    """RST instead of FIN."""
    for end in ends:
        plain: Callable[..., Any] = end.get_extra_info("socket").setsockopt
        with suppress(OSError):  # the other side was faster
            plain(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        end.transport.abort()
