"""The node as a process: settings, directory, services, application, door; until SIGTERM.

One line on standard output says that it is ready and where ("ready jukinet://node/21361 127.0.0.1:8443"), the log goes to standard
error. Under systemd (Type=notify) the same is told to the supervisor.
"""

import asyncio
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp.typedefs import Middleware

from jukinet.errors import SettingsError
from jukinet.node.app import Front
from jukinet.node.directory import DirectoryBook
from jukinet.node.lines import Lines
from jukinet.node.listening import CannotListen, listening
from jukinet.node.log import Log, places
from jukinet.node.revocation import RevokedSerials
from jukinet.node.services import open_services
from jukinet.node.settings import NodeSettings, load
from jukinet.tls import TlsFiles, door_context


def run(file: Path, attached: bool = False, within: Sequence[Middleware] = ()) -> None:
    """Serves until SIGTERM or SIGINT; `attached` also until standard input ends, so that a lab's nodes end with the lab however it
    ends. `within` as in `make_app`. Raises SettingsError."""
    settings = load(file)
    try:
        asyncio.run(_run(settings, attached, within))
    except CannotListen as error:
        where = f"{settings.host}:{settings.port}"
        raise SettingsError(
            f"{file}: node.listen: {where} cannot be listened on ({error}); a free address of this machine is required"
        ) from None


async def _run(settings: NodeSettings, attached: bool, within: Sequence[Middleware]) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if attached:
        loop.add_reader(sys.stdin, _until_end, loop, stop)
    log = Log(sys.stderr, _now)
    loop.set_exception_handler(partial(_log_stray, log))
    await serve(settings, log, _now, stop, _say_ready, within)
    notify("STOPPING=1")


async def serve(
    settings: NodeSettings,
    log: Log,
    clock: Callable[[], datetime],
    stop: asyncio.Event,
    ready: Callable[[str, str, int], None],
    within: Sequence[Middleware] = (),
) -> None:
    """A whole node on this loop until `stop`. `ready(uri, host, port)` is called once it answers. Raises SettingsError, CannotListen."""
    files = TlsFiles(settings.certificate, settings.key, settings.ca)
    context = door_context(files)
    book = DirectoryBook.load(settings.directory, settings.directory_key)
    revoked = RevokedSerials(settings.revoked)
    lines = Lines(book, files)
    try:
        services = open_services(settings, lines, book, clock)
        front = Front(settings.code, settings.role, services, book, revoked, log, lambda: secrets.token_hex(8))
        await services.start()
        try:
            async with listening(front, lambda: context, settings.host, settings.port, within) as (host, port):
                log.line("ready", node=settings.uri, host=host, port=port, directory=book.directory.version)
                ready(settings.uri, host, port)
                await stop.wait()
        finally:
            await services.stop()
    finally:
        await lines.close()
    log.line("ended", node=settings.uri)


def notify(*lines: str) -> None:
    """Tells systemd, when there is one (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
        to.sendto("\n".join(lines).encode(), "\0" + address[1:] if address[0] == "@" else address)


def _say_ready(uri: str, host: str, port: int) -> None:
    sys.stdout.write(f"ready {uri} {host}:{port}\n")
    sys.stdout.flush()
    notify("READY=1")


def _log_stray(log: Log, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An exception that nobody awaits: asyncio would write its text, which may quote what it choked on."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        log.line("stray", error=type(error).__name__, places=places(error))
    else:
        log.line("stray", what=str(context.get("message", "")))


def _until_end(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        loop.remove_reader(sys.stdin)
        stop.set()


def _now() -> datetime:
    return datetime.now(UTC)
