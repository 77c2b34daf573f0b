"""What is measured with must itself be right: the clock of another process, its memory, the disk."""

import subprocess
import sys
from pathlib import Path

import pytest

from jukinet.bench.machine import Spread, cpu_of, facts, fsyncs, resident_memory

# Works for as long as it is told to in its own processor time, says what it took, and waits to be ended.
WORKER = """
import sys, time
while time.process_time() < 0.3: pass
big = bytearray(30_000_000)
print(time.process_time(), flush=True)
sys.stdin.read()
"""


def test_another_process_is_seen_to_take_what_it_takes() -> None:
    with subprocess.Popen([sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        said = float(worker.stdout.readline())
        seen = cpu_of(worker.pid)
        assert seen >= said >= 0.3
        # Waiting is no work: whatever it still does after its line is little beside it.
        assert seen < said + 0.3
        assert resident_memory(worker.pid) > 30_000_000
        worker.stdin.close()


def test_who_has_ended_takes_nothing() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    with pytest.raises(OSError, match="Invalid argument"):
        cpu_of(gone.pid)


def test_a_spread_is_told_in_milliseconds() -> None:
    spread = Spread.of([at / 1000 for at in range(1, 1001)])
    assert str(spread) == "p50 500.50 ms, p99 990.99 ms"


def test_the_disk_is_written_through_and_nothing_stays(tmp_path: Path) -> None:
    spread = fsyncs(tmp_path)
    assert 0 < spread.p50 <= spread.p99
    assert list(tmp_path.iterdir()) == []


def test_the_machine_says_what_figures_depend_on() -> None:
    text = "\n".join(facts("OpenSSL 3"))
    for word in ("cores", "load before", "Python", "OpenSSL 3", "SQLite"):
        assert word in text
