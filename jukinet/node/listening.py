"""A node's application behind its door, for as long as a `with` block lasts."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.typedefs import Middleware

from jukinet.node.app import KEEP_SECONDS, Front, make_app
from jukinet.node.door import HANDSHAKE_SECONDS, Door
from jukinet.node.limits import Rates
from jukinet.node.links import LiveLinks
from jukinet.node.log import library_logger

# At the end, questions in work are answered; a deed takes milliseconds, a relayed question some seconds.
ENDING_SECONDS = 5.0
# Refused handshakes written into the log of deeds. Anybody can knock, and that log can never be shortened: beyond this they are counted.
RECORDED_A_SECOND = 5
RECORDED_AT_ONCE = 200


class CannotListen(Exception):
    """The address is taken, not ours, or needs rights we have not. `str()` is the system's reason."""


@asynccontextmanager
async def listening(
    front: Front,
    addresses: Sequence[tuple[str, int]],
    links: LiveLinks,
    within: Sequence[Middleware] = (),
    handshake_seconds: float = HANDSHAKE_SECONDS,
) -> AsyncIterator[list[tuple[str, int]]]:
    """Yields where it listens. Failed handshakes are recorded by the services and logged. Raises CannotListen."""
    runner = web.AppRunner(
        make_app(front, within),
        access_log=None,
        logger=library_logger(front.log),
        keepalive_timeout=KEEP_SECONDS,
        shutdown_timeout=ENDING_SECONDS,
    )
    await runner.setup()
    http = runner.server
    if http is None:  # only before setup; for the type's sake
        raise RuntimeError("runner without server")

    recorded, unrecorded = Rates(RECORDED_A_SECOND, RECORDED_AT_ONCE), 0

    def refused(address: str, reason: str) -> None:
        nonlocal unrecorded
        front.counts.refused(reason)
        front.log.line("server_refused", address=address, reason=reason)
        if recorded.take("door", asyncio.get_running_loop().time()):
            unrecorded += 1
            return
        front.services.refused(address, f"{reason}; {unrecorded} more before" if unrecorded else reason)
        unrecorded = 0

    door = Door(lambda: front.trust.current.door, http, refused, links, front.limits.handshakes, handshake_seconds)
    try:
        try:
            where = await door.open(addresses)
        except OSError as error:
            raise CannotListen(error.strerror or str(error)) from None
        yield where
    finally:
        await door.close()
        await runner.cleanup()
