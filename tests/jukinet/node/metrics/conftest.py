"""A lab that runs, with a kiosk that says how it is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.request import urlopen

import pytest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from jukinet.client import RegisterClient
from jukinet.lab.layout import prepare
from jukinet.lab.run import Lab
from kiosk.settings import load_settings
from kiosk.terminal import line_of
from tests.conftest import WithCards

TOWN = "21361"


def now() -> datetime:
    return datetime.now(UTC)


class Watcher:
    """Who looks after the network of a lab."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    def text(self, code: str = TOWN) -> str:
        with urlopen(self.lab.figures[code]) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain; version=")
            return answer.read().decode()

    def families(self, code: str = TOWN) -> dict[str, Metric]:
        return {family.name: family for family in text_string_to_metric_families(self.text(code))}

    def value(self, name: str, code: str = TOWN, **labels: str) -> float | None:
        """Of the one sample with this name and these labels; None when there is none."""
        found = [
            sample.value
            for family in self.families(code).values()
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        ]
        assert len(found) < 2, f"{name}{labels} are several"
        return found[0] if found else None


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, with_cards: WithCards) -> Iterator[Lab]:
    with Lab(prepare(with_cards(tmp_path_factory.mktemp("lab")), 20, 1, now())) as lab:
        yield lab


@pytest.fixture(scope="session")
def watcher(lab: Lab) -> Watcher:
    return Watcher(lab)


@pytest.fixture
def client(lab: Lab) -> Iterator[RegisterClient]:
    client = RegisterClient(line_of(load_settings(lab.paths.kiosk_settings)), now)
    yield client
    client.close()
