"""The same driver through a real serial device: a pty with the simulated printer behind it. And each way in which such a line deceives."""

import os
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.errors import PrinterLost
from hardware.interfaces import Band, Outcome, PrinterState
from hardware.printer.connection import Limits
from hardware.printer.driver import SerialPrinter
from hardware.printer.models import PrinterModel, load_model, shipped_names
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


@pytest.mark.parametrize("name", shipped_names())
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
    assert took >= max(wire, motor)
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


@pytest.mark.parametrize("name", ["nowhere", "file", "folder"])
def test_nothing_there(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_bytes(b"no device")
    (tmp_path / "folder").mkdir()
    with pytest.raises(PrinterLost, match=name):
        SerialPort(str(tmp_path / name), 115200)


@pytest.fixture
def bare() -> Iterator[tuple[int, SerialPort]]:
    """A line with nobody at its other end, which is the descriptor."""
    ours, device = os.openpty()
    tty.setraw(device)
    os.set_blocking(ours, False)
    port = SerialPort(os.ttyname(device), 115200)
    yield ours, port
    port.close()
    os.close(ours)
    os.close(device)


def arrived(ours: int) -> bytes:
    data = b""
    while True:
        try:
            data += os.read(ours, 4096)
        except BlockingIOError:
            return data


def test_a_write_never_waits_and_tells_how_much_went_out(bare) -> None:
    ours, port = bare
    data = bytes(range(256)) * 800
    sent = port.write(data)
    assert 0 < sent < len(data)
    while more := port.write(data[sent:]):
        sent += more
    heard = b""
    while part := arrived(ours):
        heard += part
    assert heard == data[:sent]


def test_close_waits_for_nobody(bare) -> None:
    _, port = bare
    while port.write(b"x" * 4096):
        continue
    port.close()


def test_close_of_a_line_that_holds_us_off(bare) -> None:
    ours, port = bare
    os.write(ours, b"\x13")
    assert port.read(0.0) == b""
    assert port.write(b"x") == 0
    port.close()


def test_only_the_printer_holds_off(bare) -> None:
    """IXON: an XOFF stops us. IXOFF would have our side put one into a picture; IXANY would let any answer start us again."""
    ours, _ = bare
    flags = termios.tcgetattr(ours)[0]
    assert flags & termios.IXON
    assert not flags & (termios.IXOFF | termios.IXANY)


def test_all_bytes_go_out_as_they_are(bare) -> None:
    ours, port = bare
    assert port.write(bytes(range(256))) == 256
    assert arrived(ours) == bytes(range(256))


def test_what_was_written_is_not_what_was_printed(served, page: Page, job: Job) -> None:
    """A dead printer on a line that stands takes it all: neither an error nor a short count tells."""
    printer, driver, link = served()
    printer.power_off()
    port = SerialPort(str(link), 115200)
    data = b"".join(band.data for band in job(printer.model))[:2000]
    assert port.write(data) == len(data)
    assert port.read(0.05) == b""
    port.close()
    assert driver.print(job(printer.model), lambda progress: None).outcome is Outcome.VOIDED
    assert printer.rows_printed == 0


def test_three_ways_to_be_gone(served) -> None:
    """Pulled: an error. Cable out or power off: nothing at all. Wrong baud rate: bytes that no printer says."""
    printer, _, link = served()
    port = SerialPort(str(link), 115200)
    port.write(b"\x10\x04\x01")
    assert port.read(5.0) == b"\x12"
    printer.silent(True)
    assert port.write(b"\x10\x04\x01") == 3
    assert port.read(0.05) == b""
    printer.silent(False)
    printer.wrong_baud(True)
    printer.noise(b"\x12")
    assert port.read(5.0) == b"\x92"
    printer.wrong_baud(False)
    printer.unplug()
    with pytest.raises(PrinterLost):
        port.read(5.0)
    port.close()


@pytest.mark.parametrize("hand", ["silent", "wrong_baud"])
def test_silence_and_garbage_are_a_printer_offline_until_they_end(served, page: Page, job: Job, hand: str) -> None:
    printer, driver, _ = served()
    levels: list[PrinterState] = []
    driver.watch(lambda level: levels.append(level.state))
    getattr(printer, hand)(True)
    result = driver.print(job(printer.model), lambda progress: None)
    assert (result.outcome, result.cause, result.rows) == (Outcome.VOIDED, PrinterState.OFFLINE, 0)
    assert printer.papers == []
    getattr(printer, hand)(False)
    for _ in range(200):
        driver.attend(0.02)
        if levels[-1:] == [PrinterState.READY]:
            break
    assert driver.print(job(printer.model), lambda progress: None).outcome is Outcome.PRINTED
    assert printer.papers[-1].bitmap == page.pixels()


@pytest.mark.parametrize(
    "use",
    [
        lambda port: port.read(5.0),
        lambda port: port.write(b"x"),
        lambda port: port.write(b"\x10\x04\x01", urgent=True),
    ],
    ids=["read", "write", "urgent"],
)
def test_whatever_is_done_on_a_pulled_line_says_so(served, use: Callable[[SerialPort], object]) -> None:
    """pyserial has a SerialException, an OSError and a termios.error for it."""
    printer, driver, link = served()
    driver.attend(0.02)
    driver.close()
    port = SerialPort(str(link), 115200)
    printer.unplug()
    with pytest.raises(PrinterLost):
        port.read(5.0)  # until it is gone
    with pytest.raises(PrinterLost):
        use(port)
    with pytest.raises(PrinterLost, match="printer"):
        SerialPort(str(link), 115200)
    port.close()


def is_lost(wait: Callable[[], object], meanwhile: Callable[[], None]) -> bool:
    """Whether `wait`, in a thread of its own, ends with PrinterLost when `meanwhile` happens."""
    lost, begun = threading.Event(), threading.Event()

    def run() -> None:
        begun.set()
        try:
            wait()
        except PrinterLost:
            lost.set()

    thread = threading.Thread(target=run)
    thread.start()
    begun.wait()
    meanwhile()
    thread.join(20)
    return lost.is_set()


def test_a_read_that_waits_ends_when_the_line_is_pulled(served) -> None:
    printer, _, link = served()
    port = SerialPort(str(link), 115200)
    assert is_lost(lambda: port.read(60.0), printer.unplug)
    port.close()


def test_a_read_that_waits_ends_when_another_thread_closes(served) -> None:
    _, _, link = served()
    port = SerialPort(str(link), 115200)
    assert is_lost(lambda: port.read(60.0), port.close)


def test_a_closed_port_touches_no_file_that_got_its_number(served, tmp_path: Path) -> None:
    _, _, link = served()
    port = SerialPort(str(link), 115200)
    port.close()
    files = [(tmp_path / f"{number}").open("w+b", buffering=0) for number in range(20)]
    for use in (lambda: port.write(b"x"), lambda: port.write(b"x", urgent=True), lambda: port.read(0.0)):
        with pytest.raises(PrinterLost):
            use()
    assert [file.tell() for file in files] == [0] * 20
    for file in files:
        file.close()


def test_hosts_come_and_go(served, page: Page, job: Job) -> None:
    """And the printer's own words do not come back to it: with an echo, these would feed."""
    printer, driver, link = served()
    printer.noise(b"\x1bJ\xff")
    for _ in range(3):
        port = SerialPort(str(link), 115200)
        port.write(b"\x10\x04\x01")
        heard = b""
        while not heard.endswith(b"\x12"):
            data = port.read(5.0)
            assert data
            heard += data
        port.close()
    assert printer.rows_printed == 0
    assert driver.print(job(printer.model), lambda progress: None).outcome is Outcome.PRINTED


def test_what_happened_before_we_opened_is_asked_for(served) -> None:
    printer, driver, _ = served()
    printer.open_cover()
    levels: list[PrinterState] = []
    driver.watch(lambda level: levels.append(level.state))
    driver.attend(0.05)
    assert levels == [PrinterState.COVER]


def test_modem_lines_that_are_not_there(served) -> None:
    _, _, link = served()
    port = SerialPort(str(link), 115200, rtscts=True)
    assert port.write(b"\x10\x04\x01") == 3
    assert port.read(5.0) == b"\x12"
    port.close()


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
