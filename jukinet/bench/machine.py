"""The machine that is measured on, and what processes take of it.

Wall time moves twofold with what else runs; processor time mostly stays within a tenth. So costs are told in µs of CPU, and seconds only
where somebody waits.
"""

import os
import platform
import sqlite3
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

_FSYNCS = 300
_PAGE = bytes(4096)
_CPUCLOCK_SCHED = 2  # the kind of clock that clock_getcpuclockid(3) names: all threads of a process, ended ones too, in ns


@dataclass(frozen=True)
class Spread:
    """Of many times, in seconds."""

    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Spread":
        parts = statistics.quantiles(seconds, n=100)
        return cls(parts[49], parts[98])

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1000:.2f} ms, p99 {self.p99 * 1000:.2f} ms"


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process has taken so far. Raises OSError when it has ended."""
    return time.clock_gettime(~pid << 3 | _CPUCLOCK_SCHED)


def keep_on(pid: int, processor: int) -> None:
    """All threads of a process, and those that they begin, on one of the machine's processors, counted around. What `CPUAffinity=` does in
    a unit: Python's threads take turns anyway, and on one processor each finds in the caches what the other has left there."""
    allowed = sorted(os.sched_getaffinity(0))
    for thread in os.listdir(f"/proc/{pid}/task"):
        os.sched_setaffinity(int(thread), {allowed[processor % len(allowed)]})


def resident_memory(pid: int) -> int:
    """Bytes (RSS)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def fsyncs(folder: Path) -> Spread:
    """How long the disk of `folder` takes until a page is safe: what each commit waits for."""
    with NamedTemporaryFile(dir=folder) as file:
        return Spread.of([_timed(lambda: _write_through(file.fileno())) for _ in range(_FSYNCS)])


def _write_through(descriptor: int) -> None:
    os.write(descriptor, _PAGE)
    os.fdatasync(descriptor)


def _timed(deed: Callable[[], None]) -> float:
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def facts(openssl: str) -> list[str]:
    """One line each: what figures depend on."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return [
        f"{_processor()}, {os.cpu_count()} cores; load before: {load}",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {openssl}, SQLite {sqlite3.sqlite_version}",
    ]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    fields = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    words = [fields.get("model name", platform.machine())]
    words += [f"{name} {fields[key]}" for name, key in (("family", "cpu family"), ("model", "model")) if key in fields]
    return ", ".join(words)
