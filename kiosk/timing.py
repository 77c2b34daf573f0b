"""Where a visit's time goes: the person's, the devices', the network's, the frames', and our own.

A thread is in one kind at a time; a span inside another pauses it, so that a journal write inside a print counts as ours and not as the
printer's. What no span covers in a step is the person's (or the script's) time.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class Kind(StrEnum):
    DEVICES = "devices"
    NETWORK = "network"
    FRAMES = "frames"
    OWN = "own"


class Stopwatch:
    """Adds up seconds by step and kind. Spans may come from any thread."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._running = threading.local()
        self._step = ""
        self.steps: dict[str, dict[Kind, float]] = defaultdict(lambda: defaultdict(float))

    def step(self, name: str) -> None:
        """From now on spans count for this step."""
        with self._lock:
            self._step = name

    @contextmanager
    def span(self, kind: Kind) -> Iterator[None]:
        outer: list[tuple[Kind, float]] = getattr(self._running, "stack", [])
        self._running.stack = outer
        now = self._clock()
        if outer:
            self._add(outer[-1][0], now - outer[-1][1])
        outer.append((kind, now))
        try:
            yield
        finally:
            now = self._clock()
            inner, since = outer.pop()
            self._add(inner, now - since)
            if outer:
                outer[-1] = (outer[-1][0], now)

    def _add(self, kind: Kind, seconds: float) -> None:
        with self._lock:
            self.steps[self._step][kind] += seconds

    def total(self, kind: Kind) -> float:
        with self._lock:
            return sum(kinds[kind] for kinds in self.steps.values())
