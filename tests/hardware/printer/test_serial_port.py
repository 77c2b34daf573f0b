"""The same driver through a real serial device: a pty with the simulated printer behind it."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.errors import PrinterLost
from hardware.interfaces import Band, Outcome, PrinterState
from hardware.printer.connection import Limits
from hardware.printer.driver import SerialPrinter
from hardware.printer.models import PrinterModel, load_model, model_names
from hardware.printer.page import Page
from hardware.printer.serial_port import SerialPort
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.serial_pty import SerialPty

Job = Callable[[PrinterModel], list[Band]]
QUICK = Limits(reopen=0.01, beat=0.02, poll=0.01, answer=0.2, quiet=0.1, silence=0.3, band=1.0, hot=1.0, clear=0.3)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Callable[..., tuple[SimulatedPrinter, SerialPrinter, Path]]]:
    open_ones: list[tuple[SimulatedPrinter, SerialPrinter, SerialPty]] = []

    def serve(name: str = "epson-tm", pace: int = 0, limits: Limits = QUICK) -> tuple[SimulatedPrinter, SerialPrinter, Path]:
        link = tmp_path / "printer"
        printer = SimulatedPrinter(load_model(name), pace=pace)
        line = SerialPty(printer, link)
        driver = SerialPrinter(lambda: SerialPort(str(link), 115200), printer.model, limits=limits)
        open_ones.append((printer, driver, line))
        return printer, driver, link

    yield serve
    for printer, driver, line in open_ones:
        driver.close()
        line.close()
        printer.close()


@pytest.mark.parametrize("name", model_names())
def test_a_page_over_a_pty(served, page: Page, job: Job, name: str) -> None:
    printer, driver, _ = served(name)
    assert driver.print(job(printer.model), lambda progress: None).outcome is Outcome.PRINTED
    assert printer.papers[0].bitmap == page.pixels()
    assert printer.wire.dropped == 0


def test_at_the_pace_of_wire_and_motor(served, page: Page, job: Job) -> None:
    printer, driver, _ = served(pace=115200, limits=Limits())
    bands = job(printer.model)
    begin = time.monotonic()
    assert driver.print(bands, lambda progress: None).outcome is Outcome.PRINTED
    took = time.monotonic() - begin
    wire = sum(len(band.data) for band in bands) * 10 / 115200
    motor = page.height / printer.model.rows_per_second
    assert max(wire, motor) <= took < 1 + 3 * max(wire, motor)
    assert printer.papers[0].bitmap == page.pixels()


def test_flow_control_holds_us_off_and_urgent_bytes_get_through(served) -> None:
    """A stopped printer fills up, says XOFF, and is still cleared by a real-time command."""
    printer, _, link = served()
    port = SerialPort(str(link), 115200)
    printer.open_cover()
    sent = 0
    for _ in range(200):
        sent += port.write(b"\x1bJ\x01" * 100)
        port.read(0.005)
        if printer.wire.holds_off and not port.write(b"\x0a"):
            break
    assert printer.wire.holds_off
    port.write(b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08", urgent=True)
    heard = b""
    while b"\x37\x25\x00" not in heard:
        data = port.read(1.0)
        assert data, f"never cleared: {heard.hex()}"
        heard += data
    assert not set(heard) & {0x11, 0x13}, "flow control is the line's own business"
    port.close()


def test_eio_is_a_lost_printer_and_the_link_comes_back(served, page: Page, job: Job) -> None:
    printer, driver, _ = served()
    levels = []
    driver.watch(lambda level: levels.append(level.state))
    printer.on_rows = lambda rows: printer.unplug() if rows == 100 else None
    result = driver.print(job(printer.model), lambda progress: None)
    assert (result.outcome, result.cause) == (Outcome.VOIDED, PrinterState.OFFLINE)
    assert levels[-1] is PrinterState.OFFLINE
    printer.on_rows = None
    printer.plug()
    for _ in range(200):
        driver.attend(0.02)
        if levels[-1] is PrinterState.READY:
            break
    rows = printer.rows_printed
    assert driver.print(job(printer.model), lambda progress: None).outcome is Outcome.PRINTED
    assert printer.rows_printed == rows + page.height
    assert printer.papers[-1].bitmap == page.pixels()


def test_levels_come_by_themselves(served) -> None:
    printer, driver, _ = served()
    levels = []
    driver.watch(lambda level: levels.append(level.state))
    driver.attend(0.05)
    printer.open_cover()
    driver.attend(0.05)
    printer.close_cover()
    driver.attend(0.05)
    assert levels == [PrinterState.READY, PrinterState.COVER, PrinterState.READY]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(PrinterLost, match="nowhere"):
        SerialPort(str(tmp_path / "nowhere"), 115200)


def test_only_one_program_has_the_line(served) -> None:
    _, _, link = served()
    first = SerialPort(str(link), 115200)
    with pytest.raises(PrinterLost):
        SerialPort(str(link), 115200)
    first.close()


def test_a_closed_port_is_lost(served) -> None:
    _, _, link = served()
    port = SerialPort(str(link), 115200)
    port.close()
    port.close()
    with pytest.raises(PrinterLost):
        port.read(0.01)
    with pytest.raises(PrinterLost):
        port.write(b"x")


def test_the_link_goes_with_the_printer(tmp_path: Path) -> None:
    printer = SimulatedPrinter(load_model("epson-tm"))
    line = SerialPty(printer, tmp_path / "printer")
    assert os.path.exists(tmp_path / "printer")
    line.close()
    assert not os.path.lexists(tmp_path / "printer")
