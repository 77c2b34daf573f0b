"""The door: accept plain, then TLS with the context that is current at that moment, then HTTP.

    accept ──► pause reading ──► start_tls (5 s) ──► HTTP protocol attached
                  │                  └ fails: refused(peer's address, reason); abort
                  └ too many in handshake: refused

Why not `create_server(ssl=…)`: asyncio swallows failed handshakes there (an SSLError is an OSError), so nobody would know who was
refused and why; and a new certificate or CA would need a restart, or leave old verify flags in force. Here `context` is asked for
each newcomer. Bytes that arrive together with the peer's Finished wait in `_Landing` until HTTP is attached.
"""

import asyncio
from collections.abc import Callable

from jukinet.tls import Context, refusal

HANDSHAKE_SECONDS = 5.0  # a handshake takes one round trip and a millisecond; whoever needs longer holds a place
WAITING = 256  # newcomers in handshake at once: 0.2 s of one core

Refused = Callable[[str, str], None]  # address, reason


class Door:
    """`protocol` makes what speaks over each proven link, `refused` is told of each link that was not."""

    def __init__(
        self,
        context: Callable[[], Context],
        protocol: Callable[[], asyncio.Protocol],
        refused: Refused,
        seconds: float = HANDSHAKE_SECONDS,
    ) -> None:
        self._context, self._protocol, self._refused, self._seconds = context, protocol, refused, seconds
        self._newcomers: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def open(self, host: str, port: int) -> tuple[str, int]:
        """Listens; says where, since port 0 means any. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Threshold(self._arrived), host, port, backlog=1024)
        where = self._server.sockets[0].getsockname()
        return str(where[0]), int(where[1])

    async def close(self) -> None:
        """No newcomers any more. Links already handed to HTTP are HTTP's to end."""
        if self._server is not None:
            self._server.close()
        for task in self._newcomers:
            task.cancel()
        await asyncio.gather(*self._newcomers, return_exceptions=True)

    def _arrived(self, plain: asyncio.Transport) -> None:
        plain.pause_reading()
        if len(self._newcomers) >= WAITING:
            self._refused(_address(plain), "too many handshakes")
            plain.abort()
            return
        task = asyncio.get_running_loop().create_task(self._welcome(plain))
        self._newcomers.add(task)
        task.add_done_callback(self._newcomers.discard)

    async def _welcome(self, plain: asyncio.Transport) -> None:
        address, landing = _address(plain), _Landing()
        try:
            async with asyncio.timeout(self._seconds):
                link = await asyncio.get_running_loop().start_tls(plain, landing, self._context(), server_side=True)
        except OSError as error:  # SSLError, a reset, a time-out
            self._refused(address, refusal(error))
            plain.abort()
            return
        if link is None or landing.lost:
            self._refused(address, "left")
            return
        landing.hand_over(link, self._protocol())


class _Threshold(asyncio.Protocol):
    """Holds a plain link for the moment until TLS takes it over."""

    def __init__(self, arrived: Callable[[asyncio.Transport], None]) -> None:
        self._arrived = arrived

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._arrived(transport)


class _Landing(asyncio.Protocol):
    """Keeps what comes between the end of the handshake and HTTP's arrival."""

    def __init__(self) -> None:
        self._held: list[bytes] = []
        self._ended = False
        self.lost = False

    def data_received(self, data: bytes) -> None:
        self._held.append(data)

    def eof_received(self) -> bool:
        self._ended = True
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True

    def hand_over(self, link: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        link.set_protocol(protocol)
        protocol.connection_made(link)
        for data in self._held:
            protocol.data_received(data)
        if self._ended:
            protocol.eof_received()


def _address(plain: asyncio.Transport) -> str:
    name = plain.get_extra_info("peername")
    return f"{name[0]}:{name[1]}" if name else "unknown"
