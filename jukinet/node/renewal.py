"""Certificates, CAs, lists and the directory change while the node runs: seen, checked, put in force, and acted upon.

    files ──► changed? (each quarter of a second, or SIGHUP) ──► load_trust ──► Trust.replace ──► links of those struck off are cut
                                                                    └ not good: the former set goes on; recorded
    centre, else prefecture ──► newer directory or lists (each five minutes) ──► kept in the data folder ──► as above

Files are put in place one after the other, so a set that does not fit is looked at once more before it is called wrong. Links stay, with
the questions they carry, unless their peer was struck off; new ones are made with what counts now.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from jukinet.errors import Kind, Problem, SettingsError, WrongAnswer
from jukinet.messages import UNREADABLE, Message, Signed
from jukinet.node.directory import CENTRE, Edition
from jukinet.node.links import LiveLinks
from jukinet.node.log import Log
from jukinet.node.revocation import read_lists
from jukinet.node.trust import Trust, TrustFiles, keep, load_trust
from jukinet.node_messages import Health, Revocations
from jukinet.signing import load_public

# A revoked peer's open links end within a second of the list's arrival; six `stat` calls cost some 10 µs.
POLL_SECONDS = 0.25
# The centre signs a directory at most some times a day; asking costs one small answer.
FETCH_SECONDS = 300.0
# For one answer; the directory of all towns has 700 kB.
ASK_SECONDS = 10.0

_FOLDERS = re.compile(r"/\S*/")
_Stats = list[tuple[int, int, int] | None]
_M = TypeVar("_M", bound=Message)


class Note(Protocol):
    def __call__(self, kind: str, **fields: str | int) -> None:
        """Writes an entry of `assets/events.toml` into the node's log of deeds."""


class Getter(Protocol):
    async def get(self, code: str, path: str, seconds: float) -> bytes:
        """What a node answers. Raises Problem."""


class Renewal:
    """`watch` and `fetch` run until they are cancelled, on the loop of the links."""

    def __init__(
        self,
        files: TrustFiles,
        trust: Trust,
        links: LiveLinks,
        lines: Getter,
        note: Note,
        log: Log,
        clock: Callable[[], datetime],
    ) -> None:
        self._files, self._trust, self._links, self._lines = files, trust, links, lines
        self._note, self._log, self._clock = note, log, clock
        self._asked = asyncio.Event()
        self._newest = asyncio.Lock()  # of the newest files: a load under way would put back what it read before a fetch
        self._in_force = _stats(files)
        self._doubtful: _Stats | None = None  # did not fit when looked at last
        self._wrong: _Stats | None = None  # ... nor once more, which is recorded
        self._warning = ""

    def look(self) -> None:
        """Now rather than at the next poll, and whether files have changed or not."""
        self._asked.set()

    async def watch(self, seconds: float = POLL_SECONDS) -> None:
        while True:
            self._warn()
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._asked.wait()
            there = _stats(self._files)
            if self._asked.is_set() or there not in (self._in_force, self._wrong):
                self._asked.clear()
                await self._renew(there)

    async def _renew(self, there: _Stats) -> None:
        former = self._trust.current
        try:
            async with self._newest:
                new = await asyncio.to_thread(load_trust, self._files, self._clock(), former)
        except SettingsError as error:
            if there == self._doubtful:
                self._wrong = there
                self._log.line("server_renewal_refused", reason=str(error))
                self._note("node_renewal_refused", reason=_FOLDERS.sub("", str(error)))
            self._doubtful = there
            return
        self._in_force, self._doubtful, self._wrong = there, None, None
        self._trust.replace(new)
        cut = self._links.cut(new.keeps)
        for peer in sorted(set(cut)):
            self._log.line("server_links_cut", peer=peer, links=cut.count(peer))
            self._note("node_links_cut", actor=peer, links=cut.count(peer))
        words: dict[str, str | int] = {
            "directory": new.edition.directory.version,
            "crl": " ".join(str(number) for number in new.lists.numbers.values()),
            "certificate": f"{new.certificate.serial_number:x}",
        }
        self._log.line("server_renewed", **words)
        self._note("node_renewed", **words)

    def _warn(self) -> None:
        """Once each time that it changes."""
        warning = self._trust.warning()
        if warning != self._warning:
            self._warning = warning
            self._log.line("server_overdue", state=warning or "current")
            self._note("node_overdue", state=warning or "current")

    # -- from the centre --------------------------------------------------------------------------------------------------

    async def fetch(self, code: str, seconds: float = FETCH_SECONDS) -> None:
        """For the node of this code. What it gets is signed by the centre and the CAs, so it does not matter who hands it on."""
        sources = _sources(code)
        while sources:
            for source in sources:
                try:
                    await self.fetch_from(source)
                except (Problem, WrongAnswer, ValueError, SettingsError) as error:
                    self._log.line("server_not_fetched", source=source, error=type(error).__name__, reason=str(error))
                else:
                    break
            await asyncio.sleep(seconds)

    async def fetch_from(self, source: str) -> None:
        """Takes what is newer there. Raises Problem, WrongAnswer, ValueError, SettingsError."""
        health = await self._get(source, "/v1/health", Health)
        current = self._trust.current
        if health.directory > current.edition.directory.version:
            token = (await self._get(source, "/v1/directory", Signed)).answer
            edition = Edition(token, load_public(self._files.directory_key))
            if edition.directory.version > current.edition.directory.version:
                await self._take(self._files.newest_directory, edition.raw.encode("ascii"))
        if sorted(health.crl) != sorted(current.lists.numbers.values()):
            raw = (await self._get(source, "/v1/revocations", Revocations)).lists
            if read_lists(raw, current.authorities).is_newer_than(current.lists):
                await self._take(self._files.newest_crl, raw)

    async def _take(self, path: Path, raw: bytes) -> None:
        async with self._newest:
            keep(path, raw)
        self.look()

    async def _get(self, source: str, path: str, shape: type[_M]) -> _M:
        try:
            return msgspec.json.decode(await self._lines.get(source, path, ASK_SECONDS), type=shape)
        except UNREADABLE:
            raise Problem(Kind.UNREACHABLE, "shape") from None


def _sources(code: str) -> Sequence[str]:
    """The centre, and for a town its prefecture when the centre does not answer."""
    if code == CENTRE:
        return ()
    return (CENTRE,) if len(code) == 2 else (CENTRE, code[:2])


def _stats(files: TrustFiles) -> _Stats:
    stats: _Stats = []
    for path in files.all:
        try:
            stat = path.stat()
            stats.append((stat.st_mtime_ns, stat.st_size, stat.st_ino))
        except OSError:
            stats.append(None)
    return stats
