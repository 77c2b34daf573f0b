"""A town's node that comes back with another history, signed with the same key: its witness finds out, it has to say so itself, and the
kiosk that was shown the first one prints nothing on the second."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.network import PREFECTURE
from jukinet.lab.run import Lab
from jukinet.node.hours import JST
from kiosk.session.states import State
from kiosk.settings import load_settings
from tests.conftest import WithCards
from tests.jukinet.visits import client_of, now, stored, visit_id
from tests.kiosk.flows.conftest import TO_PAPER, TO_PIN, TOWN, Bench

WITNESS = PREFECTURE.code


@dataclass
class Town:
    """And what it and its witness have seen."""

    paths: LabPaths
    lab: Lab

    def begin_another_history(self) -> None:
        """As after a backup put back, or by a hand that has something to hide."""
        self.lab.kill(TOWN)
        for part in self.paths.node(TOWN).glob("issue.db*"):
            part.unlink()
        self.lab.restart(TOWN)

    def grow_beyond(self, size: int) -> None:
        client = client_of(self.paths)
        for number in range(size):
            client.nonce(visit_id(number), 10)
        client.close()

    def confirmed(self) -> int:
        """How much of its exchanges the witness has seen."""
        rows = stored(self.paths, WITNESS, f"SELECT size FROM witnessed WHERE origin = 'jukinet/{TOWN}/exchanges'")
        return int(rows[0][0]) if rows else 0

    def splits(self, code: str) -> list[dict[str, object]]:
        lines = [json.loads(entry) for (entry,) in stored(self.paths, code, "SELECT entry FROM audit")]
        return [line for line in lines if line["kind"] == "node_split_view"]

    def until(self, condition: Callable[[], object]) -> None:
        limit = monotonic() + 60
        while not condition():
            assert monotonic() < limit
            Event().wait(0.05)


@pytest.fixture
def town(tmp_path: Path, with_cards: WithCards) -> Iterator[Town]:
    paths = prepare(with_cards(tmp_path / "lab"), 20, 1, now())
    with Lab(paths) as lab:
        yield Town(paths, lab)


def test_a_second_history_ends_visits_and_is_written_down(town: Town, tmp_path: Path) -> None:
    bench = Bench(load_settings(town.paths.kiosk_settings), tmp_path / "state", "simulated:custom-vkp80?baud=0")
    bench.follow(TO_PAPER + "take\nsee receipt\ntap receipt.no\nsee goodbye", case="hanako").wait(6)
    note = (tmp_path / "state" / "log.note").read_text()
    town.lab.restart(TOWN)  # a round of confirmations at each start
    town.until(town.confirmed)
    papers = len(bench.papers)

    # Shorter than what was seen.
    town.begin_another_history()
    town.until(lambda: town.splits(TOWN))
    assert {line["said_by"] for line in town.splits(TOWN)} == {f"jukinet/{WITNESS}"}
    refused_twice(bench)
    assert "kiosk" in {line["said_by"] for line in town.splits(TOWN)}

    # And longer.
    town.grow_beyond(town.confirmed() + 10)
    town.lab.restart(TOWN)
    town.until(lambda: f"jukinet/{TOWN}/exchanges" in {line["log"] for line in town.splits(WITNESS)})
    refused_twice(bench)
    bench.close()

    # A kiosk that starts again has not forgotten.
    again = Bench(load_settings(town.paths.kiosk_settings), tmp_path / "state", "simulated:custom-vkp80?baud=0")
    refused_twice(again.until(State.ATTRACT))
    again.close()
    assert (tmp_path / "state" / "log.note").read_text() == note
    assert len(bench.papers) == papers

    # Each history is whole in itself: only who saw the first one knows. Whoever audits the witness reads it.
    verify = CliRunner().invoke(app, ["audit", "verify", "--settings", str(town.paths.node_settings(TOWN))])
    assert verify.exit_code == 0
    month = f"{now().astimezone(JST):%Y-%m}"
    report = CliRunner().invoke(app, ["audit", "report", "--settings", str(town.paths.node_settings(WITNESS)), "--month", month]).stdout
    assert f"jukinet/{TOWN}/exchanges" in report.partition("Logs shown in two versions")[2]


def refused_twice(bench: Bench) -> None:
    for _ in range(2):
        bench.when(lambda: bench.wait(1).state is State.ATTRACT)
        bench.follow(TO_PIN + "pin 1234\nsee refused", case="hanako")
        assert bench.reason == "wrong_answer"
        bench.follow("tap ok\nsee take_card_back\npull\nsee goodbye")
