"""The simulated printer is as bad to a careless host as a real one."""

import io
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hardware.printer.encode import encode_job
from hardware.printer.library import library_strips
from hardware.printer.models import Encoder, PrinterModel, load_model
from hardware.printer.page import Bitmap, Page
from hardware.simulated.actions import Row
from hardware.simulated.decoder import Interpreter, decode
from hardware.simulated.look import as_paper
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_paper import Place
from hardware.simulated.printer_wire import SimulatedPort

EPSON, CUSTOM = load_model("epson-tm"), load_model("custom-vkp80")
BAR = b"\x1dv0\x00\x02\x00\x08\x00" + b"\xff\x0f" * 8  # eight rows of twelve dots
CUT = b"\x1dV\x42\x00"


def everything(port: SimulatedPort) -> bytes:
    return port.read(0.0)


def test_the_rest_comes_out_on_the_next_roll_if_nobody_clears() -> None:
    """Half a certificate on the new roll: what the driver has to prevent."""
    printer = SimulatedPrinter(EPSON)
    printer.paper_out(after_rows=3)
    SimulatedPort(printer).write(BAR)
    assert printer.rows_printed == 3
    printer.refill()
    assert printer.rows_printed == 8
    assert (printer.papers[0].place, printer.papers[0].bitmap.height, printer.hanging.height) == (Place.TORN, 3, 5)


def test_real_time_commands_are_obeyed_inside_a_picture() -> None:
    printer = SimulatedPrinter(EPSON)
    port = SimulatedPort(printer)
    port.write(b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x02")
    assert everything(port) == b"\x12"
    assert printer.hanging.rows[:3] == b"\x10\x04\x02"


def test_a_full_buffer_says_xoff_and_then_drops() -> None:
    printer = SimulatedPrinter(EPSON)
    printer.open_cover()
    port = SimulatedPort(printer)
    taken = port.write(b"\x1bJ\x01" * 2000)
    assert taken == EPSON.buffer_bytes - 128
    assert port.write(b"\x0a") == 0
    assert printer.wire.dropped == 0
    port.write(b"\x0a" * 200, urgent=True)
    assert printer.wire.dropped == 72
    printer.close_cover()
    assert not printer.wire.holds_off


def test_a_process_id_comes_after_its_rows_and_not_from_a_stopped_printer() -> None:
    printer = SimulatedPrinter(EPSON)
    port = SimulatedPort(printer)
    printer.paper_out(after_rows=8)
    port.write(BAR + b"\x1d(H\x06\x00\x30\x300042")
    assert everything(port) == b""
    printer.refill()
    assert everything(port) == b"\x37\x220042\x00"


def test_power_off_forgets_all_but_the_paper() -> None:
    printer = SimulatedPrinter(EPSON)
    port = SimulatedPort(printer)
    port.write(b"\x1cC\x01\x1da\xff\x1c2\xec\x40" + b"\xff" * 72 + BAR)
    everything(port)
    printer.power_off()
    assert port.write(b"\x10\x04\x01") == 3
    assert everything(port) == b""
    printer.power_on()
    assert everything(port) == b"\x3b\x31\x00"
    printer.open_cover()
    assert everything(port) == b""  # nothing automatic any more
    printer.close_cover()
    port.write(b"\xec\x40\x1bJ\x18")
    assert printer.hanging.lines[8] == 0  # the character is not what it was: its first row was black
    assert printer.hanging.height == 32


def test_half_dots_until_told_otherwise() -> None:
    assert decode(b"\x1bJ\x18", EPSON)[0].height == 12
    assert decode(b"\x1dP\xcb\xcb\x1bJ\x18", EPSON)[0].height == 24


def test_a_question_between_the_bytes_of_a_command_is_taken_for_a_parameter() -> None:
    printer = SimulatedPrinter(EPSON)
    SimulatedPort(printer).write(b"\x1dP\xcb\xcb\x1bJ\x10\x04\x01\x18")
    assert printer.rows_printed == 16  # 10h, and not 18h


def test_presenter_and_retract() -> None:
    printer = SimulatedPrinter(CUSTOM)
    port = SimulatedPort(printer)
    port.write(BAR + CUT)
    assert printer.papers[0].place is Place.INSIDE
    port.write(b"\x1de\x03\x80\x10\x04\x14")
    assert everything(port) == b"\x10\x0f\x20\x00\x00\x00"
    port.write(b"\x1de\x02\x10\x04\x14")
    assert everything(port) == b"\x10\x0f\x00\x00\x00\x00"
    assert printer.papers[0].place is Place.RETRACTED


def test_recovery_only_after_the_cause_is_gone() -> None:
    printer = SimulatedPrinter(EPSON)
    port = SimulatedPort(printer)
    printer.cutter_jam()
    port.write(BAR + CUT + b"\x10\x05\x01")
    assert printer.senses.cutter_error
    printer.clear_jam()
    assert printer.senses.cutter_error
    port.write(b"\x10\x05\x01")
    assert len(printer.papers) == 1  # resumed


def test_dots_beyond_the_paper_are_dropped() -> None:
    sheet = decode(b"\x1dP\xcb\xcb\x1b$" + (568).to_bytes(2, "little") + BAR, EPSON)[0]
    assert sheet.width == 576
    assert sheet.lines[0] == 0xFF


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data: bytes) -> None:
    for model in (EPSON, CUSTOM):
        printer = SimulatedPrinter(model)
        SimulatedPort(printer).write(data, urgent=True)
        interpreter = Interpreter(model)
        rows = sum(isinstance(action, Row) for byte in data for action in interpreter.feed(byte))
        assert rows == sum(sheet.height for sheet in decode(data, model))


def test_papers_are_saved_one_dot_a_pixel(tmp_path: Path, page: Page) -> None:
    printer = SimulatedPrinter(EPSON)
    SimulatedPort(printer).write(b"".join(band.data for band in encode_job([page], EPSON)))
    (path,) = printer.save_papers(tmp_path / "paper")
    image = Image.open(path)
    assert image.size == (576, page.height)
    black = [bytes(0 if line >> bit & 1 else 255 for bit in range(575, -1, -1)) for line in page.pixels().lines]
    assert image.convert("L").tobytes() == b"".join(black)


def test_the_library_prints_the_same_page(page: Page, models: list[PrinterModel]) -> None:
    """python-escpos' bytes, read by our reader, are the page: a foreign writer for the reader."""
    assert decode(b"".join(data for data, _ in library_strips(page, EPSON)), EPSON) == [page.pixels()]


def test_a_model_without_an_exact_encoder(page: Page) -> None:
    from dataclasses import replace

    plain = replace(EPSON, encoder=Encoder.LIBRARY, kanji_slots=0, half_slots=0)
    bands = encode_job([page, page], plain)
    assert decode(b"".join(band.data for band in bands), plain) == [page.pixels()] * 2
    assert sum(band.rows for band in bands) == 2 * page.height


def test_a_sheet_as_a_person_sees_it(page: Page) -> None:
    dots = page.pixels()
    seen = as_paper(dots)
    assert seen.tobytes() == as_paper(dots).tobytes()
    assert seen.tobytes() != as_paper(dots, torn=True).tobytes()
    assert seen.width > 640
    assert seen.height > page.height
    darkest, brightest = seen.convert("L").getextrema()
    assert 20 < darkest < 80  # heated paper is no black, and paper no white screen
    assert 230 < brightest < 255


@pytest.fixture
def command(tmp_path: Path):
    code = "import typer; from hardware.simulated.printer_command import printer; typer.run(printer)"
    args = ["--pty", str(tmp_path / "tty"), "--paper", str(tmp_path / "paper"), "--baud", "0", "--look"]
    process = subprocess.Popen([sys.executable, "-c", code, *args], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield process
    process.terminate()
    assert process.wait(10) == 0


def test_the_command(command, tmp_path: Path, page: Page) -> None:
    from hardware.printer.driver import SerialPrinter
    from hardware.printer.serial_port import SerialPort

    assert isinstance(command.stdout, io.TextIOBase)
    assert command.stdout.readline().startswith("ready: epson-tm at")
    driver = SerialPrinter(lambda: SerialPort(str(tmp_path / "tty"), 115200), EPSON)
    assert driver.print(encode_job([page], EPSON), lambda progress: None).outcome == "printed"
    command.stdin.write("open cover\n")
    command.stdin.flush()
    assert command.stdout.readline() == "open cover\n"
    levels = []
    driver.watch(levels.append)
    driver.attend(0.1)
    assert levels[-1].state == "cover"
    driver.close()
    deadline = time.monotonic() + 5
    while not (tmp_path / "paper" / "01-out.png").exists():
        assert time.monotonic() < deadline
    assert Image.open(tmp_path / "paper" / "01-out.png").size == (576, page.height)
    deadline = time.monotonic() + 5
    while not (tmp_path / "paper" / "01-out.look.png").exists():
        assert time.monotonic() < deadline


def test_a_pace_of_its_own() -> None:
    """Rows come at the motor's pace although all bytes are there."""
    chance = random.Random(1)
    page = Page(576, 300)
    printer = SimulatedPrinter(EPSON, pace=115200)
    data = b"".join(band.data for band in encode_job([page], EPSON)) + bytes(chance.choices([0x0A], k=1))
    begin = time.monotonic()
    port = SimulatedPort(printer)
    port.write(data + b"\x1d(H\x06\x00\x30\x300001")
    heard = b""
    while b"0001" not in heard:
        heard += port.read(1.0)
    assert time.monotonic() - begin >= 300 / EPSON.rows_per_second
    assert [paper.bitmap for paper in printer.papers] == [Bitmap.of_lines(576, [0] * 300)]
    printer.close()
