"""Whatever hands do to the printer while it prints, and in whatever order: exactly one outcome, and it is true."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.interfaces import Band, Outcome, PrinterState
from hardware.printer.models import PrinterModel, shipped_names
from hardware.printer.page import Page

Job = Callable[[PrinterModel], list[Band]]
HANDS = ("paper_out", "open_cover", "close_cover", "jam", "cutter_jam", "clear_jam", "power_off", "power_on")
HANDS += ("unplug", "plug", "take_paper", "cancel", "near", "hot", "cool", "noise")
TROUBLE = st.lists(st.tuples(st.integers(1, 450), st.sampled_from(HANDS)), min_size=1, max_size=5)


def move(desk, hand: str) -> None:
    printer = desk.printer
    special = {
        "cancel": desk.driver.cancel,
        "near": lambda: printer.near_end(True),
        "hot": lambda: printer.hot(True),
        "cool": lambda: printer.hot(False),
        "noise": lambda: printer.noise(b"\xf0\x9f"),
    }
    (special.get(hand) or getattr(printer, hand))()


def heal(desk) -> None:
    desk.printer.on_rows = None
    for hand in ("plug", "power_on", "clear_jam", "cool", "refill", "close_cover"):
        move(desk, hand)


@pytest.mark.parametrize("name", shipped_names())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trouble=TROUBLE)
def test_outcomes_are_true(desks, page: Page, job: Job, name: str, trouble: list[tuple[int, str]]) -> None:
    desk = desks(name)
    bands = job(desk.model)
    pending = sorted(trouble)

    def on_rows(rows: int) -> None:
        while pending and pending[0][0] <= rows:
            move(desk, pending.pop(0)[1])

    desk.printer.on_rows = on_rows
    # A hot head is waited for: it cools as soon as it has been told of.
    desk.driver.watch(lambda level: desk.levels.append(level) or (level.state is PrinterState.HOT and desk.printer.hot(False)))
    result = desk.print(bands)
    whole = [paper.bitmap for paper in desk.printer.papers].count(page.pixels()) + (desk.printer.hanging == page.pixels())
    if result.outcome is Outcome.PRINTED:
        assert whole == 1
    elif result.outcome is Outcome.VOIDED:
        assert whole == 0
    assert result.rows <= desk.printer.rows_printed
    heal(desk)
    rows = desk.printer.rows_printed
    desk.attend_until(lambda: desk.level.state is PrinterState.READY)
    desk.driver.attend(0.02)
    # If the line was cut inside a picture, the ten bytes that clear the printer are its last dots.
    assert desk.printer.rows_printed - rows <= 10, "a rest of the job came out by itself"
    assert desk.printer.hanging.height == 0
    assert desk.print(bands).outcome is Outcome.PRINTED
    assert desk.printer.papers[-1].bitmap == page.pixels()
