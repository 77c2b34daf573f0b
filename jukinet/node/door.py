"""The door: accept plain, then TLS with the context that is current at that moment, then HTTP.

    accept ──► pause reading ──► start_tls (5 s) ──► entered in the table of live links ──► HTTP attached
                  │                  └ fails: refused(peer's address, reason); abort
                  └ too many in handshake: the one that takes longest is refused

Why not `create_server(ssl=…)`: asyncio swallows failed handshakes there (an SSLError is an OSError), so nobody would know who was
refused and why; and a new certificate or CA would need a restart, or leave old verify flags in force. Here `context` is asked for
each newcomer. Bytes that arrive together with the peer's Finished wait in the `Link` until HTTP is attached.

Why the one that takes longest: an honest handshake is one round trip. Under a flood of silent newcomers the places turn over, and whoever
is quick gets in; if the latest were refused, whoever fills the places once would keep all others out for as long as he cares to.
"""

import asyncio
from collections.abc import Callable, Sequence

from jukinet.node.links import Link, LiveLinks
from jukinet.tls import Context, keep_links_small, refusal

HANDSHAKE_SECONDS = 5.0  # a handshake takes one round trip and a millisecond; whoever needs longer holds a place

# A question's head may take twice as long: askers send it at once, but then a node at work may be slow to read.
_HEAD_IN_HANDSHAKES = 2

Refused = Callable[[str, str], None]  # address, reason


class Door:
    """`protocol` makes what speaks over each proven link, `refused` is told of each link that was not."""

    def __init__(
        self,
        context: Callable[[], Context],
        protocol: Callable[[], asyncio.Protocol],
        refused: Refused,
        links: LiveLinks,
        handshakes: int,
        seconds: float = HANDSHAKE_SECONDS,
    ) -> None:
        self._context, self._protocol, self._refused = context, protocol, refused
        self._links, self._handshakes, self._seconds = links, handshakes, seconds
        self._newcomers: dict[asyncio.Task[None], asyncio.Transport] = {}  # in the order they came
        self._servers: list[asyncio.Server] = []

    async def open(self, addresses: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
        """Listens on these and no others; says where, since port 0 means any. Raises OSError."""
        keep_links_small()
        loop = asyncio.get_running_loop()
        where: list[tuple[str, int]] = []
        for host, port in addresses:
            server = await loop.create_server(lambda: _Threshold(self._arrived), host, port, backlog=1024)
            self._servers.append(server)
            where += [(str(name[0]), int(name[1])) for name in (each.getsockname() for each in server.sockets)]
        return where

    async def close(self) -> None:
        """No newcomers any more. Links already handed to HTTP are HTTP's to end."""
        for server in self._servers:
            server.close()
        newcomers = list(self._newcomers)
        for task in newcomers:
            task.cancel()
        await asyncio.gather(*newcomers, return_exceptions=True)

    def _arrived(self, plain: asyncio.Transport) -> None:
        plain.pause_reading()
        if len(self._newcomers) >= self._handshakes:
            slowest, held = next(iter(self._newcomers.items()))
            del self._newcomers[slowest]
            self._refused(_address(held), "too many handshakes")
            held.abort()
            slowest.cancel()
        task = asyncio.get_running_loop().create_task(self._welcome(plain))
        self._newcomers[task] = plain
        task.add_done_callback(lambda done: self._newcomers.pop(done, None))

    async def _welcome(self, plain: asyncio.Transport) -> None:
        address, link = _address(plain), Link(self._links.leave, _HEAD_IN_HANDSHAKES * self._seconds)
        try:
            async with asyncio.timeout(self._seconds):
                proven = await asyncio.get_running_loop().start_tls(plain, link, self._context(), server_side=True)
        except OSError as error:  # SSLError, a reset, a time-out
            self._refused(address, refusal(error))
            plain.abort()
            return
        if proven is None or link.lost:
            self._refused(address, "left")
            return
        link.prove(proven)
        if crowd := self._links.enter(link):
            self._refused(address, crowd)
            proven.abort()
            return
        link.hand_over(self._protocol())


class _Threshold(asyncio.Protocol):
    """Holds a plain link for the moment until TLS takes it over."""

    def __init__(self, arrived: Callable[[asyncio.Transport], None]) -> None:
        self._arrived = arrived

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._arrived(transport)


def _address(plain: asyncio.Transport) -> str:
    name = plain.get_extra_info("peername")
    return f"{name[0]}:{name[1]}" if name else "unknown"
