"""The units as systemd itself judges them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from kiosk.running import OVERWRITTEN

UNITS = ("kiosk.service", "kiosk-out-of-order.service", "jukinet-node@21361.service")
FOLDER = Path(__file__).parents[2] / "systemd"

analyze = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def settings(unit: str) -> dict[str, list[str]]:
    """Every `Key=value` of a unit file; a key may stand several times."""
    found: dict[str, list[str]] = {}
    file = FOLDER / re.sub(r"@[^.]*", "@", unit)
    for key, value in re.findall(r"^(\w+)=(.*)$", file.read_text(), flags=re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


@analyze
@pytest.mark.parametrize("unit", [*UNITS, "kiosk-retry.timer"])
def test_systemd_finds_nothing_to_say(machine: Path, unit: str) -> None:
    verdict = subprocess.run(["systemd-analyze", "verify", "--man=no", f"--root={machine}", unit], capture_output=True, text=True)
    about_ours = [line for line in verdict.stderr.splitlines() if line.startswith(("kiosk", "jukinet")) or "juki" in line]
    assert (verdict.returncode, about_ours) == (0, [])


@analyze
@pytest.mark.parametrize("unit", UNITS)
def test_exposure_is_at_most_two(unit: str) -> None:
    file = FOLDER / re.sub(r"@[^.]*", "@", unit)
    verdict = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=20", str(file)], capture_output=True, text=True
    )
    assert verdict.returncode == 0, verdict.stdout


@analyze
def test_a_loose_unit_would_be_caught(tmp_path: Path) -> None:
    loose = tmp_path / "loose.service"
    loose.write_text("[Service]\nExecStart=/bin/true\nUser=kiosk\nNoNewPrivileges=yes\nProtectSystem=strict\nPrivateTmp=yes\n")
    verdict = subprocess.run(["systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=20", loose], capture_output=True)
    assert verdict.returncode == 1


@pytest.mark.parametrize("unit", UNITS)
def test_runs_as_accounts_that_the_installation_makes(unit: str, accounts: tuple[set[str], set[str]]) -> None:
    users, groups = accounts
    says = settings(unit)
    assert set(says["User"]) <= users
    assert {group for line in says["Group"] + says.get("SupplementaryGroups", []) for group in line.split()} <= groups


@pytest.mark.parametrize("unit", UNITS)
def test_ready_is_told_by_the_program_and_a_failure_restarts_it(unit: str) -> None:
    says = settings(unit)
    assert says["Type"] == ["notify"]
    assert says["Restart"][0] in {"always", "on-failure"}


@pytest.mark.parametrize("unit", UNITS)
def test_nothing_of_a_resident_reaches_a_core_dump(unit: str) -> None:
    says = settings(unit)
    assert says["LimitCORE"] == ["0"]
    assert says["CoredumpFilter"] == ["0"]


def test_the_kiosk_is_watched() -> None:
    assert settings("kiosk.service")["WatchdogSec"] == ["20s"]


def test_a_crash_loop_ends_in_a_picture_and_the_kiosk_is_tried_again() -> None:
    kiosk, picture, retry = settings("kiosk.service"), settings("kiosk-out-of-order.service"), settings("kiosk-retry.timer")
    assert kiosk["OnFailure"] == ["kiosk-out-of-order.service"]
    assert "kiosk.service" in picture["Conflicts"][0].split()
    assert picture["Wants"] == ["kiosk-retry.timer"]
    assert retry["Unit"] == ["kiosk.service"]
    tried_after = int(retry["OnActiveSec"][0].removesuffix("min")) * 60
    assert tried_after > int(kiosk["StartLimitIntervalSec"][0]), "a start would be refused"


def test_ready_may_take_as_long_as_recovery_does() -> None:
    """Recovery has 60 s before it hands over to staff; systemd must not kill it in the middle."""
    assert int(settings("kiosk.service")["TimeoutStartSec"][0].removesuffix("s")) > 60


def test_out_of_order_opens_no_device_but_the_screen_and_no_network() -> None:
    says = settings("kiosk-out-of-order.service")
    assert says["DeviceAllow"] == ["char-drm rw"]
    assert says["PrivateNetwork"] == ["yes"]
    assert "StateDirectory" not in says


@pytest.mark.parametrize("unit", UNITS)
def test_no_network_is_reached_before_the_installation_names_one(unit: str) -> None:
    says = settings(unit)
    assert says["IPAddressDeny"] == ["any"]
    assert says.get("IPAddressAllow", ["localhost"]) == ["localhost"]


def test_the_terminal_overwrites_what_it_gives_back() -> None:
    """As in the test that looks for names in its memory."""
    assert {f"{name}={value}" for name, value in OVERWRITTEN.items()} <= set(settings("kiosk.service")["Environment"])
