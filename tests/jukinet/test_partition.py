"""Nodes on bad lines: each to each over a line of its own, of which anything may be wrong, also from the start. Who asks is told in time,
the same question again is answered once the line is well, and what waited to be told arrives, in order and once."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import count, permutations, product
from threading import Event
from time import monotonic

import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.client import RegisterClient
from jukinet.errors import Kind, NotToday, Problem
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.network import CENTRE, HOME_TOWN, NODES, PREFECTURE
from jukinet.lab.run import Lab
from jukinet.messages import IssueStatus
from jukinet.node.outbox import Pauses
from jukinet.node.register import change, history_after
from jukinet.node.storage.open import File, open_store
from tests.conftest import WithCards
from tests.jukinet.toxic import CLEAR, HOLE, REFUSE, Toxic, ToxicLine, ToxicLines
from tests.jukinet.visits import TOWN, Card, Visit, client_of, lead, now, ports_of, stored, visit_id

HOME = HOME_TOWN.code
ENDS = {"cut": Toxic(cut=0), "cut later": Toxic(cut=200), "reset": Toxic(reset=0), "refuse": REFUSE, "hole": HOLE}
SLOW = {"latency": Toxic(latency=0.05), "rate": Toxic(rate=50_000)}
# What the terminal is told when its town cannot reach that node. Who gives up sooner than its town does is told nothing.
TOLD = {CENTRE.code: (Kind.UNREACHABLE, ""), HOME: (Kind.NOT_TODAY, NotToday.HOME_UNREACHABLE)}


@dataclass
class Net:
    """A lab whose nodes reach each other over `lines[asker, asked]`."""

    paths: LabPaths
    lab: Lab
    lines: dict[tuple[str, str], ToxicLine]
    client: RegisterClient
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def visit(self) -> Visit:
        return Visit(self.client, Card.of(self.paths, "hanako"), visit_id(next(self._numbers)))

    def all(self, toxic: Toxic) -> None:
        for line in self.lines.values():
            line.be(toxic)

    def given(self, visit: Visit) -> str:
        """What the home town knows of it."""
        return "".join(status for (status,) in stored(self.paths, HOME, f"SELECT status FROM given WHERE visit = '{visit.visit}'"))

    def until(self, condition: Callable[[], object], seconds: float = 60) -> None:
        limit = monotonic() + seconds
        while not condition():
            assert monotonic() < limit
            Event().wait(0.05)

    def waiting(self) -> list[tuple[str, int]]:
        """Notices that are not yet where they belong, by node; put aside as dead ones too."""
        return [(node.code, left) for node in NODES for (left,) in stored(self.paths, node.code, "SELECT count(*) FROM outbox") if left]

    def kinds(self, code: str) -> Counter[str]:
        return Counter(json.loads(entry)["kind"] for (entry,) in stored(self.paths, code, "SELECT entry FROM audit"))


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory, with_cards: WithCards) -> Iterator[Net]:
    """Torn apart when its nodes start, then mended."""
    paths = prepare(with_cards(tmp_path_factory.mktemp("lab")), 40, 1, now())
    with ToxicLines() as lines:
        ports = ports_of(paths)
        made = {(asker, asked): lines.to(ports[asked]) for asker, asked in permutations(ports, 2)}
        lead(paths, {pair: line.url for pair, line in made.items()})
        for line in made.values():
            line.be(REFUSE)
        with Lab(paths) as lab:
            client = client_of(paths)
            yield Net(paths, lab, made, client)
            client.close()


@pytest.fixture(autouse=True)
def well_again(net: Net) -> Iterator[None]:
    yield
    net.all(CLEAR)


def test_a_network_that_starts_torn_apart_grows_together(net: Net) -> None:
    """First of all: nothing has passed between any two nodes yet. What each has to tell waits, and arrives."""
    visit = net.visit()
    visit.prove()
    with pytest.raises(Problem) as caught:
        visit.household()
    assert (caught.value.kind, caught.value.reason) == (Kind.UNREACHABLE, "no-link")
    net.until(lambda: {code for code, _ in net.waiting()} >= {TOWN, HOME})
    known = "SELECT resident_code FROM identities ORDER BY resident_code"
    assert stored(net.paths, CENTRE.code, known, "register.db") == []
    net.all(CLEAR)
    assert visit.household().town == HOME
    net.until(lambda: net.waiting() == [])
    told = [stored(net.paths, code, known, "register.db") for code in (PREFECTURE.code, CENTRE.code)]
    assert told[0] == told[1]
    assert len(told[0]) > 40
    for node in NODES:
        assert not net.kinds(node.code) & Counter(["node_notice_dead", "node_split_view"])


@pytest.mark.parametrize("ends", ENDS)
@pytest.mark.parametrize("asked", list(TOLD))
def test_a_town_whose_line_ends_in_a_question(net: Net, asked: str, ends: str) -> None:
    """The same question is answered once the line is well, and the visit goes on to its end."""
    line, visit = net.lines[TOWN, asked], net.visit()
    visit.prove()
    line.be(ENDS[ends])
    with pytest.raises(Problem) as caught:
        visit.household(seconds=1 if ends == "hole" else 10)
    if ends != "hole":
        kind, reason = TOLD[asked]
        assert (caught.value.kind, caught.value.reason if reason else "") == (kind, reason)
    line.be(CLEAR)
    assert [member.number for member in visit.household().members] == [1, 2, 3]
    line.be(ENDS[ends])
    if asked == HOME:
        with pytest.raises(Problem):
            visit.extract(seconds=1)
        line.be(CLEAR)
    visit.extract()  # whose card it is, the centre is asked once a visit
    line.be(ENDS[ends])
    assert visit.issue(seconds=20).copies[0].serial > 0
    assert visit.printed().status is IssueStatus.PRINTED
    line.be(CLEAR)
    net.until(lambda: net.given(visit) == "printed")


@pytest.mark.parametrize("asked", list(TOLD))
def test_a_town_says_in_time_what_it_cannot_reach(net: Net, asked: str) -> None:
    """Within what a terminal waits for a household: it is told which node is silent, and does not have to guess."""
    visit = net.visit()
    visit.prove()
    net.lines[TOWN, asked].be(HOLE)
    received = net.client.bytes_received
    with pytest.raises(Problem) as caught:
        visit.household(seconds=18)
    kind, reason = TOLD[asked]
    assert (caught.value.kind, caught.value.reason) == (kind, reason or "timeout")
    assert net.client.bytes_received > received


@pytest.mark.parametrize("slow", SLOW)
def test_slow_lines_are_no_reason(net: Net, slow: str) -> None:
    net.all(SLOW[slow])
    visit = net.visit()
    visit.prove()
    visit.household(18)
    visit.extract(seconds=18)
    visit.issue(18)
    visit.printed(18)
    net.until(lambda: net.given(visit) == "printed")


@pytest.mark.parametrize("ends", ["hole", "refuse", "cut"])
def test_what_towns_could_not_tell_each_other_arrives_in_order_and_once(net: Net, ends: str) -> None:
    """Papers are issued on records that had come before, and the home town hears of each when it can: issued, then printed."""
    visits = [net.visit() for _ in range(4)]
    for visit in visits:
        visit.prove()
        visit.household()
        visit.extract()
    net.lines[TOWN, HOME].be(ENDS[ends])
    for visit in visits:
        visit.issue()
        visit.printed()
    assert "printed" not in {net.given(visit) for visit in visits}  # where receipts are cut off, the first notice came, and will again
    assert net.waiting() == [(TOWN, 2 * len(visits))]
    net.lines[TOWN, HOME].be(CLEAR)
    net.until(lambda: net.waiting() == [])
    names = [visit.visit for visit in visits]
    lines = [json.loads(entry) for (entry,) in stored(net.paths, HOME, "SELECT entry FROM audit WHERE stream = 'exchanges' ORDER BY seq")]
    heard = [(line["visit"], line["status"]) for line in lines if line["kind"] == "node_issue_told" and line["visit"] in names]
    assert heard == [(name, status) for name in names for status in ("issued", "printed")]


# The two lines on which identities travel: each way of ending is tried on one of them here, on both in `make soak`.
TRAVELS = {"to the prefecture": (HOME, PREFECTURE.code), "to the centre": (PREFECTURE.code, CENTRE.code)}
HERE = {"hole": "to the prefecture", "reset": "to the prefecture"}  # the others to the centre


def _travels() -> Iterator[object]:
    for way, ends in product(TRAVELS, ENDS):
        here = HERE.get(ends, "to the centre") == way
        yield pytest.param(way, ends, id=f"{way}-{ends}", marks=() if here else pytest.mark.soak)


@pytest.mark.parametrize(("way", "ends"), list(_travels()))
def test_a_changed_identity_arrives_when_the_line_is_well(net: Net, way: str, ends: str) -> None:
    asker, asked = TRAVELS[way]
    net.all(CLEAR)  # in a run of these alone the network is still torn apart
    net.lines[asker, asked].be(ENDS[ends])
    net.lab.kill(HOME)
    store = open_store(net.paths.node(HOME) / "register.db", File.REGISTER)
    person = store.read_now(lambda connection: next(history for *_, history in history_after(connection, HOME, 0, 1)))
    building = f"{way}, {ends}"
    store.write_now(partial(change, town=HOME, resident=person.id, reason="職権修正", changed="2026-04-01", building=building))
    store.close()
    net.lab.restart(HOME)
    net.until(lambda: asker in {code for code, _ in net.waiting()})
    net.lines[asker, asked].be(CLEAR)
    net.until(lambda: net.waiting() == [], Pauses().most + 40)  # the sender may just have begun its longest pause
    query = f"SELECT address FROM identities WHERE resident_code = '{person.resident_code}'"
    told = [stored(net.paths, code, query, "register.db") for code in (PREFECTURE.code, CENTRE.code)]
    assert told[0] == told[1]
    assert any(address.endswith(building) for (address,) in told[0])


def test_witnesses_that_were_cut_off_confirm_after_all(net: Net) -> None:
    """In the round at their next start, where none has come before."""
    for node in NODES:
        net.lab.restart(node.code)
        net.until(lambda code=node.code: stored(net.paths, code, "SELECT count(*) FROM confirmed") == [(2,)])


def test_all_logs_hold(net: Net) -> None:
    for node in NODES:
        result = CliRunner().invoke(app, ["audit", "verify", "--settings", str(net.paths.node_settings(node.code))])
        assert (result.exit_code, result.stdout.count(": HOLDS")) == (0, 2), result.stdout
        assert not net.kinds(node.code) & Counter(["node_notice_dead", "node_split_view"])
