"""The simulated printer is as bad to a careless host as a real one."""

import io
import random
import subprocess
import sys
import time
from collections.abc import Callable
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


def test_xon_comes_when_there_is_room_again() -> None:
    printer = SimulatedPrinter(EPSON)
    printer.open_cover()
    port = SimulatedPort(printer)
    port.write(b"\x1bJ\x02" * 2000)
    rows_held_off: list[int] = []
    printer.on_rows = lambda rows: rows_held_off.append(rows) if printer.wire.holds_off else None
    printer.close_cover()
    assert rows_held_off[-1] == (256 - 128) // 3  # of three bytes each; one more makes 256 free


def test_bytes_come_at_the_line_s_pace() -> None:
    now = [0.0]
    printer = SimulatedPrinter(EPSON, pace=9600, clock=lambda: now[0])
    port = SimulatedPort(printer)
    assert port.write(b"\x10\x04\x01" * 1000) == 3000
    heard = b""
    for seconds, bytes_in in ((0.5, 480), (1.0, 960), (10.0, 3000)):
        now[0] = seconds
        while len(heard) < bytes_in // 3:
            data = port.read(5.0)
            assert data
            heard += data
        assert port.read(0.02) == b""  # and not one more, however long the host waits
    printer.close()


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


def test_initialising_forgets_characters_and_modes() -> None:
    define = b"\x1cC\x01\x1c2\xec\x40" + b"\xff" * 72
    assert decode(define + b"\xec\x40\x0a", EPSON)[0].lines[0] >> 552 == 0xFFFFFF
    assert decode(define + b"\x1b@\x1cC\x01\xec\x40\x0a", EPSON)[0].lines[0] == 0
    assert decode(b"\x1b3\x50\x1b@\x0a", EPSON)[0].height == decode(b"\x0a", EPSON)[0].height


# Bits as in Epson's TM-T88III manual: answers to DLE EOT 1 to 4, and the automatic frame.
@pytest.mark.parametrize(
    ("hand", "answers", "frame"),
    [
        (lambda printer: None, "12 12 12 12", "10 00 60 0F"),
        (SimulatedPrinter.open_cover, "1A 16 12 12", "38 00 60 0F"),
        (SimulatedPrinter.paper_out, "1A 32 12 7E", "18 00 6F 0F"),
        (lambda printer: printer.near_end(True), "12 12 12 1E", "10 00 63 0F"),
        (SimulatedPrinter.jam, "1A 52 16 12", "18 04 60 0F"),
        (lambda printer: printer.hot(True), "12 52 52 12", "10 40 60 0F"),
    ],
    ids=["good", "cover", "end", "near end", "jam", "hot"],
)
def test_what_the_sensors_say(hand: Callable[[SimulatedPrinter], None], answers: str, frame: str) -> None:
    """Asked, or told by itself at each change, once."""
    printer = SimulatedPrinter(EPSON)
    port = SimulatedPort(printer)
    port.write(b"\x1da\xff")
    assert everything(port) == bytes.fromhex("10 00 60 0F")
    hand(printer)
    hand(printer)
    assert everything(port) == (b"" if answers == "12 12 12 12" else bytes.fromhex(frame))
    port.write(b"".join(bytes((0x10, 0x04, number)) for number in (1, 2, 3, 4)), urgent=True)
    assert everything(port) == bytes.fromhex(answers)


def test_a_hot_head_rests_and_goes_on() -> None:
    printer = SimulatedPrinter(EPSON)
    printer.on_rows = lambda rows: printer.hot(True) if rows == 3 else None
    SimulatedPort(printer).write(BAR)
    assert printer.rows_printed == 3
    printer.hot(False)
    assert (printer.rows_printed, printer.hanging.height) == (8, 8)


def test_a_roll_runs_low_before_it_ends() -> None:
    printer = SimulatedPrinter(EPSON)
    printer.refill(millimetres=EPSON.near_end_mm + 1)
    assert not printer.senses.near_end
    port = SimulatedPort(printer)
    port.write(BAR)
    assert printer.senses.near_end
    assert printer.senses.paper
    port.write(BAR * 2000, urgent=True)
    assert not printer.senses.paper
    assert printer.rows_printed == EPSON.rows(EPSON.near_end_mm + 1)
    printer.refill()
    assert not printer.senses.near_end


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


@pytest.mark.parametrize(
    ("command", "unknown"),
    [
        ("1C 28 41 02 00 30 00", 7),  # FS ( A: its length says where it ends
        ("1C 43 30 1C 2E 95", 0),  # FS C 0 FS .: one byte is a character, so a line feed behind it stays one
        ("1D 38 4C 0B 00 00 00 30 70 30 01 01 31 08 00 01 00 FF", 0),  # GS 8 L, never printed
        ("1D 6B 49 03 7B 42 31", 0),  # GS k, with its length
        ("1D 6B 04 31 32 00", 0),  # GS k, up to 00
        ("1D 28 6B 03 00 31 51 30", 0),  # GS ( k 81
        ("1B 5C F0 FF", 0),  # ESC \\ to the left
        ("1B 7B 01 1C 2D 02 1B 70 00 10 10", 0),
        ("1D 49 41", 0),
    ],
)
def test_commands_of_other_hosts_end_where_they_end(command: str, unknown: int) -> None:
    """What follows is printed as if alone: no parameter has become text."""
    interpreter = Interpreter(EPSON)
    rows = [action.dots for byte in bytes.fromhex(command) + b"\x0a" + BAR for action in interpreter.feed(byte) if isinstance(action, Row)]
    assert interpreter.unknown == unknown
    assert [row >> 560 for row in rows[-8:]] == [0xFF0F] * 8


def test_relative_positions() -> None:
    dot = b"\x1b*\x21\x01\x00\x80\x00\x00"
    sheet = decode(b"\x1b$\x10\x00\x1b\\\x08\x00" + dot + b"\x1b\\\xf7\xff" + dot + b"\x0a", EPSON)[0]
    assert sheet.lines[0] == (1 << 575 - 24) | (1 << 575 - 16)


def test_who_it_says_it_is() -> None:
    printer = SimulatedPrinter(EPSON)
    port = SimulatedPort(printer)
    port.write(b"\x1dIB\x1dIC\x1dr1\x1dr2")
    assert everything(port) == b"_SIMULATED\x00_epson-tm\x00\x00\x00"


@settings(max_examples=60)
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
