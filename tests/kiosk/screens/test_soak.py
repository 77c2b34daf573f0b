"""The screens of 5,000 visits in one process: an hour and more. `make bench-screens ARGS="--visits N"` tells the same figures for fewer."""

import pytest

from tests.bench.screens import memory

VISITS = 5_000
# Of the whole, 60 MB are the processor's drawing of the picture (Mesa with LLVM), which a graphics chip does without.
MOST_MB, MOST_SLOPE_KB = 300, 2.0


@pytest.mark.soak
@pytest.mark.timeout(3 * 3600)
def test_memory_stays_flat() -> None:
    kb, slope = memory(VISITS)
    assert kb / 1024 <= MOST_MB
    assert slope <= MOST_SLOPE_KB
