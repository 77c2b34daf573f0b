"""The figures behind an address of their own, apart from the node's door: Prometheus has no certificate of the network.

Plain HTTP and for reading only. No figure names a person, but they tell how busy a town hall is and what is broken there: the address is to
be one that nobody else can reach, which is why there is none unless it is named.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from jukinet.errors import SettingsError
from jukinet.node.log import Log, library_logger
from jukinet.node.metrics.watched import Watched, make_watched_app

# Prometheus asks each 15 s and keeps its link; whoever else has come is not waited for.
IDLE_SECONDS = 60.0
ENDING_SECONDS = 1.0


@asynccontextmanager
async def watching(addresses: Sequence[tuple[str, int]], watched: Watched, log: Log) -> AsyncIterator[list[str]]:
    """Yields the addresses of the figures; none when they are off. Raises SettingsError."""
    runner = web.AppRunner(
        make_watched_app(watched),
        access_log=None,
        logger=library_logger(log),
        keepalive_timeout=IDLE_SECONDS,
        shutdown_timeout=ENDING_SECONDS,
    )
    await runner.setup()
    try:
        for host, port in addresses:
            try:
                await web.TCPSite(runner, host, port).start()
            except OSError as error:
                why = error.strerror or str(error)
                raise SettingsError(f"metrics.listen: {host}:{port} cannot be listened on ({why}); a free address is required") from None
        yield [f"http://{f'[{name[0]}]' if ':' in name[0] else name[0]}:{name[1]}/metrics" for name in runner.addresses]
    finally:
        await runner.cleanup()
