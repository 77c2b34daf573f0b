"""A terminal on a bad line, at each step of a visit: the right screen, in time, nothing printed that was not issued; and once the line is
well again, both towns and the terminal agree about what became of the visit."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kiosk.session.limits import LIMITS
from kiosk.session.states import State
from tests.jukinet.toxic import CLEAR, HOLE, REFUSE, Toxic, ToxicLine, ToxicLines
from tests.kiosk.flows.conftest import TO_CONFIRM, TO_PAPER, TO_PERSONS, TO_PIN, TO_TAKE_CARD, Bench, Network

VERIFY = 0x20  # between the visit's first two questions

PREPARE = "tap persons.next\ntap items.next\ntap copies.next\n"
# The question -> the way to it, what is tapped then, and where the terminal waits for the answer.
STEPS = {
    "nonce": (TO_PIN, "pin 1234\n", State.PROVING),
    "household": (TO_PIN, "pin 1234\n", State.ASKING),
    "extract": (TO_PERSONS, PREPARE, State.PREPARING),
    "issue": (TO_CONFIRM, "tap confirm.yes\n", State.ISSUING),
}
# Fewer bytes than any answer has.
ENDS = {"cut": Toxic(cut=0), "cut later": Toxic(cut=200), "reset": Toxic(reset=0), "reset later": Toxic(reset=200), "refuse": REFUSE}
SLOW = {"latency": Toxic(latency=0.05), "rate": Toxic(rate=30_000)}


@dataclass
class Far:
    """A terminal at the far end of a line of which anything may be wrong."""

    bench: Bench
    line: ToxicLine
    network: Network

    def reach(self, step: str, toxic: Toxic) -> None:
        """With the line bad from just before that question on."""
        way, act, _ = STEPS[step]
        self.bench.follow(way, case="hanako")
        if step == "household":
            self._slot.before_command = lambda command: self.line.be(toxic) if command[1] == VERIFY else None
        else:
            self.line.be(toxic)
        self.bench.follow(act)

    @property
    def _slot(self) -> Any:
        return self.bench.devices.need_hands().slot

    def home_again(self) -> None:
        """The resident leaves, the line is mended, and the terminal serves the next one."""
        self._slot.before_command = None
        self.bench.follow("tap ok\nsee take_card_back\npull\nsee goodbye")
        self.line.be(CLEAR)
        self.bench.wait(6)
        self.bench.when(lambda: self.bench.wait(1).state is State.ATTRACT)

    def agrees(self) -> None:
        """What the terminal says of its last visit, both towns say, and it has nothing left to tell. Or neither has heard of one."""
        record, heard = self.bench.record, self.network
        if record is None:
            return
        self.bench.when(lambda: self.bench.wait(6) and not self.bench.terminal.journal.unreported())
        here = heard.issued(record.visit)
        assert here in (record.result, None)
        if here is not None:
            heard.settled(record.visit, record.result)


@pytest.fixture
def far(network: Network, tmp_path: Path) -> Iterator[Far]:
    port = int(network.settings.network.urls[0].rpartition(":")[2])
    with ToxicLines() as lines:
        line = lines.to(port)
        own = msgspec.structs.replace(network.settings.network, urls=(line.url,))
        bench = Bench(msgspec.structs.replace(network.settings, network=own), tmp_path / "state", "simulated:custom-vkp80?baud=0")
        yield Far(bench, line, network)
        line.be(CLEAR)
        bench.close()


def _ends_in_steps() -> Iterator[object]:
    """Each way of ending at two steps here, at all of them in `make soak`; at the issue, where most may go wrong, each of them here too."""
    for (at, step), (kind, ends) in product(enumerate(STEPS), enumerate(ENDS)):
        here = step == "issue" or at == kind % 3
        yield pytest.param(step, ends, id=f"{step}-{ends}", marks=() if here else pytest.mark.soak)


@pytest.mark.parametrize(("step", "ends"), list(_ends_in_steps()))
def test_a_line_that_ends_in_a_question(far: Far, step: str, ends: str) -> None:
    far.reach(step, ENDS[ends])
    far.bench.follow("see refused")
    assert far.bench.reason == "network"
    assert far.bench.papers == []
    assert (far.bench.record is not None) == (step == "issue")
    far.home_again()
    if step == "issue":
        assert far.bench.record.result == "voided"
    far.agrees()
    if step == "issue":  # the question has arrived, but for the one
        assert far.network.issued(far.bench.record.visit) == (None if ends == "refuse" else "voided")


@pytest.mark.parametrize("step", ["household", "extract", "issue"])
def test_a_line_that_swallows_a_question(far: Far, step: str) -> None:
    """The terminal waits as long as its table says and no longer. What the line swallowed arrives when it is mended, after the resident
    was told that there is nothing: it is void, whichever of question and report comes first."""
    far.reach(step, HOLE)
    waits = STEPS[step][2]
    far.bench.when(lambda: far.bench.state is waits)
    limit = LIMITS[waits]
    assert limit is not None
    far.bench.wait(limit.seconds - 1)
    assert far.bench.state is waits
    far.bench.wait(2)
    far.bench.follow("see refused")
    assert far.bench.reason == "network"
    assert far.bench.papers == []
    far.home_again()
    if step == "issue":
        far.bench.when(lambda: far.bench.record.result == "voided")
    far.agrees()


def test_a_line_that_swallows_the_first_question(far: Far) -> None:
    """In its real time: the client gives up before the table does, which would put the blame on the card."""
    far.reach("nonce", HOLE)
    far.bench.follow("see refused")
    assert far.bench.reason == "network"
    far.home_again()


@pytest.mark.parametrize("ends", [*ENDS, "hole"])
def test_a_line_that_ends_while_printing(far: Far, ends: str) -> None:
    """The paper is good. What became of it is told once the line is well."""
    far.bench.follow(TO_TAKE_CARD, case="hanako")
    far.line.be(HOLE if ends == "hole" else ENDS[ends])
    far.bench.follow("pull\nsee take_paper\ntake\nsee receipt\ntap receipt.no\nsee goodbye")
    assert (far.bench.record.result, len(far.bench.papers)) == ("printed", 1)
    assert [report.visit for report in far.bench.terminal.journal.unreported()] == [far.bench.record.visit]
    far.line.be(CLEAR)
    far.bench.wait(6)
    far.bench.when(lambda: far.bench.wait(1).state is State.ATTRACT)
    far.agrees()
    assert far.network.issued(far.bench.record.visit) == "printed"


@pytest.mark.parametrize("slow", SLOW)
def test_a_slow_line_is_no_reason(far: Far, slow: str) -> None:
    far.line.be(SLOW[slow])
    far.bench.follow(TO_PAPER + "take\nsee receipt\ntap receipt.no\nsee goodbye", case="hanako")
    assert far.bench.record.result == "printed"
    far.agrees()
    assert far.network.issued(far.bench.record.visit) == "printed"
