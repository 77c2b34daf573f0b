"""What the dashboard and the alarms ask for is there: metrics in running nodes' figures, labels on them; promtool reads each expression."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jukinet.client import RegisterClient
from jukinet.lab.network import NODES
from kiosk.settings import load_settings
from kiosk.terminal import line_of
from tests.jukinet.node.metrics.conftest import Watcher, now
from tests.jukinet.node.metrics.test_running import STATUS

FOLDER = Path(__file__).parents[4] / "docs" / "monitoring"
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
# What Prometheus itself adds to each series.
ITS_OWN = {"job", "instance", "le"}
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def panels() -> list[dict[str, Any]]:
    return [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def expressions() -> Iterator[tuple[str, str]]:
    """Of panels, with Grafana's variables filled in, and of alarms."""
    for panel in panels():
        for target in panel["targets"]:
            yield panel["title"], target["expr"].replace("$node", ".*").replace("$__rate_interval", "1m")
    for line in (FOLDER / "rules.yml").read_text(encoding="utf-8").splitlines():
        if "expr: " in line:
            yield "alarm", line.split("expr: ")[1]


def named(expression: str) -> set[str]:
    return set(re.findall(r"\bjukinet_\w+", expression))


@pytest.fixture(scope="module")
def figures(watcher: Watcher) -> dict[str, set[str]]:
    """Name of each series of a network where a kiosk has spoken -> its labels, as far as any sample shows them."""
    client = RegisterClient(line_of(load_settings(watcher.lab.paths.kiosk_settings)), now)
    client.tell(STATUS, 5)
    client.close()
    there: dict[str, set[str]] = {}
    for code in (node.code for node in NODES):
        for family in watcher.families(code).values():
            for suffix in SUFFIXES[family.type]:
                there.setdefault(family.name + suffix, set())
            for sample in family.samples:
                there[sample.name].update(sample.labels)
    return there


def test_every_metric_is_there(figures: dict[str, set[str]]) -> None:
    wanted = {name for _, expression in expressions() for name in named(expression)}
    assert len(wanted) > 20
    assert wanted - figures.keys() == set()


def test_every_figure_is_shown_or_watched(figures: dict[str, set[str]]) -> None:
    """A figure that nobody looks at is one too many."""
    asked = {name for _, expression in expressions() for name in named(expression)}
    stems = {re.sub(r"_(bucket|sum|count)$", "", name) for name in asked}
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in figures} == stems


def test_every_label_is_on_its_metric(figures: dict[str, set[str]]) -> None:
    for title, expression in expressions():
        for name, selected in re.findall(r"(jukinet_\w+)\{([^}]*)\}", expression):
            labels = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selected))
            assert labels <= ITS_OWN | figures[name], f"{title}: {name} has no {labels - ITS_OWN - figures[name]}"


def test_prometheus_can_read_every_expression(tmp_path: Path) -> None:
    rules = [{"record": f"panel:{number}", "expr": expression} for number, (_, expression) in enumerate(expressions())]
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_panel_lies_over_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
