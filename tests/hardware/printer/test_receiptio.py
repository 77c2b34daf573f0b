"""A host that nobody here wrote prints on the simulated printer: receiptio (npm, Apache-2.0), which the Makefile puts into build/npm.

It judges both directions: the printer's answers are read by its reader, and what it prints is read by our decoder, from there by zxing.
receiptio knows port 9100 only; every loopback address has one, so each printer gets an address of its own. Behind it stands the pty that
the field's driver uses, so its bytes go through our serial port as well.
"""

import base64
import io
import random
import select
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp

from hardware.printer.models import load_model
from hardware.printer.page import Bitmap
from hardware.printer.serial_port import SerialPort
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_paper import Place, picture
from hardware.simulated.serial_pty import SerialPty

PORT = 9100
PROGRAM = Path(__file__).parents[3] / "build" / "npm" / "node_modules" / "receiptio" / "bin" / "cli.js"
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="receiptio needs node, which is not installed"),
    pytest.mark.skipif(not PROGRAM.exists(), reason="receiptio is not in build/npm: `make receiptio` puts it there, if npm is installed"),
]

CODE = "https://example.invalid/垂井町"


def noise(width: int, height: int) -> Bitmap:
    chance = random.Random(3)
    return Bitmap.of_lines(width, [chance.getrandbits(width) for _ in range(height)])


def receipt(art: Bitmap) -> str:
    """Text in Shift-JIS, enlarged and ruled, a column, an odd number of rules, a picture, a QR code, a bar code, a cut."""
    kept = io.BytesIO()
    picture(art).convert("L").save(kept, "PNG")
    return (
        "^^^住民票の写し\n{w:9,*;b:line}\n氏名|甲野 花子\n-\n{w:auto}\n"
        f"{{i:{base64.b64encode(kept.getvalue()).decode()}}}\n"
        f"{{c:{CODE};o:qrcode,4,m}}\n{{c:12345;o:code128,2,72}}\n終わり\n"
    )


@dataclass
class Desk:
    """`ask` gives receiptio's verdict, a word; `sent` is what it wrote."""

    printer: SimulatedPrinter
    address: str
    sent: bytearray

    def ask(self, *options: str, text: str = "") -> str:
        command = [str(NODE), str(PROGRAM), "-d", self.address, "-l", "ja", "-c", "47", "-b", "128", *options]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)
        assert done.stdout == ""
        return done.stderr.strip()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    printer = SimulatedPrinter(load_model("epson-tm"))
    line = SerialPty(printer, tmp_path / "printer")
    server, address = listening()
    sent, stop = bytearray(), threading.Event()
    bridge = threading.Thread(target=carry, args=(server, tmp_path / "printer", sent, stop), name="bridge")
    bridge.start()
    yield Desk(printer, address, sent)
    stop.set()
    bridge.join()
    server.close()
    line.close()
    printer.close()


def listening() -> tuple[socket.socket, str]:
    chance = random.SystemRandom()
    for _ in range(100):
        address = "127." + ".".join(str(chance.randrange(1, 255)) for _ in range(3))
        try:
            return socket.create_server((address, PORT)), address
        except OSError:
            continue
    pytest.skip("no loopback address beside 127.0.0.1 on this machine")


def carry(server: socket.socket, device: Path, sent: bytearray, stop: threading.Event) -> None:
    """One host at a time, like the network card of a printer."""
    server.settimeout(0.05)
    while not stop.is_set():
        try:
            host, _ = server.accept()
        except TimeoutError:
            continue
        port = SerialPort(str(device), 115200)
        rest = b""
        with host:
            while not stop.is_set():
                if not rest and select.select([host], [], [], 0)[0]:
                    rest = receive(host)
                    if not rest:
                        break  # it has hung up
                    sent += rest
                rest = rest[port.write(rest) :] if rest else b""
                answer = port.read(0.005)
                if answer:
                    host.sendall(answer)
        port.close()


def receive(host: socket.socket) -> bytes:
    try:
        return host.recv(4096)
    except ConnectionResetError:  # it does not wait for answers that it no longer needs
        return b""


@pytest.mark.parametrize("language", [(), ("-p", "epson"), ("-p", "generic")], ids=["detected", "epson", "generic"])
def test_it_prints_and_knows_it(desk: Desk, language: tuple[str, ...]) -> None:
    art = noise(200, 40)
    assert desk.ask(*language, text=receipt(art)) == "success"
    (paper,) = desk.printer.papers
    assert paper.place is Place.OUT
    assert desk.printer.hanging.height == 0
    lines = paper.bitmap.lines
    left = [line >> paper.bitmap.width - art.width for line in lines]
    assert any(tuple(left[top : top + art.height]) == art.lines for top in range(len(left))), "its picture is not on the paper, dot for dot"
    (found,) = zxingcpp.read_barcodes(picture(paper.bitmap).convert("L"))
    assert found.text == CODE
    assert b"\x1dk\x49" in desk.sent


def test_it_asks_who_we_are_and_is_told(desk: Desk) -> None:
    assert desk.ask(text="text\n") == "success"
    assert b"\x1dIB\x1dIC" in desk.sent


@pytest.mark.parametrize(
    ("happens", "verdict"),
    [
        (lambda printer: None, "online"),
        (SimulatedPrinter.paper_out, "paperempty"),
        (SimulatedPrinter.open_cover, "coveropen"),
        (SimulatedPrinter.jam, "error"),
    ],
    ids=["ready", "paper", "cover", "jam"],
)
def test_what_it_is_told_when_it_asks(desk: Desk, happens: Callable[[SimulatedPrinter], None], verdict: str) -> None:
    happens(desk.printer)
    assert desk.ask("-q", "printer") == verdict
    if verdict != "online":
        assert desk.ask(text="text\n") == verdict
        assert desk.printer.rows_printed == 0


@pytest.mark.parametrize(
    ("happens", "verdict"),
    [
        (SimulatedPrinter.paper_out, "paperempty"),
        (SimulatedPrinter.open_cover, "coveropen"),
        (SimulatedPrinter.jam, "error"),
        (SimulatedPrinter.cutter_jam, "error"),
    ],
    ids=["paper", "cover", "jam", "cutter"],
)
def test_what_it_is_told_while_it_prints(desk: Desk, happens: Callable[[SimulatedPrinter], None], verdict: str) -> None:
    """By automatic status, since it does not ask again."""
    desk.printer.on_rows = lambda rows: happens(desk.printer) if rows == 100 else None
    assert desk.ask(text=receipt(noise(200, 40))) == verdict
    assert desk.printer.papers == []
    assert desk.printer.rows_printed >= 100


def test_it_recovers_the_printer_from_an_error_that_has_been_seen_to(desk: Desk) -> None:
    desk.printer.jam()
    desk.printer.clear_jam()
    assert desk.printer.senses.offline
    assert desk.ask(text="text\n") == "error"  # the error it found; with it goes DLE ENQ 2
    assert not desk.printer.senses.offline
    assert desk.ask(text="text\n") == "success"
    assert len(desk.printer.papers) == 1


def test_a_careless_host_leaves_its_rest_on_the_next_roll(desk: Desk) -> None:
    """It says that the paper ended and goes; nothing clears the printer. Our driver's whole care is about this."""
    desk.printer.paper_out(after_rows=50)
    assert desk.ask(text=receipt(noise(200, 40))) == "paperempty"
    desk.printer.refill()
    assert desk.printer.rows_printed > 100
