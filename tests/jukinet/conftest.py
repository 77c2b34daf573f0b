"""A network for the transport's tests: certificates of every kind, and a small town that answers over the real door.

`SmallTown` is a whole node in front of nothing: real TLS, real messages, real signatures, no register. What it says of people is made
up on the spot; how it says it is what the tests are about.
"""

import asyncio
import io
import json
import queue
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from jukinet.agency_messages import BatchAnswer, CheckAnswer, Finding, Verdict
from jukinet.client import Line, RegisterClient
from jukinet.errors import Kind, Problem
from jukinet.lab import ca
from jukinet.messages import (
    CardProof,
    Claims,
    Copy,
    Extract,
    ExtractAsk,
    Heard,
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
    Signed,
)
from jukinet.node.app import Front
from jukinet.node.directory import DirectoryBook
from jukinet.node.freshness import Patience
from jukinet.node.limits import DEFAULTS, Limits
from jukinet.node.lines import Lines
from jukinet.node.links import LiveLinks
from jukinet.node.listening import listening
from jukinet.node.log import Log
from jukinet.node.renewal import Renewal
from jukinet.node.routes import Answering
from jukinet.node.trust import Trust, TrustFiles, load_trust
from jukinet.node_messages import CardAnswer, Directory, Health, Prefecture, Receipt, Revocations, Town, Witnessed
from jukinet.peers import PeerKind
from jukinet.signing import AnswerKey, claimed_node, digest, sign_answer, sign_directory
from jukinet.tls import NodeLink, TlsFiles, door_context

TOWN, HOME = "21361", "21202"
SECRET = "山田花子"  # stands for anything personal; must never be in a log


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class World:
    """Certificates on disk, made once. `files(name)` for any of: kiosk, kiosk2, other-kiosk, town, home, prefecture, centre, agency,
    nobody (no URI of ours), expired, early, server-only, foreign (another CA), next-town and next-kiosk (of the CA to come)."""

    folder: Path
    authority: ca.Authority
    next_authority: ca.Authority
    serials: dict[str, int]
    directory_key: AnswerKey
    keys: dict[str, AnswerKey]

    def files(self, name: str) -> TlsFiles:
        return TlsFiles(self.folder / f"{name}.pem", self.folder / f"{name}.key", self.folder / "ca.pem")

    def crl(self, number: int = 1, *revoked: str, by: ca.Authority | None = None, due: timedelta = timedelta(days=1)) -> bytes:
        """`revoked`: names of certificates."""
        return (by or self.authority).revoke([self.serials[name] for name in revoked], number, (now() - timedelta(hours=1), now() + due))

    def both(self) -> bytes:
        """The CA and the one that will take its place."""
        return b"".join(each.certificate.public_bytes(Encoding.PEM) for each in (self.authority, self.next_authority))

    def directory(
        self,
        version: int = 1,
        urls: dict[str, Sequence[str]] | None = None,
        towns: Sequence[str] = (TOWN, HOME),
        delegates: bool = True,
        issued: datetime | None = None,
        agencies: Sequence[str] = (),
    ) -> str:
        at = urls or {}
        towns = [
            Town(code=code, name=code, prefecture="21", urls=list(at.get(code, ())), keys=[self.keys[code].public()]) for code in towns
        ]
        prefectures = [Prefecture(code="21", name="21", urls=list(at.get("21", ())), delegates=delegates)]
        return sign_directory(
            Directory(
                version=version,
                issued=(issued or now()).isoformat(),
                centre_name="centre",
                centre_urls=list(at.get("centre", ())),
                prefectures=prefectures,
                towns=towns,
                agencies=list(agencies),
            ),
            self.directory_key,
        )


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    authority, coming, foreign = (ca.make_authority(name, now()) for name in ("CA", "CA to come", "other CA"))
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
        "second-town": (authority, f"jukinet://node/{TOWN}", ca.NODE_USES, valid),
        "next-town": (coming, f"jukinet://node/{TOWN}", ca.NODE_USES, valid),
        "next-kiosk": (coming, f"jukinet://kiosk/{TOWN}/k1", ca.KIOSK_USES, valid),
    }
    serials = {}
    for name, (by, uri, uses, dates) in rows.items():
        key = ca.new_key()
        certificate = by.issue(uri, key, uses, dates)
        ca.save_key(folder / f"{name}.key", key)
        ca.save_certificate(folder / f"{name}.pem", certificate)
        serials[name] = certificate.serial_number
    made = World(folder, authority, coming, serials, AnswerKey.make(), {TOWN: AnswerKey.make(), HOME: AnswerKey.make()})
    (folder / "directory.jwk.json").write_text(json.dumps(made.directory_key.public()))
    return made


class SmallTown:
    """Answers as town `code` and, for records, as the home town. `asked` lists the deeds begun, `refusals` what the door turned away."""

    def __init__(self, world: World, code: str, directory: str) -> None:
        self.world, self.code, self.raw_directory, self.version = world, code, directory, 1
        self.asked: list[str] = []
        self.refusals: queue.Queue[tuple[str, str]] = queue.Queue()
        self.notes: queue.Queue[dict[str, object]] = queue.Queue()
        self.raw_lists, self.crl = b"", list[int]()
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

    async def issue_notices(self, peer, ask, raw) -> Receipt:
        self.asked.append("issue_notices")
        return Receipt(number=ask.notices[-1].number)

    async def issue_notice(self, peer, ask, raw) -> Receipt:
        self.asked.append("issue_notice")
        return Receipt(number=ask.number)

    async def identity_notice(self, peer, ask, raw) -> Receipt:
        self.asked.append("identity_notice")
        return Receipt(number=ask.number)

    async def agency_check(self, peer, ask, raw) -> CheckAnswer:
        self.asked.append("agency_check")
        return CheckAnswer(finding=Finding(verdict=Verdict.NOT_FOUND))

    async def agency_batch(self, peer, ask, raw) -> BatchAnswer:
        self.asked.append("agency_batch")
        return BatchAnswer(batch=ask.batch, piece=ask.piece, findings=[Finding(verdict=Verdict.NOT_FOUND) for _ in ask.persons])

    async def confirm(self, peer, ask, raw) -> Witnessed:
        self.asked.append("confirm")
        return Witnessed(size=0)

    async def kiosk_status(self, peer, ask, raw) -> Heard:
        self.asked.append("kiosk_status")
        return Heard()

    async def opinion(self, peer, ask, raw) -> Heard:
        self.asked.append("opinion")
        return Heard()

    def __getattr__(self, deed: str) -> Callable[..., object]:
        """Every other deed of a node: counted, and nobody is known."""
        if deed not in vars(Answering):
            raise AttributeError(deed)

        async def asked(*question: object) -> None:
            self.asked.append(deed)
            raise Problem(Kind.NOT_FOUND, deed)

        return asked

    async def health(self, peer) -> Health:
        self.asked.append("health")
        return Health(node=self.code, hours="open", directory=self.version, crl=self.crl)

    async def directory(self, peer) -> Signed:
        self.asked.append("directory")
        return Signed(answer=self.raw_directory)

    async def revocations(self, peer) -> Revocations:
        self.asked.append("revocations")
        return Revocations(lists=self.raw_lists)

    def note(self, kind: str, **fields: object) -> None:
        self.notes.put({"kind": kind, **fields})

    def refused(self, who: str, reason: str) -> None:
        self.refusals.put((who, reason))


@dataclass
class Running:
    """A SmallTown that listens, on a loop in a thread of its own."""

    world: World
    services: SmallTown
    log: io.StringIO
    port: int
    files: TrustFiles
    trust: Trust
    links: LiveLinks
    _loop: asyncio.AbstractEventLoop
    _stop: asyncio.Event
    _thread: threading.Thread
    ended: bool = field(default=False)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def refusal(self) -> tuple[str, str]:
        return self.services.refusals.get(timeout=10)

    def note(self, kind: str) -> dict[str, object]:
        """The next of this kind."""
        while (note := self.services.notes.get(timeout=10))["kind"] != kind:
            pass
        return note

    def put(self, path: Path, content: bytes | str) -> None:
        """A file, whole, as an installer would."""
        beside = path.with_name(path.name + ".installing")
        beside.write_bytes(content if isinstance(content, bytes) else content.encode())
        beside.replace(path)

    def use_certificate(self, name: str) -> None:
        """For links from now on; returns when it is in force."""
        files = self.world.files(name)
        self.put(self.files.tls.certificate, files.certificate.read_bytes())
        self.put(self.files.tls.key, files.key.read_bytes())
        assert self.note("node_renewed")["certificate"] == f"{self.world.serials[name]:x}"

    def log_lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def stop(self) -> None:
        if not self.ended:
            self.ended = True
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(20)


Opener = Callable[..., Running]
OWN = {TOWN: "town", HOME: "home", "21": "prefecture", "centre": "centre"}
PATIENCE = Patience.of_hours(24, 48, 24, 48)


def node_files(world: World, code: str, directory: str, folder: Path) -> TrustFiles:
    """A node's own copies of everything that may change while it runs."""
    (folder / "data").mkdir(parents=True)
    own = world.files(OWN[code])
    tls = TlsFiles(folder / "cert.pem", folder / "key.pem", folder / "ca.pem")
    for there, here in ((own.certificate, tls.certificate), (own.key, tls.key), (own.ca, tls.ca)):
        here.write_bytes(there.read_bytes())
    (folder / "crl.pem").write_bytes(world.crl())
    (folder / "directory.jws").write_text(directory)
    key = world.folder / "directory.jwk.json"
    return TrustFiles(f"jukinet://node/{code}", tls, folder / "crl.pem", folder / "directory.jws", key, folder / "data")


@pytest.fixture
def open_town(world: World, tmp_path: Path) -> Iterator[Opener]:
    """open_town(role=…, code=…, certificate=…, within=…, handshake_seconds=…, services=…, directory=…) -> Running

    `certificate`: an impostor's. The node's files are in a folder of its own, and it looks at them as a whole node does.
    """
    running: list[Running] = []

    def opened(
        role: PeerKind = PeerKind.MUNICIPALITY,
        code: str = TOWN,
        certificate: str | None = None,
        within=(),
        handshake_seconds: float = 5.0,
        services: type[SmallTown] = SmallTown,
        directory: str | None = None,
        port: int = 0,
        limits: Limits = DEFAULTS,
        oldest_link: float = 3600.0,
        fetching: float = 300.0,
        patience: Patience = PATIENCE,
        clock: Callable[[], datetime] = now,
    ) -> Running:
        raw = directory or world.directory()
        town, log = services(world, code, raw), io.StringIO()
        files = node_files(world, code, raw, tmp_path / f"node-{len(running)}")
        first = load_trust(files, now())
        town.raw_lists, town.crl = first.lists.raw, list(first.lists.numbers.values())
        if certificate is not None:
            first = replace(first, door=door_context(world.files(certificate)))
        trust = Trust(first, DirectoryBook(raw, world.directory_key.public()), patience, clock)
        links = LiveLinks(limits.links, limits.links_a_peer)
        front = Front(code, role, town, trust, Log(log, now), lambda: "made-here", limits, oldest_link)
        started: queue.Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = queue.Queue()

        async def serve() -> None:
            stop, lines = asyncio.Event(), Lines(front.trust.book, lambda: trust.current.line)
            renewal = Renewal(files, trust, links, lines, town.note, front.log, clock)
            rounds = [asyncio.create_task(each) for each in (renewal.watch(0.05), renewal.fetch(code, fetching))]
            async with listening(front, [("127.0.0.1", port)], links, within, handshake_seconds) as ((_, bound),):
                started.put((asyncio.get_running_loop(), stop, bound))
                await stop.wait()
            for task in rounds:
                task.cancel()
            await asyncio.gather(*rounds, return_exceptions=True)
            await lines.close()

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        loop, stop, bound = started.get(timeout=10)
        running.append(Running(world, town, log, bound, files, trust, links, loop, stop, thread))
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


def ends(link: NodeLink) -> bool:
    """Waits for it."""
    assert isinstance(link.sock, ssl.SSLSocket)
    link.sock.settimeout(10)
    try:
        return link.sock.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


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
