"""After a death of ours: what is in the printer is never printed on, and what cannot be known is not claimed."""

from collections.abc import Callable

import pytest

from hardware.errors import OnPaper
from hardware.interfaces import Band, Outcome, PrinterState, Progress
from hardware.printer.driver import SerialPrinter
from hardware.printer.models import PrinterModel, shipped_names
from hardware.printer.page import Page
from hardware.simulated.printer_paper import Place
from hardware.simulated.printer_wire import SimulatedPort

Job = Callable[[PrinterModel], list[Band]]


class Killed(BaseException):
    """Stands for kill -9: no line of the driver runs after it, and a new driver finds the printer as it is."""


def after_death(desk, bands: list[Band], at: int) -> SerialPrinter:
    """Prints until band `at` has been announced, dies, and starts anew."""

    def told(progress: Progress) -> None:
        if progress.sent == at:
            raise Killed

    if at:
        with pytest.raises(Killed):
            desk.driver.print(bands, told)
    fresh = SerialPrinter(lambda: SimulatedPort(desk.printer), desk.model, limits=desk.limits)
    fresh.watch(desk.levels.append)
    return fresh


@pytest.mark.parametrize("name", shipped_names())
def test_every_band(desks, page: Page, job: Job, name: str) -> None:
    count = len(job(desks(name).model))
    for at in range(count + 1):
        desk = desks(name)
        bands = job(desk.model)
        driver = after_death(desk, bands, at)
        rows = desk.printer.rows_printed
        result = driver.settle(at, count)
        assert result.outcome is (Outcome.UNKNOWN if at == count else Outcome.VOIDED)
        assert result.on_paper is (OnPaper.NOTHING if at == 0 else OnPaper.PART if at < count else OnPaper.UNKNOWN)
        assert result.cause is PrinterState.READY
        driver.attend(0.02)
        assert desk.printer.rows_printed == rows
        assert desk.printer.hanging.height == 0
        assert all(paper.bitmap != page.pixels() for paper in desk.printer.papers)
        if at < count and name == "custom-vkp80":
            assert all(paper.place is Place.RETRACTED for paper in desk.printer.papers)
        assert driver.print(bands, lambda progress: None).outcome is Outcome.PRINTED
        assert desk.printer.papers[-1].bitmap == page.pixels()


@pytest.mark.parametrize("name", shipped_names())
def test_a_rest_in_the_buffer_is_dropped(desks, page: Page, job: Job, name: str) -> None:
    """The cover is open with a band in the buffer; we die; the cover is closed after we are back."""
    desk = desks(name)
    bands = job(desk.model)

    def on_rows(rows: int) -> None:
        if rows == 100:
            desk.printer.open_cover()
            raise Killed  # before the driver could clear

    desk.printer.on_rows = on_rows
    with pytest.raises(Killed):
        desk.driver.print(bands, lambda progress: None)
    driver = SerialPrinter(lambda: SimulatedPort(desk.printer), desk.model, limits=desk.limits)
    assert driver.settle(3, len(bands)).outcome is Outcome.VOIDED
    desk.printer.on_rows = None
    desk.printer.close_cover()
    driver.attend(0.05)
    assert desk.printer.rows_printed == 100
    assert desk.printer.hanging.height == 0


def test_half_a_band_in_the_printer(desk, page: Page, job: Job) -> None:
    """We died in the middle of writing the last band: the question behind it would be taken for dots."""
    bands = job(desk.model)
    driver = after_death(desk, bands, len(bands))
    SimulatedPort(desk.printer).write(b"\x1dv0\x00\x48\x00\x60\x00" + bytes(3000))
    rows = desk.printer.rows_printed
    assert driver.settle(len(bands), len(bands)).outcome is Outcome.UNKNOWN
    assert driver.print(bands, lambda progress: None).outcome is Outcome.PRINTED
    assert desk.printer.papers[-1].bitmap == page.pixels()
    assert desk.printer.rows_printed <= rows + page.height + 96


def test_a_silent_printer_is_cleared_when_it_answers_again(desk, page: Page, job: Job) -> None:
    bands = job(desk.model)
    driver = after_death(desk, bands, 3)
    desk.printer.silent(True)
    result = driver.settle(3, len(bands))
    assert (result.outcome, result.on_paper, result.cause) == (Outcome.VOIDED, OnPaper.UNKNOWN, PrinterState.OFFLINE)
    desk.printer.silent(False)
    driver.attend(0.1)
    assert desk.printer.hanging.height == 0
    assert driver.print(bands, lambda progress: None).outcome is Outcome.PRINTED


def test_no_line_at_all(desk) -> None:
    desk.printer.unplug()
    assert desk.driver.settle(3, 9).outcome is Outcome.VOIDED
    assert desk.driver.settle(9, 9).outcome is Outcome.UNKNOWN
