"""`make bench-screens`: how soon the glass answers, and what the program costs while nobody touches it.

Tap -> changed frame: a finger goes down and up on a key of the PIN pad, the dot it fills is on the picture. New screen: a view of another
state is shown and drawn, after one that somebody has read. Both at the terminal's own size, drawn by the processor (no graphics card is
needed). `--visits N` mounts the screens of so many visits and says how the memory grew: `make soak` does it with 5,000.
"""

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from kiosk.screens.gallery import CASES
from kiosk.screens.style import Look
from kiosk.screens.window import FORGET_AFTER, Window
from kiosk.session.states import State
from kiosk.session.view import View

TAPS, SWAPS, STARTS, IDLE_SECONDS = 200, 100, 5, 10
# The screens of a good visit, in order.
VISIT = [
    (State.ATTRACT, "open"),
    (State.CHOOSE_SERVICE, "open"),
    (State.INSERT_CARD, "first"),
    (State.READING, "step"),
    (State.ENTER_PIN, "empty"),
    (State.PROVING, "step"),
    (State.ASKING, "step"),
    (State.CHOOSE_PERSONS, "family"),
    (State.CHOOSE_ITEMS, "two"),
    (State.CHOOSE_COPIES, "two"),
    (State.PREPARING, "step"),
    (State.CONFIRM, "fee"),
    (State.ISSUING, "step"),
    (State.TAKE_CARD, "first"),
    (State.PRINTING, "half"),
    (State.TAKE_PAPER, "first"),
    (State.RECEIPT, "ask"),
    (State.GOODBYE, "now"),
]
START = """
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.screens.gallery import CASES
from kiosk.session.states import State
window = Window(Look(), lambda event: None, offscreen=True)
window.show(CASES[State.ATTRACT][0][1])
window.frame()
"""
MEMORY = """
import json, sys
from screens import open_window, visits
with open_window() as window:
    print(json.dumps(visits(window, int(sys.argv[1]))))
"""


def case(state: State, name: str, serial: int) -> View:
    return replace(dict(CASES[state])[name], serial=serial)


@contextmanager
def open_window(told: Callable[[object], None] = lambda event: None) -> Iterator[Window]:
    with closing(Window(Look(), told, offscreen=True)) as window:
        yield window


def taps(window: Window) -> Iterator[float]:
    """Seconds from the finger's touch to the picture with one more dot."""
    window.show(case(State.ENTER_PIN, "empty", 1))
    window.frame()
    for turn in range(TAPS):
        view = case(State.ENTER_PIN, ("two", "empty")[turn % 2], 1)
        start = time.perf_counter()
        window.tap(f"pin.{random.randrange(10)}")
        window.show(view)
        window.frame()
        yield time.perf_counter() - start


def swaps(window: Window) -> Iterator[float]:
    """Seconds from a view of another state to its picture."""
    serial = 1
    while serial <= SWAPS:
        for state, name in VISIT:
            serial += 1
            view = case(state, name, serial)
            start = time.perf_counter()
            window.show(view)
            window.frame()
            yield time.perf_counter() - start
            time.sleep(FORGET_AFTER)  # somebody reads it
            window.frame()


def starts() -> Iterator[float]:
    """Seconds from a new process to the attract screen's picture. The first after the machine's start reads its files from the disk."""
    for _ in range(STARTS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", START], check=True, capture_output=True)
        yield time.perf_counter() - start


def idle(window: Window) -> float:
    """Share of one processor that the attract screen takes, drawn as often as Kivy wants."""
    window.show(case(State.ATTRACT, "open", 99_999))
    window.frame()
    used, began = time.process_time(), time.monotonic()
    stop = began + IDLE_SECONDS

    def end() -> None:
        if time.monotonic() < stop:
            later()
        else:
            window.stop()

    later = window._surface.trigger(end, 0.5)
    later()
    window.run()
    return (time.process_time() - used) / (time.monotonic() - began)


def resident_kb() -> int:
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize() // 1024


def visits(window: Window, count: int) -> tuple[int, float]:
    """Memory in kB at the end, and kB a visit: the slope of a line through the second half."""
    samples: list[tuple[int, int]] = []
    serial = 0
    for visit in range(count):
        for state, name in VISIT:
            serial += 1
            window.show(replace(case(state, name, serial), language=("ja", "en")[visit % 2]))
            window.frame()
        if visit % 10 == 9:
            samples.append((visit, resident_kb()))
    half = samples[len(samples) // 2 :]
    slope = statistics.linear_regression([visit for visit, _ in half], [kb for _, kb in half]).slope if len(half) > 1 else 0.0
    return samples[-1][1], slope


def memory(count: int) -> tuple[int, float]:
    """As `visits`, in a process of its own: nothing else has used its memory."""
    command = [sys.executable, "-c", MEMORY, str(count)]
    done = subprocess.run(command, cwd=Path(__file__).parent, check=True, capture_output=True, text=True)
    kb, slope = json.loads(done.stdout.splitlines()[-1])
    return kb, slope


def percent(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main(count: Annotated[int, typer.Option("--visits", help="Visits for the memory; 0: none.")] = 200) -> None:
    table = Table(title=f"Screens at 1080 x 1920, drawn by {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    for column in ("what", "bar", "measured"):
        table.add_column(column)
    cold = list(starts())
    table.add_row("start -> attract screen", "1.5 s", f"median {statistics.median(cold):.2f} s, worst {max(cold):.2f} s")
    with open_window() as window:
        tapped, swapped = list(taps(window)), list(swaps(window))
        table.add_row(
            "tap -> changed frame",
            "median 30 ms, p99 100 ms",
            f"{1000 * statistics.median(tapped):.0f} / {1000 * percent(tapped, 0.99):.0f} ms",
        )
        table.add_row(
            "new state -> its screen",
            "60 ms",
            f"median {1000 * statistics.median(swapped):.0f} ms, p95 {1000 * percent(swapped, 0.95):.0f} ms",
        )
        table.add_row("idle", "2 % of a processor", f"{100 * idle(window):.1f} %")
    if count:
        kb, slope = memory(count)
        table.add_row(f"memory after {count} visits", "230 MB, 2 kB a visit", f"{kb / 1024:.0f} MB, {slope:.2f} kB a visit")
    Console(width=110).print(table)


if __name__ == "__main__":
    typer.run(main)
