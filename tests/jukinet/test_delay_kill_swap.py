"""Delay, kill and swap: what happened at Yokohama, Kawasaki and Takamatsu, all of it at once, on a running network.

Terminals whose patience is drawn at random ask a town whose nodes are killed again and again, and which for a time is a build that gives
one visit's answers to another. They ask again after a loss, as a terminal does after a power cut, some of them after success too, and some
reuse a visit's name for another question. In the end one copy a visit is issued, no number is missing, whoever got an answer got the one
that is written down, and nobody got a stranger's.
"""

import base64
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import Condition
from time import monotonic
from typing import TypeVar

import msgspec
import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.client import RegisterClient
from jukinet.errors import Kind, NotToday, Problem, WrongAnswer
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.network import HOME_TOWN, NODES
from jukinet.lab.run import Lab
from jukinet.messages import Claims, Issue, IssueStatus
from tests.jukinet.visits import TOWN, Card, Visit, add_kiosk, client_of, now, stored, visit_id

HOME = HOME_TOWN.code
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


@dataclass
class Happened:
    """What all visits together met. `changed` is told of each."""

    lost: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
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
class Resident:
    """`names` are those that the card may bring, asked before anything was wrong."""

    card: Card
    names: list[str]


@dataclass
class Terminal:
    """One link, one visit after another, and what was told in each."""

    client: RegisterClient
    name: str
    chance: Random
    happened: Happened
    issued: dict[str, list[Issue]] = field(default_factory=dict)

    def visit(self, number: int, resident: Resident) -> None:
        visit = Visit(self.client, resident.card, visit_id(number), self.name)
        self._told(visit.prove)
        household = self._told(visit.household)
        assert [member.name for member in household.members] == resident.names, "a stranger's household"
        person = self.chance.choice(household.members)
        extract = self._told(lambda seconds: visit.extract([person.number], seconds))
        assert [each.name for each in extract.persons] == [person.name], "a stranger's record"
        told = self.issued.setdefault(visit.visit, [])
        told.append(self._told(visit.issue))
        if self.chance.random() < ASKS_AGAIN:
            told.append(self._told(visit.issue))
        if self.chance.random() < ASKS_OTHERWISE:
            self._refused(visit)
        assert self._told(visit.printed).status is IssueStatus.PRINTED
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
                return answer
        raise AssertionError("no answer")

    def _refused(self, visit: Visit) -> None:
        with pytest.raises(Problem) as caught:
            self._told(lambda seconds: visit.issue(seconds, copies=2))
        assert caught.value.kind is Kind.OTHER_REQUEST
        self.happened.otherwise += 1

    def _lose(self, what: Counter[str], reason: str) -> None:
        self.happened.note(lambda: what.update([reason]))
        self.happened.until(lambda: False, self.chance.uniform(0.02, 0.2))

    def _done(self) -> None:
        self.happened.done += 1


def laid_out(folder: Path) -> LabPaths:
    """A lab with two terminals, whose nodes take as many questions from one peer as come: here one is eight."""
    paths = prepare(folder, 40, 1, now())
    for node in NODES:
        with paths.node_settings(node.code).open("a") as settings:
            settings.write("\n[limits]\nrate = 5000\nburst = 5000\n")
    for name in TERMINALS[1:]:
        add_kiosk(paths, name)
    return paths


def terminals(paths: LabPaths, happened: Happened) -> list[Terminal]:
    names = [TERMINALS[at % len(TERMINALS)] for at in range(AT_ONCE)]
    return [
        Terminal(client_of(paths, name, seen=paths.root / f"log-{at}.note"), name, Random(at), happened) for at, name in enumerate(names)
    ]


def residents(paths: LabPaths, terminal: Terminal) -> list[Resident]:
    found = []
    for at, case in enumerate(CASES):
        visit = Visit(terminal.client, Card.of(paths, case), visit_id(10_000 + at), terminal.name)
        visit.prove()
        found.append(Resident(visit.card, [member.name for member in visit.household().members]))
    return found


def work(terminal: Terminal, numbers: range, people: list[Resident]) -> None:
    for number in numbers:
        terminal.visit(number, terminal.chance.choice(people))


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("visits", [600, pytest.param(3000, marks=pytest.mark.soak)])
def test_each_visit_is_issued_once_and_nobody_gets_a_strangers_record(tmp_path: Path, visits: int) -> None:
    paths, happened = laid_out(tmp_path), Happened()
    with Lab(paths) as lab, ThreadPoolExecutor(AT_ONCE) as at_once:
        open_to_all = terminals(paths, happened)
        people = residents(paths, open_to_all[0])
        under_way = [at_once.submit(work, each, range(at, visits, AT_ONCE), people) for at, each in enumerate(open_to_all)]
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
        settled(paths)

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


def settled(paths: LabPaths) -> None:
    """Until every notice has reached the other town, each once."""
    limit = monotonic() + 90  # pauses between tries have grown while the other town was dead
    away = "SELECT count(*) FROM issues WHERE home != town"
    told = "SELECT count(*) FROM given WHERE status = 'printed' AND asker != 'jukinet://node/' || town"
    while stored(paths, TOWN, "SELECT count(*) FROM outbox") != [(0,)]:
        assert monotonic() < limit
        Happened().until(lambda: False, 0.05)
    assert stored(paths, TOWN, away) == stored(paths, HOME, told)


def claims_of(token: str) -> Claims:
    payload = token.split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=Claims)
