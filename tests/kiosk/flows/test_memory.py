"""After a visit, neither PIN nor name is anywhere in the terminal's memory: run inside a pcscd of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from hardware.simulated.pcsc_lab import missing

NEEDS = missing()
pytestmark = [pytest.mark.pcsc, pytest.mark.skipif(bool(NEEDS), reason=NEEDS)]


def test_nothing_remains_in_memory() -> None:
    cases = Path(__file__).with_name("memory_visits.py")
    inner = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-n", "0", str(cases)]
    command = [sys.executable, "-m", "hardware.simulated", "pcsc-lab", "--", *inner]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=cases.parents[3], timeout=115, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout
