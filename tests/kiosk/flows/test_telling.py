"""What whoever looks after a kiosk sees of it in its node's figures, while it is worked."""

import json
import time
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kiosk.probe import PROBE_SECONDS, TELL_SECONDS


class Figures:
    """Of the kiosk's own town."""

    def __init__(self, network) -> None:
        lines = (network.folder / "nodes" / "21361" / "node.log").read_text().splitlines()
        pages = [page for line in lines if line.startswith("{") for page in json.loads(line).get("pages", [])]
        self.url = [page for page in pages if page.endswith("/metrics")][-1]
        self._told = self.told

    def text(self) -> str:
        with urlopen(self.url) as answer:
            return answer.read().decode()

    def value(self, name: str, **labels: str) -> float | None:
        samples = [sample for family in text_string_to_metric_families(self.text()) for sample in family.samples]
        found = [sample.value for sample in samples if sample.name == name and labels.items() <= sample.labels.items()]
        return found[0] if found else None

    def state(self, state: str) -> bool:
        return self.value("jukinet_kiosk_state", kiosk="k1", state=state) == 1

    def is_of(self, state: str) -> bool:
        """A terminal of this test is in that state: the town remembers those of former tests."""
        return self.told > self._told and self.state(state)

    @property
    def told(self) -> float:
        """How often a kiosk said how it is."""
        return self.value("jukinet_requests_total", path="/v1/kiosks/status", outcome="ok", peer="kiosk") or 0


@pytest.fixture
def figures(network) -> Figures:
    return Figures(network)


def rest(bench, seconds: float = PROBE_SECONDS) -> None:
    """So long nobody comes."""
    bench.clock.ahead += seconds
    bench.terminal.conductor.drain()


def in_time(bench, condition) -> None:
    """With the next question of an idle terminal, or the one after it."""

    def holds() -> bool:
        if condition():
            return True
        rest(bench)
        return bool(condition())

    bench.when(holds)


def test_a_visit_leaves_its_end_and_nothing_else(figures, bench, to) -> None:
    bench.follow("see attract\n")
    in_time(bench, lambda: figures.is_of("attract"))
    assert figures.value("jukinet_kiosk_visit_ended_timestamp_seconds", kiosk="k1") is None
    before = figures.told
    bench.follow(to["paper"], case="hanako")
    assert figures.told == before, "a visit's line is the visit's"
    visit = bench.record.visit
    bench.follow("take\nsee attract\n")
    in_time(bench, lambda: figures.value("jukinet_kiosk_visit_ended_timestamp_seconds", kiosk="k1"))
    text = figures.text()
    assert visit not in text
    assert "花子" not in text


def test_what_stands_in_the_way_is_told_when_it_comes_and_when_it_goes(figures, bench) -> None:
    bench.follow("see attract\n")
    in_time(bench, lambda: figures.is_of("attract"))
    bench.follow("hands paper_out\nsee out_of_service\n")
    in_time(bench, lambda: figures.state("out_of_service"))
    assert figures.value("jukinet_kiosk_paper", kiosk="k1", level="out") == 1
    assert figures.value("jukinet_kiosk_finding", kiosk="k1", finding="printer", severity="bad") == 1
    bench.follow("hands refill\nsee attract\n")
    in_time(bench, lambda: figures.is_of("attract"))
    assert figures.value("jukinet_kiosk_finding", kiosk="k1", finding="printer") is None


def test_nothing_new_is_told_once_a_minute(figures, bench) -> None:
    bench.follow("see attract\n")
    in_time(bench, lambda: figures.is_of("attract"))
    before, asked = figures.told, bench.terminal.client.exchanges
    rest(bench)
    bench.when(lambda: bench.terminal.client.exchanges > asked)
    assert figures.told == before
    rest(bench, TELL_SECONDS)
    bench.when(lambda: figures.told == before + 1)


def test_the_plain_loop_sleeps_during_a_visit(bench, to) -> None:
    """However long ago an idle terminal would have asked."""
    bench.follow(to["persons"], case="hanako")
    bench.clock.ahead += 2 * PROBE_SECONDS
    bench.terminal.conductor.drain()
    began = time.monotonic()
    bench.terminal.conductor.wait(0.1)
    assert time.monotonic() - began >= 0.1
