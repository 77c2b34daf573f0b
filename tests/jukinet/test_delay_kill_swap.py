"""Delay, kill and swap: what happened at Yokohama, Kawasaki and Takamatsu, all of it at once, on a running network.

Terminals whose patience is drawn at random ask a town whose nodes are killed again and again, and which for a time is a build that gives
one visit's answers to another. They ask again after a loss, as a terminal does after a power cut, some of them after success too, and some
reuse a visit's name for another question. In the end one copy a visit is issued, no number is missing, whoever got an answer got the one
that is written down, and nobody got a stranger's.
"""

import base64
import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import Condition
from time import monotonic
from typing import Any, TypeVar

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.client import Line, RegisterClient
from jukinet.errors import Kind, NotToday, Problem, WrongAnswer
from jukinet.lab import ca
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.network import HOME_TOWN, KIOSK_TOWN, NODES
from jukinet.lab.run import Lab
from jukinet.messages import (
    CardProof,
    Claims,
    ExtractAsk,
    HouseholdAsk,
    Issue,
    IssueAsk,
    IssueStatus,
    OutcomeReport,
    Result,
    proof_message,
)
from jukinet.signing import digest

TOWN, HOME = KIOSK_TOWN.code, HOME_TOWN.code
TERMINALS = ("k1", "k2")
AT_ONCE = 8  # visits, half of them at each terminal
CASES = ("hanako", "taro", "local", "large_household")  # of the other town and of this one, of one person and of many
PATIENCE = (0.004, 0.02, 0.1, *(5.0,) * 13)  # seconds: from hopeless to ample
GIVES_UP = 120.0  # seconds: longer than all the dead nodes of a run together
ASKS_AGAIN, ASKS_OTHERWISE = 0.30, 0.05  # of the visits, after success
# Who is killed, one after the other, and what the town's build mixes up from its next start on.
DEATHS = (
    (TOWN, None),
    (HOME, None),
    (TOWN, "households"),
    (TOWN, "extracts"),
    (TOWN, "issues"),
    (TOWN, None),
    ("centre", None),
    (HOME, None),
)
MIXED_UP = 4  # answers, then it is found out and killed
# What a terminal may be told while nodes die: ask again. Anything else is a fault.
PASSING = {(Kind.UNREACHABLE, ""), (Kind.DEADLINE, ""), (Kind.BUSY, ""), (Kind.NOT_TODAY, NotToday.HOME_UNREACHABLE)}

T = TypeVar("T")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Happened:
    """What all visits together met. `changed` is told of each."""

    lost: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    otherwise: int = 0  # a visit's name reused for another question, and refused
    done: int = 0
    changed: Condition = field(default_factory=Condition)

    def note(self, deed: Callable[[], object]) -> None:
        with self.changed:
            deed()
            self.changed.notify_all()

    def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        with self.changed:
            return self.changed.wait_for(condition, seconds)


@dataclass
class Terminal:
    """One link, one visit after another, and what was told in each."""

    client: RegisterClient
    name: str
    cards: "Cards"
    chance: Random
    happened: Happened
    issued: dict[str, list[Issue]] = field(default_factory=dict)

    def visit(self, visit: str, case: str) -> None:
        card, names = self.cards.of(case), self.cards.households[case]
        nonce = self._told(lambda seconds: self.client.nonce(visit, seconds))
        who: dict[str, Any] = {"visit": visit, "nonce": nonce, "town": TOWN, "kiosk": self.name}
        proof = CardProof(certificate=card.certificate, signature=card.sign(proof_message(visit, nonce, self.name)))
        household = self._told(lambda seconds: self.client.household(HouseholdAsk(**who, proof=proof), card.digest, seconds))
        assert [member.name for member in household.members] == names, "a stranger's household"
        persons = [self.chance.choice(household.members).number]
        ask = ExtractAsk(**who, proof=proof, persons=persons, items=[])
        extract, token = self._told(lambda seconds: self.client.extract(ask, card.digest, seconds))
        assert {person.name for person in extract.persons} <= set(names), "a stranger's record"
        question = IssueAsk(**who, extract=token, copies=1)
        told = self.issued.setdefault(visit, [])
        told.append(self._told(lambda seconds: self.client.issue(question, card.digest, seconds)))
        if self.chance.random() < ASKS_AGAIN:
            told.append(self._told(lambda seconds: self.client.issue(question, card.digest, seconds)))
        if self.chance.random() < ASKS_OTHERWISE:
            self._refused(IssueAsk(**who, extract=token, copies=2), card.digest)
        report = OutcomeReport(visit=visit, result=Result.PRINTED, copies_printed=1)
        assert self._told(lambda seconds: self.client.report(report, seconds)).status is IssueStatus.PRINTED
        self.happened.note(self._done)

    def _told(self, ask: Callable[[float], T]) -> T:
        """The answer, whatever it takes."""
        until = monotonic() + GIVES_UP
        while monotonic() < until:
            try:
                answer = ask(self.chance.choice(PATIENCE))
            except Problem as problem:
                if not {(problem.kind, ""), (problem.kind, problem.reason)} & PASSING:
                    raise
                self._lose(self.happened.lost, problem.reason or str(problem.kind))
            except WrongAnswer as wrong:
                self._lose(self.happened.wrong, wrong.field)
            else:
                self.happened.answers += 1
                return answer
        raise AssertionError("no answer")

    def _refused(self, question: IssueAsk, card: bytes) -> None:
        with pytest.raises(Problem) as caught:
            self._told(lambda seconds: self.client.issue(question, card, seconds))
        assert caught.value.kind is Kind.OTHER_REQUEST
        self.happened.otherwise += 1

    def _lose(self, what: Counter[str], reason: str) -> None:
        self.happened.note(lambda: what.update([reason]))
        self.happened.until(lambda: False, self.chance.uniform(0.02, 0.2))

    def _done(self) -> None:
        self.happened.done += 1


@dataclass
class Card:
    certificate: bytes
    key: RSAPrivateKey

    @property
    def digest(self) -> bytes:
        return digest(self.certificate)

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message, PKCS1v15(), SHA256())


@dataclass
class Cards:
    """And whose names each may bring, asked before anything was wrong."""

    folder: Path
    households: dict[str, list[str]] = field(default_factory=dict)
    read: dict[str, Card] = field(default_factory=dict)

    def of(self, case: str) -> Card:
        if case not in self.read:
            key = load_pem_private_key((self.folder / case / "auth.key.pem").read_bytes(), None)
            assert isinstance(key, RSAPrivateKey)
            self.read[case] = Card((self.folder / case / "auth.der").read_bytes(), key)
        return self.read[case]

    def learn(self, terminal: Terminal, case: str, visit: str) -> None:
        card = self.of(case)
        nonce = terminal.client.nonce(visit, 10)
        proof = CardProof(certificate=card.certificate, signature=card.sign(proof_message(visit, nonce, terminal.name)))
        ask = HouseholdAsk(visit=visit, nonce=nonce, town=TOWN, kiosk=terminal.name, proof=proof)
        self.households[case] = [member.name for member in terminal.client.household(ask, card.digest, 10).members]


def laid_out(folder: Path) -> LabPaths:
    """A lab with two terminals, whose nodes take as many questions from one peer as come: here one is eight."""
    paths = prepare(folder, 40, 1, now())
    for node in NODES:
        with paths.node_settings(node.code).open("a") as settings:
            settings.write("\n[limits]\nrate = 5000\nburst = 5000\n")
    authority = ca.load_authority(paths.root / "ca")
    for name in TERMINALS[1:]:
        paths.kiosk(name).mkdir()
        key = ca.new_key()
        ca.save_key(paths.kiosk(name) / "key.pem", key)
        dates = (now() - ca.BEFORE, now() + ca.VALID)
        ca.save_certificate(paths.kiosk(name) / "cert.pem", authority.issue(f"jukinet://kiosk/{TOWN}/{name}", key, ca.KIOSK_USES, dates))
    return paths


def terminals(paths: LabPaths, happened: Happened) -> list[Terminal]:
    table = msgspec.toml.decode(paths.kiosk_settings.read_bytes())["network"]
    cards, made = Cards(paths.cards), []
    for at in range(AT_ONCE):
        name = TERMINALS[at % len(TERMINALS)]
        files = [paths.kiosk(name) / "cert.pem", paths.kiosk(name) / "key.pem", paths.root / table["ca"]]
        line = Line(table["urls"], *files, TOWN, name, paths.root / table["directory_key"])
        client = RegisterClient(line, now, seen=paths.root / f"log-{at}.note")
        made.append(Terminal(client, name, cards, Random(at), happened))
    return made


def name(number: int) -> str:
    return f"01J{number:023d}"


def work(terminal: Terminal, numbers: range) -> None:
    for number in numbers:
        terminal.visit(name(number), terminal.chance.choice(CASES))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("visits", [600, pytest.param(3000, marks=pytest.mark.soak)])
def test_each_visit_is_issued_once_and_nobody_gets_a_strangers_record(tmp_path: Path, visits: int) -> None:
    paths, happened = laid_out(tmp_path), Happened()
    with Lab(paths) as lab, ThreadPoolExecutor(AT_ONCE) as at_once:
        open_to_all = terminals(paths, happened)
        for at, case in enumerate(CASES):
            open_to_all[0].cards.learn(open_to_all[0], case, name(10_000 + at))
        under_way = [at_once.submit(work, each, range(at, visits, AT_ONCE)) for at, each in enumerate(open_to_all)]
        for number, (code, swap) in enumerate(DEATHS, 1):
            if lab.swap is None:
                wait_for(happened, under_way, lambda number=number: happened.done >= number * visits // (len(DEATHS) + 1))
            lab.swap, before = swap, happened.wrong.total()
            lab.restart(code)
            if swap is not None:
                wait_for(happened, under_way, lambda before=before: happened.wrong.total() >= before + MIXED_UP)
        for future in under_way:
            future.result()
        assert lab.died() == []
        issued = {visit: told for each in open_to_all for visit, told in each.issued.items()}
        for each in open_to_all:
            each.client.close()
        settled(paths, visits)

    # What the terminals saw.
    assert happened.done == len(issued) == visits
    assert {"no-link", "timeout"} <= set(happened.lost)
    assert set(happened.wrong) <= {"visit"}
    assert happened.otherwise > 0
    assert [visit for visit, told in issued.items() if any(again != told[0] for again in told)] == []

    # What is written down.
    rows = stored(paths, TOWN, "SELECT visit, day, first_serial, copies, answer, status FROM issues WHERE status = 'printed'")
    assert sorted(row[0] for row in rows) == sorted(issued)
    assert len(stored(paths, TOWN, "SELECT visit FROM issues")) == visits
    for day, count in Counter(row[1] for row in rows).items():
        assert sorted(row[2] for row in rows if row[1] == day) == list(range(1, count + 1))
    assert all(row[3] == 1 for row in rows)
    answers = {row[0]: row[4] for row in rows}
    for visit, told in issued.items():
        claims = claims_of(answers[visit])
        assert (claims.visit, claims.body) == (visit, told[0])
    lines = [json.loads(entry) for (entry,) in stored(paths, TOWN, "SELECT entry FROM audit")]
    deeds = {line["visit"]: line["answer"] for line in lines if line["kind"] == "node_issued"}
    assert len([line for line in lines if line["kind"] == "node_issued"]) == visits
    assert deeds == {visit: sha256(answer.encode()).hexdigest() for visit, answer in answers.items()}
    for node in NODES:
        result = CliRunner().invoke(app, ["audit", "verify", "--settings", str(paths.node_settings(node.code))])
        assert (result.exit_code, result.stdout.count("HOLDS")) == (0, 2), result.stdout


def wait_for(happened: Happened, under_way: list[Future[None]], condition: Callable[[], bool]) -> None:
    """Or for a terminal that failed, whose error is raised."""
    limit = monotonic() + GIVES_UP
    while not happened.until(condition, 1.0):
        for future in under_way:
            if future.done():
                future.result()
        assert monotonic() < limit, happened
        if all(future.done() for future in under_way):
            return


def settled(paths: LabPaths, visits: int) -> None:
    """Until every notice has reached the other town, each once."""
    limit = monotonic() + 30
    away = "SELECT count(*) FROM issues WHERE home != town"
    told = "SELECT count(*) FROM given WHERE status = 'printed' AND asker != 'jukinet://node/' || town"
    while stored(paths, TOWN, away) != stored(paths, HOME, told):
        assert monotonic() < limit, (stored(paths, TOWN, away), stored(paths, HOME, told))
        Happened().until(lambda: False, 0.05)
    assert stored(paths, TOWN, "SELECT count(*) FROM outbox") == [(0,)]


def stored(paths: LabPaths, code: str, question: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{paths.node(code)}/issue.db?mode=ro", uri=True)) as db:
        return db.execute(question).fetchall()


def claims_of(token: str) -> Claims:
    payload = token.split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=Claims)
