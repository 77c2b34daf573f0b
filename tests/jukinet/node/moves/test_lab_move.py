"""A move by hand in a running lab, as docs/moves.md tells it: four processes, real lines, and kill -9 of either town between two steps."""

from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.lab.layout import prepare
from jukinet.lab.network import HOME_TOWN, KIOSK_TOWN
from jukinet.lab.run import Lab
from tests.conftest import WithCards

OLD, NEW = HOME_TOWN.code, KIOSK_TOWN.code


def jukinet(*words: str) -> str:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return done.stdout


def until(said: str, *words: str) -> str:
    """Asks again until the answer has it: what the nodes still tell each other takes a moment."""
    end = monotonic() + 60
    while said not in (answer := jukinet(*words)):
        assert monotonic() < end, answer
    return answer


@pytest.mark.timeout(240)
def test_a_move_by_hand_while_both_towns_are_killed_between_the_steps(tmp_path: Path, with_cards: WithCards) -> None:
    paths = prepare(with_cards(tmp_path), 40, 1, datetime.now(UTC))
    folder, settings = str(paths.root), ("--settings", str(paths.node_settings(NEW)))
    with Lab(paths) as lab:
        assert jukinet("move", "where", folder) == "no moves\n"
        move = jukinet("move", "out", folder).split()[0]
        lab.restart(OLD)
        until("expected at the new town", "move", "where", folder)
        lab.restart(NEW)
        assert "number at the counter: 1" in jukinet("move", "in", folder, "--move", move)
        lab.kill(NEW)
        relationships = [word for each in ("世帯主", "妻", "子") for word in ("--relationship", each)]
        jukinet("counter", "confirm", "1", "--address", "垂井町若竹1番地", *relationships, *settings)
        lab.restart(OLD)
        lab.restart(NEW)
        until("complete at the new town", "move", "where", folder)
        assert jukinet("counter", "list", "--all", *settings).split()[1] == "complete"
        for code in (OLD, NEW):
            assert jukinet("audit", "verify", "--settings", str(paths.node_settings(code))).count("HOLDS") == 2
