"""A network for the transport's tests: certificates of every kind, and a small town that answers over the real door.

`SmallTown` is a whole node in front of nothing: real TLS, real messages, real signatures, no register. What it says of people is made
up on the spot; how it says it is what the tests are about.
"""

import asyncio
import io
import json
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from jukinet.client import Line, RegisterClient
from jukinet.errors import Kind, Problem
from jukinet.lab import ca
from jukinet.messages import (
    CardAnswer,
    CardProof,
    Claims,
    Copy,
    Directory,
    Extract,
    ExtractAsk,
    Health,
    Household,
    HouseholdAsk,
    Issue,
    IssueAsk,
    Issuer,
    IssueState,
    IssueStatus,
    Member,
    Nonce,
    Person,
    Prefecture,
    Receipt,
    Signed,
    Town,
)
from jukinet.node.app import Front
from jukinet.node.directory import DirectoryBook
from jukinet.node.listening import listening
from jukinet.node.log import Log
from jukinet.node.revocation import RevokedSerials
from jukinet.peers import PeerKind
from jukinet.signing import AnswerKey, claimed_node, digest, sign_answer, sign_directory
from jukinet.tls import TlsFiles, door_context

TOWN, HOME = "21361", "21202"
SECRET = "山田花子"  # stands for anything personal; must never be in a log


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class World:
    """Certificates on disk, made once. `files(name)` for any of: kiosk, kiosk2, other-kiosk, town, home, prefecture, centre, agency,
    nobody (no URI of ours), expired, early, server-only, foreign (another CA)."""

    folder: Path
    serials: dict[str, int]
    directory_key: AnswerKey
    keys: dict[str, AnswerKey]

    def files(self, name: str) -> TlsFiles:
        return TlsFiles(self.folder / f"{name}.pem", self.folder / f"{name}.key", self.folder / "ca.pem")

    def directory(self, version: int = 1, urls: dict[str, Sequence[str]] | None = None) -> str:
        at = urls or {}
        towns = [
            Town(code=code, name=code, prefecture="21", urls=list(at.get(code, ())), keys=[self.keys[code].public()])
            for code in (TOWN, HOME)
        ]
        prefectures = [Prefecture(code="21", name="21", urls=list(at.get("21", ())))]
        return sign_directory(
            Directory(
                version=version,
                issued=now().isoformat(),
                centre_name="centre",
                centre_urls=list(at.get("centre", ())),
                prefectures=prefectures,
                towns=towns,
            ),
            self.directory_key,
        )


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    authority, foreign = ca.make_authority("CA", now()), ca.make_authority("other CA", now())
    authority.save(folder)
    day = timedelta(days=1)
    valid = (now() - day, now() + day)
    server_only = (ca.ExtendedKeyUsageOID.SERVER_AUTH,)
    rows = {
        "kiosk": (authority, f"jukinet://kiosk/{TOWN}/k1", ca.KIOSK_USES, valid),
        "kiosk2": (authority, f"jukinet://kiosk/{TOWN}/k2", ca.KIOSK_USES, valid),
        "other-kiosk": (authority, f"jukinet://kiosk/{HOME}/k1", ca.KIOSK_USES, valid),
        "far-town": (authority, "jukinet://node/99999", ca.NODE_USES, valid),
        "town": (authority, f"jukinet://node/{TOWN}", ca.NODE_USES, valid),
        "home": (authority, f"jukinet://node/{HOME}", ca.NODE_USES, valid),
        "prefecture": (authority, "jukinet://node/21", ca.NODE_USES, valid),
        "centre": (authority, "jukinet://node/centre", ca.NODE_USES, valid),
        "agency": (authority, "jukinet://agency/tax", ca.KIOSK_USES, valid),
        "nobody": (authority, "https://example.invalid/", ca.KIOSK_USES, valid),
        "expired": (authority, f"jukinet://kiosk/{TOWN}/k1", ca.KIOSK_USES, (now() - 2 * day, now() - day)),
        "early": (authority, f"jukinet://kiosk/{TOWN}/k1", ca.KIOSK_USES, (now() + day, now() + 2 * day)),
        "server-only": (authority, f"jukinet://kiosk/{TOWN}/k1", server_only, valid),
        "town-as-kiosk": (authority, f"jukinet://node/{TOWN}", ca.KIOSK_USES, valid),
        "foreign": (foreign, f"jukinet://kiosk/{TOWN}/k1", ca.KIOSK_USES, valid),
    }
    serials = {}
    for name, (by, uri, uses, dates) in rows.items():
        key = ca.new_key()
        certificate = by.issue(uri, key, uses, dates)
        ca.save_key(folder / f"{name}.key", key)
        ca.save_certificate(folder / f"{name}.pem", certificate)
        serials[name] = certificate.serial_number
    made = World(folder, serials, AnswerKey.make(), {TOWN: AnswerKey.make(), HOME: AnswerKey.make()})
    (folder / "directory.jwk.json").write_text(json.dumps(made.directory_key.public()))
    return made


class SmallTown:
    """Answers as town `code` and, for records, as the home town. `asked` lists the deeds begun, `refusals` what the door turned away."""

    def __init__(self, world: World, code: str, directory: str) -> None:
        self.world, self.code, self.raw_directory, self.version = world, code, directory, 1
        self.asked: list[str] = []
        self.refusals: queue.Queue[tuple[str, str]] = queue.Queue()
        self.issues: dict[str, tuple[bytes, Signed]] = {}
        self.states: dict[str, IssueState] = {}

    def claims(self, ask, raw: bytes, card: bytes, node: str, body) -> Claims:
        kiosk = f"jukinet://kiosk/{ask.town}/{ask.kiosk}"
        at = now()
        return Claims(
            visit=ask.visit,
            nonce=ask.nonce,
            card=card,
            kiosk=kiosk,
            request=digest(raw),
            node=node,
            issued=at.isoformat(),
            expires=(at + timedelta(minutes=10)).isoformat(),
            body=body,
        )

    def signed(self, claims: Claims) -> Signed:
        return Signed(answer=sign_answer(claims, self.world.keys[claims.node]))

    async def nonce(self, peer, ask, raw) -> Nonce:
        self.asked.append("nonce")
        return Nonce(visit=ask.visit, nonce=digest(ask.visit.encode()), expires=now().isoformat())

    async def household(self, peer, ask, raw) -> Signed:
        self.asked.append("household")
        household = Household(town=HOME, town_name="home", members=[Member(number=1, name=SECRET, holder=True)], items=[])
        return self.signed(self.claims(ask, raw, digest(ask.proof.certificate), HOME, household))

    def people(self, ask) -> list[Person]:
        return [Person(number=number, name=SECRET, birth="2000-01-01", sex="female") for number in ask.persons]

    async def extract(self, peer, ask, raw) -> Signed:
        self.asked.append("extract")
        extract = Extract(town=HOME, town_name="home", address="1-1", whole_household=False, persons=self.people(ask))
        return self.signed(self.claims(ask, raw, digest(ask.proof.certificate), HOME, extract))

    async def issue(self, peer, ask, raw) -> Signed:
        self.asked.append("issue")
        if ask.visit in self.issues:
            known, answer = self.issues[ask.visit]
            if known != raw:
                raise Problem(Kind.OTHER_REQUEST)
            return answer
        assert claimed_node(ask.extract) == HOME
        issuer = Issuer(town=self.code, town_name="town", title="mayor", name="M")
        copies = [Copy(serial=serial, number=f"no {serial}", seal="JK1:") for serial in range(1, ask.copies + 1)]
        issue = Issue(issuer=issuer, date="2026-11-24", statement="s", extract=digest(ask.extract.encode()), copies=copies)
        answer = self.signed(self.claims(ask, raw, digest(b"certificate"), self.code, issue))
        self.issues[ask.visit] = raw, answer
        numbers = [copy.number for copy in copies]
        self.states[ask.visit] = IssueState(visit=ask.visit, status=IssueStatus.ISSUED, numbers=numbers)
        return answer

    async def issue_state(self, peer, visit) -> IssueState:
        self.asked.append("issue_state")
        if visit not in self.states:
            raise Problem(Kind.NOT_FOUND, "visit")
        return self.states[visit]

    async def outcome(self, peer, ask, raw) -> IssueState:
        self.asked.append("outcome")
        old = self.states[ask.visit]
        self.states[ask.visit] = IssueState(visit=old.visit, status=IssueStatus(ask.result), numbers=old.numbers)
        return self.states[ask.visit]

    async def check_card(self, peer, ask, raw) -> CardAnswer:
        self.asked.append("check_card")
        return CardAnswer(town=HOME)

    async def issue_notice(self, peer, ask, raw) -> Receipt:
        self.asked.append("issue_notice")
        return Receipt(number=ask.number)

    async def identity_notice(self, peer, ask, raw) -> Receipt:
        self.asked.append("identity_notice")
        return Receipt(number=ask.number)

    async def health(self, peer) -> Health:
        self.asked.append("health")
        return Health(node=self.code, hours="open", directory=self.version)

    async def directory(self, peer) -> Signed:
        self.asked.append("directory")
        return Signed(answer=self.raw_directory)

    def refused(self, who: str, reason: str) -> None:
        self.refusals.put((who, reason))


@dataclass
class Running:
    """A SmallTown that listens, on a loop in a thread of its own."""

    world: World
    services: SmallTown
    log: io.StringIO
    port: int
    use_certificate: Callable[[str], None]  # for links from now on
    _loop: asyncio.AbstractEventLoop
    _stop: asyncio.Event
    _thread: threading.Thread
    ended: bool = field(default=False)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def refusal(self) -> tuple[str, str]:
        return self.services.refusals.get(timeout=10)

    def log_lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def stop(self) -> None:
        if not self.ended:
            self.ended = True
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(20)


Opener = Callable[..., Running]


@pytest.fixture
def open_town(world: World, tmp_path: Path) -> Iterator[Opener]:
    """open_town(role=…, code=…, certificate=…, within=…, handshake_seconds=…, services=…, directory=…) -> Running"""
    running: list[Running] = []

    def opened(
        role: PeerKind = PeerKind.MUNICIPALITY,
        code: str = TOWN,
        certificate: str = "town",
        within=(),
        handshake_seconds: float = 5.0,
        services: type[SmallTown] = SmallTown,
        directory: str | None = None,
        port: int = 0,
        most_at_once: int = 256,
    ) -> Running:
        raw = directory or world.directory()
        town, log = services(world, code, raw), io.StringIO()
        book = DirectoryBook(raw, world.directory_key.public())
        front = Front(code, role, town, book, RevokedSerials(tmp_path / "revoked.txt"), Log(log, now), lambda: "made-here", most_at_once)
        contexts = [door_context(world.files(certificate))]
        started: queue.Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = queue.Queue()

        async def serve() -> None:
            stop = asyncio.Event()
            async with listening(front, lambda: contexts[-1], "127.0.0.1", port, within, handshake_seconds) as (_, bound):
                started.put((asyncio.get_running_loop(), stop, bound))
                await stop.wait()

        def use_certificate(name: str) -> None:
            contexts.append(door_context(world.files(name)))

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        loop, stop, bound = started.get(timeout=10)
        running.append(Running(world, town, log, bound, use_certificate, loop, stop, thread))
        return running[-1]

    yield opened
    for town in running:
        town.stop()


@pytest.fixture
def line(world: World) -> Line:
    """Of kiosk k1; `replace(line, urls=[…])` to use it."""
    files = world.files("kiosk")
    return Line([], files.certificate, files.key, files.ca, TOWN, "k1", world.folder / "directory.jwk.json")


@pytest.fixture
def client_of(line: Line) -> Iterator[Callable[..., RegisterClient]]:
    """client_of(url, …) -> RegisterClient"""
    clients: list[RegisterClient] = []

    def client(*urls: str) -> RegisterClient:
        clients.append(RegisterClient(replace(line, urls=urls), now))
        return clients[-1]

    yield client
    for each in clients:
        each.close()


class Asks:
    """Questions of kiosk k1 whose card certificate is b"certificate"."""

    card = digest(b"certificate")

    def _who(self, visit: str) -> dict[str, object]:
        return {"visit": visit, "nonce": digest(visit.encode()), "town": TOWN, "kiosk": "k1"}

    def household(self, visit: str, **other: object) -> HouseholdAsk:
        proof = CardProof(certificate=b"certificate", signature=b"signature")
        return HouseholdAsk(**{**self._who(visit), "proof": proof, **other})

    def extract(self, visit: str, **other: object) -> ExtractAsk:
        proof = CardProof(certificate=b"certificate", signature=b"signature")
        return ExtractAsk(**{**self._who(visit), "proof": proof, "persons": [1], "items": [], **other})

    def issue(self, visit: str, extract: str, **other: object) -> IssueAsk:
        return IssueAsk(**{**self._who(visit), "extract": extract, "copies": 1, **other})


@pytest.fixture
def asks() -> Asks:
    return Asks()


@pytest.fixture
def visits() -> Iterator[str]:
    """As many visit ids as a test takes."""
    return (f"01J{number:023d}" for number in count(1))
