"""The screens of 5,000 visits in one process: an hour and more. `make bench-screens ARGS="--visits N"` tells the same figures for fewer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
VISITS = 5_000
# Of the whole, 60 MB are the processor's drawing of the picture (Mesa with LLVM), which a graphics chip does without.
MOST_MB, MOST_SLOPE_KB = 300, 2.0
RUN = """
import json, sys
from screens import open_window, visits
with open_window() as window:
    print(json.dumps(visits(window, int(sys.argv[1]))))
"""


@pytest.mark.soak
@pytest.mark.timeout(3 * 3600)
def test_memory_stays_flat() -> None:
    done = subprocess.run([sys.executable, "-c", RUN, str(VISITS)], cwd=BENCH, check=True, capture_output=True, text=True)
    kb, slope = json.loads(done.stdout.splitlines()[-1])
    assert kb / 1024 <= MOST_MB
    assert slope <= MOST_SLOPE_KB
