"""The verification page behind an address of its own, apart from the node's door: no certificate of visitors, plain or with the town's own.

Browsers give camera and cryptography to pages that came by https or from this machine alone. So either `listen` is a loopback address
behind the town's web server, which does the https, or [verify] names a certificate.

What the public may take from the node is bounded here: so many links, each for so long. More are closed at once; a page that is not
answered is tried again, a kiosk that finds no free file descriptor is not.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from jukinet.errors import SettingsError
from jukinet.node.log import library_logger
from jukinet.node.settings import VerifySettings
from jukinet.node.verify.app import Public, make_public_app
from jukinet.node.verify.visitors import Visitors
from jukinet.tls import public_context

MOST_LINKS = 200  # a page and its files come over some six
LINK_SECONDS = 60.0  # the page is loaded in one; a stack of papers makes new ones
IDLE_SECONDS = 15.0
HANDSHAKE_SECONDS = 10.0
ENDING_SECONDS = 1.0


class _Full(asyncio.Protocol):
    """For whom there is no room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


@asynccontextmanager
async def verifying(settings: VerifySettings | None, public: Public, visitors: Visitors | None = None) -> AsyncIterator[list[str]]:
    """Yields the page's addresses; none when it is off. Raises SettingsError."""
    if settings is None:
        yield []
        return
    tls = None if settings.tls is None else public_context(*settings.tls)
    runner = web.AppRunner(
        make_public_app(public, visitors or Visitors(), tls is not None),
        access_log=None,
        logger=library_logger(public.log),
        keepalive_timeout=IDLE_SECONDS,
        shutdown_timeout=ENDING_SECONDS,
    )
    await runner.setup()
    http = runner.server
    if http is None:  # only before setup; for the type's sake
        raise RuntimeError("runner without server")
    loop = asyncio.get_running_loop()

    def visitor() -> asyncio.Protocol:
        if len(http.connections) >= MOST_LINKS:
            return _Full()
        link = http()
        loop.call_later(LINK_SECONDS, link.force_close)
        return link

    servers: list[asyncio.Server] = []
    try:
        for host, port in settings.listen:
            waits = None if tls is None else HANDSHAKE_SECONDS
            try:
                servers.append(await loop.create_server(visitor, host, port, ssl=tls, ssl_handshake_timeout=waits, backlog=MOST_LINKS))
            except OSError as error:
                why = error.strerror or str(error)
                raise SettingsError(f"verify.listen: {host}:{port} cannot be listened on ({why}); a free address is required") from None
        yield [_url(socket.getsockname(), tls is not None) for server in servers for socket in server.sockets]
    finally:
        for server in servers:
            server.close()
        await runner.cleanup()


def _url(name: tuple[Any, ...], secure: bool) -> str:
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"{'https' if secure else 'http'}://{host}:{name[1]}/verify"
