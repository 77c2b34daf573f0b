"""Where a visit's time goes: the person's, the devices', the network's, the frames', our own, and that of a demo's photographs.

A thread is in one kind at a time; a span inside another pauses it, so that a journal write inside a print counts as ours and not as the
printer's. What no span covers in a step is the person's (or the script's) time.

Our own work is counted in processor time of its thread: a moment in which the screen's thread has the interpreter is the frames', and must
not count twice. Where we wait ourselves (for the disk), `waits` counts the clock on the wall.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    DEVICES = "devices"
    NETWORK = "network"
    FRAMES = "frames"
    OWN = "own"
    PICTURES = "pictures"  # the demo's photographs of the screen, which no terminal takes


@dataclass
class _Span:
    kind: Kind
    clock: Callable[[], float]
    since: float


class Stopwatch:
    """Adds up seconds by step and kind. Spans may come from any thread. `processor` is the thread's own clock."""

    def __init__(self, wall: Callable[[], float] = time.perf_counter, processor: Callable[[], float] = time.thread_time) -> None:
        self._wall, self._processor = wall, processor
        self._lock = threading.Lock()
        self._running = threading.local()
        self._step = ""
        self.steps: dict[str, dict[Kind, float]] = defaultdict(lambda: defaultdict(float))

    def step(self, name: str) -> None:
        """From now on spans count for this step."""
        with self._lock:
            self._step = name

    @contextmanager
    def span(self, kind: Kind, waits: bool = False) -> Iterator[None]:
        stack: list[_Span] = getattr(self._running, "stack", [])
        self._running.stack = stack
        if stack:
            self._add(stack[-1])
        clock = self._processor if kind is Kind.OWN and not waits else self._wall
        stack.append(_Span(kind, clock, clock()))
        try:
            yield
        finally:
            self._add(stack.pop())
            if stack:
                stack[-1].since = stack[-1].clock()

    def _add(self, span: _Span) -> None:
        seconds = span.clock() - span.since
        with self._lock:
            self.steps[self._step][span.kind] += seconds

    def total(self, kind: Kind) -> float:
        with self._lock:
            return sum(kinds[kind] for kinds in self.steps.values())
