"""What the tests of a running lab have in common: a card in a terminal's slot, a visit question by question, and what nodes wrote down."""

import sqlite3
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from jukinet.client import Line, RegisterClient
from jukinet.lab import ca
from jukinet.lab.layout import LabPaths
from jukinet.lab.network import CENTRE, KIOSK, KIOSK_TOWN
from jukinet.messages import (
    CardProof,
    Extract,
    ExtractAsk,
    Household,
    HouseholdAsk,
    Issue,
    IssueAsk,
    IssueState,
    Item,
    OutcomeReport,
    Result,
    proof_message,
)
from jukinet.signing import AnswerKey, digest, open_directory, sign_directory

TOWN = KIOSK_TOWN.code


def now() -> datetime:
    return datetime.now(UTC)


def visit_id(number: int) -> str:
    return f"01J{number:023d}"


@dataclass(frozen=True)
class Card:
    certificate: bytes
    key: RSAPrivateKey

    @classmethod
    def of(cls, paths: LabPaths, case: str) -> "Card":
        key = load_pem_private_key((paths.cards / case / "auth.key.pem").read_bytes(), None)
        assert isinstance(key, RSAPrivateKey)
        return cls((paths.cards / case / "auth.der").read_bytes(), key)

    @property
    def digest(self) -> bytes:
        return digest(self.certificate)

    def proof(self, visit: str, nonce: bytes, kiosk: str) -> CardProof:
        signature = self.key.sign(proof_message(visit, nonce, kiosk), PKCS1v15(), SHA256())
        return CardProof(certificate=self.certificate, signature=signature)


@dataclass
class Visit:
    """Each question may be asked again; it is the same one then."""

    client: RegisterClient
    card: Card
    visit: str
    kiosk: str = KIOSK
    token: str = ""  # the record, as its home signed it
    _who: dict[str, Any] = field(default_factory=dict)

    def prove(self, seconds: float = 10) -> None:
        nonce = self.client.nonce(self.visit, seconds)
        self._who = {"visit": self.visit, "nonce": nonce, "town": TOWN, "kiosk": self.kiosk}
        self._proof = self.card.proof(self.visit, nonce, self.kiosk)

    def household(self, seconds: float = 10) -> Household:
        return self.client.household(HouseholdAsk(**self._who, proof=self._proof), self.card.digest, seconds)

    def extract(self, persons: Sequence[int] = (1,), seconds: float = 10, items: Sequence[Item] = ()) -> Extract:
        ask = ExtractAsk(**self._who, proof=self._proof, persons=list(persons), items=list(items))
        extract, self.token = self.client.extract(ask, self.card.digest, seconds)
        return extract

    def issue(self, seconds: float = 10, copies: int = 1) -> Issue:
        return self.client.issue(IssueAsk(**self._who, extract=self.token, copies=copies), self.card.digest, seconds)

    def printed(self, seconds: float = 10) -> IssueState:
        return self.client.report(OutcomeReport(visit=self.visit, result=Result.PRINTED, copies_printed=1), seconds)


def client_of(paths: LabPaths, kiosk: str = KIOSK, seen: Path | None = None, urls: Sequence[str] = ()) -> RegisterClient:
    """`urls`: these and no others."""
    table = msgspec.toml.decode(paths.kiosk_settings.read_bytes())["network"]
    files = [paths.kiosk(kiosk) / "cert.pem", paths.kiosk(kiosk) / "key.pem", paths.root / table["ca"]]
    line = Line(urls or table["urls"], *files, TOWN, kiosk, paths.root / table["directory_key"], directory_urls=not urls)
    return RegisterClient(line, now, seen=seen)


def add_kiosk(paths: LabPaths, name: str) -> None:
    """Another terminal of the town, with a certificate."""
    folder, key = paths.kiosk(name), ca.new_key()
    folder.mkdir()
    dates = (now() - ca.BEFORE, now() + ca.VALID)
    ca.save_key(folder / "key.pem", key)
    authority = ca.load_authority(paths.root / "ca")
    ca.save_certificate(folder / "cert.pem", authority.issue(f"jukinet://kiosk/{TOWN}/{name}", key, ca.KIOSK_USES, dates))


def ports_of(paths: LabPaths) -> dict[str, int]:
    ports: dict[str, int] = tomllib.loads((paths.root / "lab.toml").read_text())["ports"]
    return ports


def lead(paths: LabPaths, urls: Mapping[tuple[str, str], str]) -> None:
    """From their next start on, nodes reach each other at `urls[asker, asked]`: each has a directory of its own that says so."""
    key = AnswerKey.load(paths.root / "ca" / "directory.key.jwk")
    plain = open_directory((paths.root / "directory.jws").read_text(), key.public())
    for asker in ports_of(paths):
        at = {asked: [url] for (who, asked), url in urls.items() if who == asker}
        own = msgspec.structs.replace(
            plain,
            towns=[msgspec.structs.replace(town, urls=at.get(town.code, town.urls)) for town in plain.towns],
            prefectures=[msgspec.structs.replace(each, urls=at.get(each.code, each.urls)) for each in plain.prefectures],
            centre_urls=at.get(CENTRE.code, plain.centre_urls),
        )
        (paths.node(asker) / "directory.jws").write_text(sign_directory(own, key))
        settings = paths.node_settings(asker)
        settings.write_text(settings.read_text().replace('"../../directory.jws"', '"directory.jws"'))


def stored(paths: LabPaths, code: str, question: str, file: str = "issue.db") -> list[tuple[Any, ...]]:
    """What a node has in its file, whether it runs or not."""
    with closing(sqlite3.connect(f"file:{paths.node(code)}/{file}?mode=ro", uri=True)) as db:
        return db.execute(question).fetchall()
