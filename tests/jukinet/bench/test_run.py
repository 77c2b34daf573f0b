"""A short run of the whole bench: every visit is asked to its end, and what the nodes took of it stands in the right place."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.bench.load import Question
from jukinet.bench.machine import Spread
from jukinet.bench.report import figures, table
from jukinet.bench.run import ALL, Measured
from jukinet.lab.network import CENTRE, HOME_TOWN, KIOSK_TOWN

OWN, HOME = KIOSK_TOWN.code, HOME_TOWN.code


def made_up(*rounds: float) -> Measured:
    """Rounds in which each node took that much for each question."""
    costs = [{question: dict.fromkeys(ALL, each) for question in Question} for each in rounds]
    waits = {question: Spread(0.001, 0.002) for question in Question}
    return Measured(10_000, "SQLite", 100, costs, waits, 100_000_000, (0.01, 0.1))


def test_a_visit_is_all_its_questions_at_all_nodes_it_touches() -> None:
    measured = made_up(300.0, 100.0, 200.0)
    assert measured.cost((Question.ISSUE,), (OWN,)) == [100, 200, 300]
    assert measured.cost(tuple(Question), (OWN, HOME)) == [1000, 2000, 3000]
    assert "issue alone: own town 200 (100), all it touches 600 (300)" in table(measured)
    assert "whole visit: own town 1,000 (500), all it touches 3,000 (1,500)" in table(measured)
    assert figures(measured)["cpu_us"] == {str(question): dict.fromkeys(ALL, 200) for question in Question}


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_the_command_loads_a_network_and_says_what_it_took(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    size = ["--residents", "1000", "--visits", "100", "--rounds", "1", "--at-once", "8", "--links", "8"]
    said = CliRunner().invoke(app, ["bench", "--folder", str(tmp_path / "bench"), "--out", str(out), *size])
    assert said.exit_code == 0, said.output
    cpu = json.loads(out.read_text())[0]["cpu_us"]
    # The home town is asked for household and record, the centre for the card alone.
    assert cpu["nonces"][OWN] > 0
    assert cpu["households"][HOME] > cpu["nonces"][HOME]
    assert cpu["households"][CENTRE.code] > cpu["extracts"][CENTRE.code]
