"""A small network in one process: two towns, their prefecture and the centre, joined without sockets. Each node is the real one, on real
files and keys; only the line between them is a call. It can be cut, and it remembers what went over it."""

import asyncio
import itertools
import re
import shutil
import sys
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from sqlalchemy import Connection, Engine, MetaData, Table, event, insert, select

from jukinet.errors import Kind, Problem
from jukinet.lab.cards import populate
from jukinet.messages import CardProof, Claims, ExtractAsk, HouseholdAsk, IssueAsk, Item, NonceAsk, OutcomeReport, Result, proof_message
from jukinet.node.agencies.keeping import KEEP, Keeping
from jukinet.node.directory import DirectoryBook
from jukinet.node.freshness import Patience
from jukinet.node.opening import open_services
from jukinet.node.outbox import Pauses
from jukinet.node.routes import ROUTES
from jukinet.node.services import Services
from jukinet.node.settings import Hours, IssueSettings, NodeSettings
from jukinet.node.storage.open import File, Place, Server, open_store, read_once
from jukinet.node.storage.tables import ISSUES, REGISTER
from jukinet.node_messages import Directory, Prefecture, Town
from jukinet.notes import LogKey, log_owner
from jukinet.peers import Peer, parse_uri
from jukinet.signing import AnswerKey, Expect, open_answer, sign_directory

HERE, HOME, PREFECTURE, CENTRE = "21361", "21202", "21", "centre"
NAMES = {HERE: "岐阜県不破郡垂井町", HOME: "岐阜県大垣市", PREFECTURE: "岐阜県", CENTRE: "全国センター"}
ALWAYS = Hours("00:00", "24:00", every_day=True)
RESIDENTS = 60
T = TypeVar("T")

_PATHS = {route.path: route for route in ROUTES if route.shape is not None}


class Nodes(dict[str, Services]):
    """Opened when first asked for: most stories need two or three of the four."""

    def __init__(self, open_one: Callable[[str], Services]) -> None:
        self._open_one = open_one

    def __missing__(self, code: str) -> Services:
        self[code] = self._open_one(code)
        return self[code]


@dataclass
class Clock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Line:
    """One node's way to the others."""

    network: "Network"
    uri: str

    async def ask(self, code: str, path: str, body: bytes, seconds: float) -> bytes:
        if code in self.network.down:
            self.network.knocks += 1
            raise Problem(Kind.UNREACHABLE, "no-link")
        route = _PATHS[path]
        self.network.at_line()
        deed = route.deed(self.network.nodes[code])
        answer = msgspec.json.encode(await deed(peer(self.uri), msgspec.json.decode(body, type=route.shape), body))
        self.network.heard.append((self.uri, code, path, body, answer))
        self.network.at_line()
        if self.network.lose_answers > 0:
            self.network.lose_answers -= 1
            raise Problem(Kind.UNREACHABLE, "broken")
        return answer


def peer(uri: str) -> Peer:
    known = parse_uri(uri)
    assert known is not None
    return Peer(uri, *known)


@dataclass
class Card:
    certificate: bytes
    key: RSAPrivateKey

    @property
    def fingerprint(self) -> bytes:
        return sha256(self.certificate).digest()

    def prove(self, visit: str, nonce: bytes, kiosk: str) -> CardProof:
        message = proof_message(visit, nonce, kiosk)
        return CardProof(certificate=self.certificate, signature=self.key.sign(message, PKCS1v15(), SHA256()))


@cache
def _card(certificate: bytes, key: bytes) -> Card:
    """Reading an RSA key checks it, which takes longer than a visit."""
    private = load_pem_private_key(key, None)
    assert isinstance(private, RSAPrivateKey)
    return Card(certificate, private)


@dataclass
class Kiosk:
    """What a kiosk of `network.nodes[HERE]` does in a visit, one call a step."""

    network: "Network"
    name: str = "k1"
    town: str = HERE

    @property
    def peer(self) -> Peer:
        return peer(f"jukinet://kiosk/{self.town}/{self.name}")

    @property
    def node(self) -> Services:
        return self.network.nodes[self.town]

    async def begin(self, case: str) -> "Visit":
        visit = self.network.new_visit()
        nonce = await self.node.nonce(self.peer, NonceAsk(visit=visit), b"")
        return Visit(self, visit, nonce.nonce, self.network.card(case))


@dataclass
class Visit:
    kiosk: Kiosk
    id: str
    nonce: bytes
    card: Card

    def _common(self) -> dict[str, Any]:
        return {"visit": self.id, "nonce": self.nonce, "town": self.kiosk.town, "kiosk": self.kiosk.name}

    def household_ask(self) -> HouseholdAsk:
        return HouseholdAsk(**self._common(), proof=self.card.prove(self.id, self.nonce, self.kiosk.name))

    def extract_ask(self, persons: list[int], items: list[Item] | None = None) -> ExtractAsk:
        proof = self.card.prove(self.id, self.nonce, self.kiosk.name)
        return ExtractAsk(**self._common(), proof=proof, persons=persons, items=items or [])

    async def household(self) -> Claims:
        ask = self.household_ask()
        raw = msgspec.json.encode(ask)
        signed = await self.kiosk.node.household(self.kiosk.peer, ask, raw)
        return self.open(signed.answer, raw)

    async def extract(self, persons: list[int], items: list[Item] | None = None) -> tuple[Claims, str]:
        ask = self.extract_ask(persons, items)
        raw = msgspec.json.encode(ask)
        signed = await self.kiosk.node.extract(self.kiosk.peer, ask, raw)
        return self.open(signed.answer, raw), signed.answer

    async def issue(self, extract: str, copies: int = 1) -> Claims:
        ask = IssueAsk(**self._common(), extract=extract, copies=copies)
        raw = msgspec.json.encode(ask)
        signed = await self.kiosk.node.issue(self.kiosk.peer, ask, raw)
        return self.open(signed.answer, raw)

    async def report(self, result: Result, reason: str = "", printed: int = 0) -> Any:
        report = OutcomeReport(visit=self.id, result=result, reason=reason, copies_printed=printed)
        return await self.kiosk.node.outcome(self.kiosk.peer, report, msgspec.json.encode(report))

    def open(self, token: str, raw: bytes) -> Claims:
        """As the kiosk does: by its own memory of what it asked."""
        book = self.kiosk.network.book
        for town in (HERE, HOME):
            if any(key["kid"] in _header(token) for key in book.keys(town)):
                expect = Expect(self.id, self.nonce, self.card.fingerprint, self.kiosk.peer.uri, sha256(raw).digest(), town)
                return open_answer(token, book.keys(town), expect, self.kiosk.network.clock())
        raise AssertionError("signed by nobody we know")


def _header(token: str) -> str:
    part = token.split(".")[0]
    return urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode()


@dataclass
class Network:
    root: Path
    clock: Clock
    book: DirectoryBook
    centre: AnswerKey
    storage: str = ""  # address of a PostgreSQL server; "" for files
    hours: dict[str, Hours] = field(default_factory=dict)
    fees: dict[str, int] = field(default_factory=dict)  # yen a copy; 300 where a town has none of its own
    agencies: Path | None = None  # the signed table; beside it the key
    keeping: Keeping = KEEP
    down: set[str] = field(default_factory=set)
    lose_answers: int = 0
    knocks: int = 0
    at_line: Callable[[], None] = lambda: None  # called as each question leaves, and again as its answer does
    heard: list[tuple[str, str, str, bytes, bytes]] = field(default_factory=list)
    _visits: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.nodes = Nodes(self.open)

    def settings(self, code: str) -> NodeSettings:
        folder = self.root / "nodes" / code
        known = parse_uri(f"jukinet://node/{code}")
        assert known is not None
        unused = folder / "unused"
        issue = IssueSettings(f"{NAMES[code]}長", "水門 一", "この写しは、住民票の記載と相違ないことを証明する。", self.fees.get(code, 300))
        return NodeSettings(
            role=known[0],
            code=code,
            name=NAMES[code],
            listen=(),
            data=folder,
            certificate=unused,
            key=unused,
            ca=unused,
            crl=unused,
            answer_key=folder / "answer.jwk.json",
            seal_key=folder / "seal.pem",
            log_key=folder / "log.key",
            directory=unused,
            directory_key=unused if self.agencies is None else self.agencies.with_name("directory.jwk.json"),
            card_anchors=self.root / "jpki" / "anchors",
            hours=self.hours.get(code, ALWAYS),
            network=self.hours.get("network", ALWAYS),
            issue=issue if len(code) == 5 else None,
            patience=Patience.of_hours(24 * 365, 24 * 365, 24, 24),
            storage=self.storage,
            agencies=self.agencies,
            keeping=self.keeping,
        )

    def open(self, code: str) -> Services:
        line = Line(self, f"jukinet://node/{code}")
        pauses = Pauses(first=0.001, most=0.01)
        return open_services(self.settings(code), line, self.book, self.clock, chance=lambda: 0.5, pauses=pauses)

    def new_visit(self) -> str:
        return f"01JX{next(self._visits):022d}"

    def card(self, case: str) -> Card:
        folder = self.root / "cards" / case
        return _card((folder / "auth.der").read_bytes(), (folder / "auth.key.pem").read_bytes())

    def run(self, story: Callable[["Network"], Awaitable[T]], start: bool = False) -> T:
        """Opens the nodes, tells the story on one loop, and closes them. `start`: with their senders."""

        async def told() -> T:
            if start:
                for code in (HERE, HOME, PREFECTURE, CENTRE):
                    await self.nodes[code].start()
            try:
                return await story(self)
            finally:
                for code in tuple(self.nodes):
                    await self.nodes[code].stop()
                self.nodes.clear()

        return asyncio.run(told())

    def kiosk(self, name: str = "k1") -> Kiosk:
        return Kiosk(self, name)

    def peer(self, uri: str) -> Peer:
        return peer(uri)

    def file(self, code: str, name: str = "issue.db") -> Place:
        """Where a node's data lies; "issue.db" and "register.db" are schemas on a server."""
        return self.settings(code).place(File.ISSUES if name == "issue.db" else File.REGISTER)


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Registers, cards and keys, made once: RSA keys are slow."""
    root = tmp_path_factory.mktemp("lab")
    populate(root, RESIDENTS, 7)
    for code in (HERE, HOME, PREFECTURE, CENTRE):
        folder = root / "nodes" / code
        folder.mkdir(parents=True, exist_ok=True)
        AnswerKey.make().save(folder / "answer.jwk.json")
        LogKey.make(log_owner(code), folder / "log.key")
        key = generate_private_key(SECP256R1())
        (folder / "seal.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        for name, which in (("register.db", File.REGISTER), ("issue.db", File.ISSUES)):
            open_store(folder / name, which).close()
    return root


def _all(connection: Connection, tables: MetaData) -> dict[Table, list[dict[str, Any]]]:
    return {table: [row._asdict() for row in connection.execute(select(table))] for table in tables.sorted_tables}


def _put(connection: Connection, rows: dict[Table, list[dict[str, Any]]]) -> None:
    for table, values in rows.items():
        if values:
            connection.execute(insert(table), values)


@pytest.fixture(scope="session")
def lab_database(lab: Path, request: pytest.FixtureRequest) -> str:
    """The same registers on a PostgreSQL server: a template for as many as tests want. All four nodes share it."""
    server = request.getfixturevalue("postgresql")
    name: str = server.new_database()
    for code in (HERE, HOME, PREFECTURE, CENTRE):
        for which, tables, file in ((File.REGISTER, REGISTER, "register.db"), (File.ISSUES, ISSUES, "issue.db")):
            store = open_store(Server(server.url(name), None, which, code), which)
            store.write_now(partial(_put, rows=read_once(lab / "nodes" / code / file, partial(_all, tables=tables))))
            store.close()
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty word for files, or the address of a database with the lab's registers in it."""
    if request.param == "sqlite":
        yield ""
    else:
        template = request.getfixturevalue("lab_database")
        with request.getfixturevalue("postgresql").database(template) as url:
            yield url


@pytest.fixture
def network(lab: Path, tmp_path: Path, storage: str) -> Network:
    root = tmp_path / "lab"
    shutil.copytree(lab / "nodes", root / "nodes")
    for name in ("cards", "jpki"):  # only ever read
        (root / name).symlink_to(lab / name)
    keys = {code: AnswerKey.load(root / "nodes" / code / "answer.jwk.json").public() for code in (HERE, HOME)}
    directory = Directory(
        version=1,
        issued="2026-11-24T00:00:00Z",
        centre_name=NAMES[CENTRE],
        centre_urls=[],
        prefectures=[Prefecture(code=PREFECTURE, name=NAMES[PREFECTURE], urls=[])],
        towns=[Town(code=code, name=NAMES[code], prefecture=PREFECTURE, urls=[], keys=[key]) for code, key in keys.items()],
    )
    centre = AnswerKey.make()
    # An hour on: the cards were made this very second.
    book = DirectoryBook(sign_directory(directory, centre), centre.public())
    return Network(root, Clock(datetime.now(UTC) + timedelta(hours=1)), book, centre, storage)


# -- every statement names the municipality ---------------------------------------------------------------------------

_TABLES = "|".join(name for tables in (REGISTER, ISSUES) for name in tables.tables)
_MENTION = re.compile(rf"\b(?:FROM|JOIN|UPDATE|INTO|COPY) ({_TABLES})\b(?! \(SELECT)")
_INSERT = re.compile(rf"(?:INSERT INTO|COPY) (?:{_TABLES}) \(([^)]*)\)")


def tables_without_town(statement: str) -> set[str]:
    """Tables that a statement reads or writes without saying whose rows it means."""
    insert = _INSERT.match(statement)
    if insert is not None:
        body = statement[insert.end() :]
        named = "town" in insert.group(1).split(", ")
        return tables_without_town(body) | (set() if named else {statement[: insert.start(1)].split()[-2]})
    mentions = Counter(_MENTION.findall(statement))
    towns = {name: len(re.findall(rf"\b{name}\.town (?:=|>=) |= {name}\.town\b", statement)) for name in mentions}
    return {name for name, often in mentions.items() if towns[name] < often}


def _asker() -> str:
    """File of ours, or of a test, that a statement comes from."""
    frame = sys._getframe(2)  # not here, and not in the fixture that asks
    while frame is not None:
        name = frame.f_code.co_filename
        if ("/jukinet/" in name or "/tests/" in name) and "site-packages" not in name:
            return name
        frame = frame.f_back  # type: ignore[assignment]
    return ""


@pytest.fixture(autouse=True)
def every_statement_names_its_town() -> Iterator[None]:
    """Whatever a node's own code sends to a database in any test here. Migrations rebuild whole tables; what tests ask is their affair."""
    found: list[str] = []

    def read(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        asker = _asker()
        if tables_without_town(statement) and "/tests/" not in asker and "/migrations/" not in asker:
            found.append(f"{asker}: {statement}")

    event.listen(Engine, "before_cursor_execute", read)
    yield
    event.remove(Engine, "before_cursor_execute", read)
    assert found == []


@pytest.fixture
def towns_missing() -> Callable[[str], set[str]]:
    return tables_without_town
