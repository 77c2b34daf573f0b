"""`kiosk check`: each check looks at a real driver and says who must act."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from hardware.devices import open_devices
from hardware.errors import Acts
from jukinet.client import RegisterClient
from kiosk.staff.checks import check_clock, check_disk, check_network, check_printer, check_reader
from kiosk.staff.findings import Severity
from kiosk.terminal import line_of, utc_now
from kiosk.words import WORK_LANGUAGES, Words


@pytest.fixture
def devices():
    made = open_devices("simulated:", "simulated:epson-tm?baud=0", "none", None)
    yield made
    made.close()


def test_reader(devices):
    assert check_reader(devices.reader).severity is Severity.GOOD
    devices.need_hands().slot.absent()
    finding = check_reader(devices.reader)
    assert (finding.severity, finding.acts) == (Severity.BAD, Acts.CLEAR)


@pytest.mark.parametrize(
    ("deed", "severity", "acts"),
    [
        (None, Severity.GOOD, None),
        ("near_end", Severity.WARNING, Acts.CLEAR),
        ("paper_out", Severity.BAD, Acts.CLEAR),
        ("open_cover", Severity.BAD, Acts.CLEAR),
        ("unplug", Severity.BAD, Acts.CLEAR),
        ("power_off", Severity.BAD, Acts.CLEAR),
    ],
)
def test_printer(devices, deed, severity, acts):
    if deed:
        devices.need_hands().work(deed)
    finding = check_printer(devices.printer, time.monotonic)
    assert (finding.severity, finding.acts) == (severity, acts)


def test_network(network, bench):
    client = RegisterClient(line_of(bench.settings), utc_now)
    assert check_network(client).severity is Severity.GOOD
    client.close()
    bench.devices.need_hands().network_down()
    finding = check_network(client)
    assert (finding.severity, finding.acts) == (Severity.BAD, Acts.SUSPEND)
    client.close()


def test_clock_and_disk(tmp_path):
    assert check_clock(datetime(2026, 11, 24, tzinfo=UTC)).severity is Severity.GOOD
    assert check_clock(datetime(1970, 1, 1, tzinfo=UTC)).acts is Acts.MAINTENANCE
    assert check_disk(tmp_path).id == "disk"


def test_every_finding_has_words_in_every_language():
    for language in WORK_LANGUAGES:
        words = Words(language)
        for acts in Acts:
            assert words.text(f"check.acts.{acts}")
        for check, severities in {"reader": "good bad", "printer": "good warning bad", "network": "good bad"}.items():
            for severity in severities.split():
                assert words.text(f"check.{check}.{severity}", level="x", node="x", directory=1, problem="x")


def test_the_command_says_it_as_json_and_by_its_exit_status(network):
    command = [sys.executable, "-m", "kiosk", "check", "--json", "--settings", str(network.file)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    assert {finding["id"] for finding in json.loads(run.stdout)} == {"reader", "printer", "network", "clock", "disk"}
    broken = network.folder / "broken.toml"
    broken.write_text(network.file.read_text(encoding="utf-8").replace("https://127.0.0.1", "https://127.0.0.2"), encoding="utf-8")
    command[-1] = str(broken)
    run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 1
    assert {finding["id"] for finding in json.loads(run.stdout) if finding["severity"] == "bad"} == {"network"}
