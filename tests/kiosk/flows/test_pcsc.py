"""Whole visits through the real pcscd and vpcd, with the printer behind a pty: run inside a pcscd of their own."""

import subprocess
import sys
from pathlib import Path

import pytest

from hardware.simulated.pcsc_lab import missing

NEEDS = missing()
pytestmark = [pytest.mark.pcsc, pytest.mark.skipif(bool(NEEDS), reason=NEEDS)]


def test_visits_through_the_real_stack() -> None:
    cases = Path(__file__).with_name("pcsc_visits.py")
    inner = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", str(cases)]
    ran = subprocess.run(
        [sys.executable, "-m", "hardware.simulated", "pcsc-lab", "--", *inner],
        capture_output=True,
        text=True,
        cwd=cases.parents[3],
        timeout=115,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "10 passed" in ran.stdout
