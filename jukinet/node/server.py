"""Nodes as a process: settings, directory, services, application, door; until SIGTERM.

One line on standard output for each says that it is ready and where ("ready jukinet://node/21361 127.0.0.1:8443", and the addresses of its
verification page and its figures where it has them), the log goes to standard error. Under systemd (Type=notify) the same is told to the
supervisor, once all are. SIGHUP: look at once whether certificates, lists or the directory have changed.

Several towns may share a process. Each is a whole node with its own settings, certificate, address, data folder, keys and log; they have
the machine in common and nothing else, so that what belongs to one cannot reach the other but by the network.
"""

import asyncio
import gc
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
from jukinet.node.alarms import Alarms
from jukinet.node.app import Front
from jukinet.node.audit.log import Group
from jukinet.node.directory import DirectoryBook
from jukinet.node.lines import Lines
from jukinet.node.links import LiveLinks
from jukinet.node.listening import CannotListen, listening
from jukinet.node.log import Log, places
from jukinet.node.metrics.counts import Counts
from jukinet.node.metrics.listening import watching
from jukinet.node.metrics.watched import Watched
from jukinet.node.opening import open_services
from jukinet.node.renewal import Renewal
from jukinet.node.settings import NodeSettings, load
from jukinet.node.trust import Trust, load_trust
from jukinet.node.verify.app import Public
from jukinet.node.verify.listening import verifying
from jukinet.signing import load_public


def run(files: Sequence[Path], attached: bool = False, within: Sequence[Middleware] = ()) -> None:
    """Serves one node a file until SIGTERM or SIGINT; `attached` also until standard input ends, so that a lab's nodes end with the lab
    however it ends. `within` as in `make_app`. Raises SettingsError."""
    nodes = [(file, load(file)) for file in files]
    _must_be_apart(nodes)
    asyncio.run(_run(dict(nodes), attached, within))


def _must_be_apart(nodes: Sequence[tuple[Path, NodeSettings]]) -> None:
    """Raises SettingsError."""
    for key in ("code", "data"):
        seen: dict[object, Path] = {}
        for file, settings in nodes:
            value = getattr(settings, key)
            if value in seen:
                raise SettingsError(f"{file}: node.{key}: the same as in {seen[value]}; another one is required for each node of a process")
            seen[value] = file


async def _run(nodes: dict[Path, NodeSettings], attached: bool, within: Sequence[Middleware]) -> None:
    stop, look, loop = asyncio.Event(), list[Callable[[], None]](), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: [each() for each in look])
    if attached:
        loop.add_reader(sys.stdin, _until_end, loop, stop)
    loop.set_exception_handler(partial(_log_stray, Log(sys.stderr, _now)))
    up: set[str] = set()

    def ready(uri: str, where: Sequence[str]) -> None:
        up.add(uri)
        if len(up) == len(nodes):
            # What a node has once it answers it keeps: looked through again and again for rubbish, it would be a tenth of each question.
            gc.collect()
            gc.freeze()
        _say_ready(uri, where, last=len(up) == len(nodes))

    async def one(file: Path, settings: NodeSettings) -> None:
        log = Log(sys.stderr, _now) if len(nodes) == 1 else Log(sys.stderr, _now, town=settings.code)
        try:
            await serve(settings, log, _now, stop, ready, within, look.append)
        except CannotListen as error:
            where = ", ".join(f"{host}:{port}" for host, port in settings.listen)
            raise SettingsError(
                f"{file}: node.listen: {where} cannot be listened on ({error}); free addresses of this machine are required"
            ) from None

    tasks = [loop.create_task(one(file, settings)) for file, settings in nodes.items()]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    stop.set()  # one that fails takes the others along: half of a process would look like all of it
    await asyncio.wait(tasks)
    for task in tasks:
        task.result()
    notify("STOPPING=1")


async def serve(
    settings: NodeSettings,
    log: Log,
    clock: Callable[[], datetime],
    stop: asyncio.Event,
    ready: Callable[[str, Sequence[str]], None],
    within: Sequence[Middleware] = (),
    looker: Callable[[Callable[[], None]], None] = lambda look: None,
) -> None:
    """A whole node on this loop until `stop`. `ready(uri, where)` is called once it answers, `looker` gets what makes it look at its
    files at once. Raises SettingsError, CannotListen."""
    first = load_trust(settings.trust, clock())
    centre_key = load_public(settings.directory_key)
    book = DirectoryBook(first.edition.raw, centre_key)
    trust, links = Trust(first, book, settings.patience, clock), LiveLinks(settings.limits.links, settings.limits.links_a_peer)
    lines = Lines(book, lambda: trust.current.line)
    try:
        counts = Counts()
        alarms = Alarms(log)

        def committed(groups: Sequence[Group]) -> None:
            counts.lines(groups)
            alarms.lines(groups)

        services = open_services(settings, lines, book, clock, counts=counts, committed=committed)
        front = Front(settings.code, settings.role, services, trust, log, lambda: secrets.token_hex(8), settings.limits, counts=counts)
        renewal = Renewal(settings.trust, trust, links, lines, services.note, log, clock)
        looker(renewal.look)
        await services.start()
        rounds = [asyncio.create_task(each) for each in (renewal.watch(), renewal.fetch(settings.code), services.read_through())]
        try:
            public = Public(settings.code, settings.name, book, centre_key, services.sealed, log)
            watched = Watched(settings.code, services, trust, links, counts)
            async with (
                listening(front, settings.listen, links, within) as where,
                verifying(settings.verify, public) as pages,
                watching(settings.metrics, watched, log) as figures,
            ):
                listen, also = [f"{host}:{port}" for host, port in where], [*pages, *figures]
                log.line("server_ready", node=settings.uri, listen=listen, pages=also, directory=book.directory.version)
                ready(settings.uri, [*listen, *also])
                await _until(stop, rounds)
        finally:
            for task in rounds:
                task.cancel()
            await asyncio.gather(*rounds, return_exceptions=True)
            await services.stop()
    finally:
        await lines.close()
    log.line("server_ended", node=settings.uri)


async def _until(stop: asyncio.Event, rounds: Sequence["asyncio.Task[None]"]) -> None:
    """Waits for `stop`. A round that fails sets it: without it, nobody would be struck off any more."""

    def ended(task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and task.exception() is not None:
            stop.set()

    for task in rounds:
        task.add_done_callback(ended)
    await stop.wait()
    for task in rounds:
        if task.done():
            task.result()


def notify(*lines: str) -> None:
    """Tells systemd, when there is one (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as to:
        to.sendto("\n".join(lines).encode(), "\0" + address[1:] if address[0] == "@" else address)


def _say_ready(uri: str, where: Sequence[str], last: bool) -> None:
    sys.stdout.write(f"ready {uri} {' '.join(where)}\n")
    sys.stdout.flush()
    if last:
        notify("READY=1")


def _log_stray(log: Log, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """An exception that nobody awaits: asyncio would write its text, which may quote what it choked on."""
    error = context.get("exception")
    if isinstance(error, BaseException):
        log.line("server_stray", error=type(error).__name__, places=places(error))
    else:
        log.line("server_stray", what=str(context.get("message", "")))


def _until_end(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        loop.remove_reader(sys.stdin)
        stop.set()


def _now() -> datetime:
    return datetime.now(UTC)
