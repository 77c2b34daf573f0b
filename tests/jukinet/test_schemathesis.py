"""Every node of a running lab, asked by everybody who may speak to it what its own OpenAPI says it may be asked, and worse.

schemathesis makes the questions from /openapi.json. Left alone they would all end at the first check, so some of their fields are
exchanged for true ones: a visit that runs, a proof of a real card, an extract, checkpoints. Whatever is asked, a node answers as it said it
would; its only 5xx is a 503 that says when to come back, and its log has no failure.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
import pytest
import requests
import schemathesis
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from requests.adapters import HTTPAdapter
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from jukinet.client import Line, RegisterClient
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.network import NODES
from jukinet.lab.run import Lab
from jukinet.messages import CardProof, ExtractAsk, HouseholdAsk, Item, Person, proof_message
from jukinet.move_messages import MoveCertificate, Mover
from jukinet.node_messages import Change, Identity
from jukinet.openapi import document
from jukinet.peers import PeerKind
from jukinet.signing import AnswerKey, digest, sign_move
from jukinet.tls import TlsFiles, line_context
from tests.conftest import WithCards

CHECKS = [status_code_conformance, content_type_conformance, response_headers_conformance, response_schema_conformance]
TOWN, HOME = "21361", "21202"
# Who asks: a folder of the lab with cert.pem and key.pem, and the code of the one whose name it bears.
ASKERS = {"kiosk": "kiosks/k1", HOME: f"nodes/{HOME}", "21": "nodes/21", "centre": "nodes/centre", "agency": "agencies/pension"}
# Questions an operation to whom it is open, well formed, and as many that are not. Whom it is closed to is refused before any is read.
FEW, MANY = 8, 200
PHASES = (Phase.generate, Phase.shrink)


@dataclass
class Running:
    """`visits`: what is true of each, under the names of the fields that it fits."""

    lab: Lab
    visits: list[dict[str, list[Any]]] = field(default_factory=list)

    def url(self, code: str) -> str:
        return f"https://127.0.0.1:{_ports(self.lab.paths)[code]}"

    def session(self, asker: str, code: str) -> requests.Session:
        session = requests.Session()
        folder = self.lab.paths.root / ASKERS[asker]
        ca = self.lab.paths.root / "ca" / "ca.pem"
        session.mount(self.url(code), _ToNode(TlsFiles(folder / "cert.pem", folder / "key.pem", ca), code))
        session.verify, session.trust_env = str(ca), False
        return session

    def log_lines(self, code: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.lab.paths.node(code) / "node.log").read_text().splitlines()]


class _ToNode(HTTPAdapter):
    """Our TLS under requests, which knows nodes by host names only."""

    def __init__(self, files: TlsFiles, code: str) -> None:
        self._context = line_context(files, code)
        super().__init__()

    def init_poolmanager(self, *sizes: Any, **more: Any) -> None:
        super().init_poolmanager(*sizes, **more, ssl_context=self._context, assert_hostname=False)


def _ports(paths: LabPaths) -> dict[str, int]:
    lines = (paths.root / "lab.toml").read_text().split("[ports]")[1].split("\n")
    return {name.strip(): int(port) for name, _, port in (line.partition("=") for line in lines) if port}


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, with_cards: WithCards) -> Iterator[Running]:
    paths = prepare(with_cards(tmp_path_factory.mktemp("lab")), 40, 1, _now())
    for node in NODES:
        with paths.node_settings(node.code).open("a") as settings_file:
            settings_file.write("\n[limits]\nrate = 1000000\nburst = 1000000\n")
    with Lab(paths) as lab:
        running = Running(lab)
        running.visits = _visits(running)
        yield running


def _visits(running: Running) -> list[dict[str, list[Any]]]:
    """Of a resident of each town: a visit that has its nonce, and one that has asked for household and record. Nothing is issued."""
    paths = running.lab.paths
    folder = paths.root / ASKERS["kiosk"]
    line = Line(
        [running.url(TOWN)],
        folder / "cert.pem",
        folder / "key.pem",
        paths.root / "ca" / "ca.pem",
        TOWN,
        "k1",
        paths.root / "directory.jwk.json",
    )
    client = RegisterClient(line, _now)
    cases = ((case, f"01J{number:023d}") for number, case in enumerate(("hanako", "hanako", "taro", "taro")))
    made = [_true_values(client, paths, case, visit, number % 2 == 1) for number, (case, visit) in enumerate(cases)]
    client.close()
    return made


def _true_values(client: RegisterClient, paths: LabPaths, case: str, visit: str, asked: bool) -> dict[str, list[Any]]:
    certificate = (paths.cards / case / "auth.der").read_bytes()
    nonce = client.nonce(visit, 10)
    key = load_pem_private_key((paths.cards / case / "auth.key.pem").read_bytes(), None)
    proof = CardProof(certificate=certificate, signature=key.sign(proof_message(visit, nonce, "k1"), PKCS1v15(), SHA256()))
    who: dict[str, Any] = {"visit": visit, "nonce": nonce, "town": TOWN, "kiosk": "k1", "proof": proof}
    today = _now().date().isoformat()
    values: dict[str, list[Any]] = {
        **{name: [value] for name, value in msgspec.to_builtins(HouseholdAsk(**who)).items()},
        "town": [TOWN, TOWN, HOME],
        "certificate": [certificate, digest(certificate), _move(paths, visit, today), _move(paths, visit, "2026-02-30")],
        "move": [visit],
        "affair": ["pension-claim", "pension-status"],
        # True, and true to the schema only.
        "persons": [[1], [1, 1], [9999]],
        "destination": [HOME, TOWN, "99999"],
        "leaves": [today, "2026-02-30", "0000-00-00"],
        "moved": [today, "2026-02-30", "9999-12-31"],
        "number": [1, 2, 2**53 - 1, 2**63],
        "old": [0, 1, 2**53 - 1],
        "piece": [0, 1],
        "changed": [today, "2026-02-30", "\x00"],
        "at": [_now().isoformat(), "\x00"],
        "cards": [
            [{"certificate": digest(certificate), "home": home, "revoked": why}] for home in (TOWN, HOME) for why in ("", "superseded")
        ],
    }
    if asked:
        client.household(HouseholdAsk(**who), digest(certificate), 10)
        extract, token = client.extract(ExtractAsk(**who, persons=[1], items=list(Item)), digest(certificate), 10)
        person = extract.persons[0]
        values |= {
            "extract": [token],
            "resident_code": [person.resident_code],
            "four": [{"name": person.name, "birth": person.birth, "sex": person.sex, "address": extract.address}],
            "identities": [[], [_identity(person, extract.address, change) for change in Change]],
        }
    return {name: msgspec.to_builtins(value) for name, value in values.items()}


def _move(paths: LabPaths, visit: str, day: str) -> str:
    """As the home town would send it."""
    mover = Mover(name="n", birth=day, sex="male", relationship="世帯主", my_number="", resident_code="00000000000")
    move = MoveCertificate(move=visit, origin=HOME, destination=TOWN, noticed=day, leaves=day, address="a", movers=[mover])
    return sign_move(move, AnswerKey.load(paths.node(HOME) / "answer.jwk.json"))


def _identity(person: Person, address: str, change: Change) -> Identity:
    code, now = person.resident_code or "", _now().isoformat()
    return Identity(resident_code=code, name=person.name, birth=person.birth, sex=person.sex, address=address, change=change, changed=now)


def _informed(body: Any, true: dict[str, list[Any]], data: st.DataObject) -> Any:
    """Some fields, at any depth, exchanged for a true value of that name."""
    if isinstance(body, list):
        return [_informed(each, true, data) for each in body]
    if not isinstance(body, dict):
        return body
    return {
        name: data.draw(st.sampled_from(true[name])) if name in true and data.draw(st.integers(0, 7)) else _informed(value, true, data)
        for name, value in body.items()
    }


ROLES = {PeerKind.MUNICIPALITY: TOWN, PeerKind.PREFECTURE: "21", PeerKind.CENTRE: "centre"}
KINDS = {"kiosk": "kiosk", HOME: "municipality", "21": "prefecture", "centre": "centre", "agency": "agency"}


@cache
def operations(role: PeerKind) -> list[Any]:
    """schemathesis reads a schema and builds its questions for seconds; whom they are for makes no difference."""
    return [found.ok() for found in schemathesis.openapi.from_dict(document(role)).get_all_operations()]


@cache
def questions(role: PeerKind, name: str, mode: GenerationMode) -> st.SearchStrategy[schemathesis.Case]:
    operation = next(each for each in operations(role) if each.definition.raw["operationId"] == name)
    strategy: st.SearchStrategy[schemathesis.Case] = operation.as_strategy(generation_mode=mode)
    return strategy


def ask_everything(running: Running, role: PeerKind, asker: str, few: int, chance: bool) -> None:
    code = ROLES[role]
    session, seen = running.session(asker, code), len(running.log_lines(code))
    said = session.get(running.url(code) + "/openapi.json").json()
    assert said == document(role) or said["status"] == 403  # a kiosk's at another node, an agency's at a town
    for operation in operations(role):
        raw = operation.definition.raw
        may = "paths" in said and any(KINDS[asker] in line["peer"] for line in raw["security"])
        modes = [GenerationMode.POSITIVE, *([GenerationMode.NEGATIVE] if may and "requestBody" in raw else [])]
        for mode in modes:
            ask(running, session, code, questions(role, raw["operationId"], mode), mode, few if may else 1, chance)
    lines = running.log_lines(code)[seen:]
    assert [line for line in lines if line["event"] in ("server_failed", "server_library")] == []
    assert len(lines) > 0
    session.close()


def ask(running: Running, session: requests.Session, code: str, asked: Any, mode: GenerationMode, most: int, chance: bool) -> None:
    @settings(max_examples=most, database=None, derandomize=not chance, phases=PHASES, suppress_health_check=list(HealthCheck))
    @given(case=asked, data=st.data())
    def one(case: schemathesis.Case, data: st.DataObject) -> None:
        if mode is GenerationMode.POSITIVE:
            true = data.draw(st.sampled_from(running.visits))
            case.body = _informed(case.body, true, data)
            if "visit" in case.path_parameters:
                visits = [case.path_parameters["visit"], *true["visit"]]
                case.path_parameters["visit"] = case.body["visit"] if isinstance(case.body, dict) else data.draw(st.sampled_from(visits))
        response = case.call(running.url(code), session=session)
        # A body that is too large is not read, whatever else is wrong with it.
        refusable = mode is GenerationMode.NEGATIVE and response.status_code != HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        case.validate_response(response, checks=[*CHECKS, negative_data_rejection] if refusable else CHECKS)
        if response.status_code >= 500:
            problem = response.json()
            late = problem["type"].endswith("/deadline") and "X-Deadline" in case.headers
            assert late or (response.status_code, problem["retry_after"] > 0) == (503, True), problem

    one()


@pytest.mark.parametrize("asker", ASKERS)
@pytest.mark.parametrize("role", ROLES)
def test_a_node_answers_as_it_said_it_would(running: Running, role: PeerKind, asker: str) -> None:
    ask_everything(running, role, asker, FEW, chance=False)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("asker", ASKERS)
@pytest.mark.parametrize("role", ROLES)
def test_a_node_answers_as_it_said_it_would_whatever_is_asked(running: Running, role: PeerKind, asker: str) -> None:
    ask_everything(running, role, asker, MANY, chance=True)
