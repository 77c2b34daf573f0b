"""vpcd's wire from the driver's end: controls, commands, and hands that pull in the middle. No pcscd needed."""

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hardware.errors import SettingsError
from hardware.simulated.card import Faults, SimulatedCard
from hardware.simulated.card_applications import ATRS, Kind
from hardware.simulated.vpcd import VpcdSlot, address

Make = Callable[..., SimulatedCard]
SELECT = bytes.fromhex("00A4040C0AD392F000260100000001")


class Driver:
    """The reader driver's end: listens, asks, waits for answers."""

    def __init__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", 0))
        self.door.settimeout(5)
        self.port: int = self.door.getsockname()[1]

    @contextmanager
    def card(self) -> Iterator[socket.socket]:
        line, _ = self.door.accept()
        line.settimeout(5)
        with line:
            yield line

    def close(self) -> None:
        self.door.close()


def say(line: socket.socket, message: bytes) -> None:
    line.sendall(len(message).to_bytes(2, "big"))
    line.sendall(message)  # in two writes, as vpcd does


def hear(line: socket.socket) -> bytes:
    head = line.recv(2, socket.MSG_WAITALL)
    return line.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)


@pytest.fixture
def driver() -> Iterator[Driver]:
    made = Driver()
    yield made
    made.close()


@contextmanager
def inserting(slot: VpcdSlot, card: SimulatedCard) -> Iterator[list[bool]]:
    """`insert` returns only when the driver has asked something, so hands have a thread of their own here."""
    done: list[bool] = []
    hands = threading.Thread(target=lambda: done.append(slot.insert(card, seconds=5)))
    hands.start()
    try:
        yield done
    finally:
        slot.pull()
        hands.join()


def test_a_card_in_the_driver(driver: Driver, card: SimulatedCard) -> None:
    slot = VpcdSlot(port=driver.port)
    with inserting(slot, card) as done, driver.card() as line:
        say(line, b"\x04")
        assert hear(line) == ATRS[Kind.MY_NUMBER]
        say(line, b"\x01")
        say(line, SELECT)
        assert hear(line) == b"\x90\x00"
        say(line, b"\x02")
        say(line, bytes.fromhex("00A4020C020006"))
        assert hear(line) == b"\x6a\x82"  # a reset takes the selection away
        say(line, b"\x00")
        say(line, SELECT)
        assert hear(line) == b"\x6f\x00"
        assert slot.exchanged == 3
        slot.pull()
        assert line.recv(1) == b""
    assert done == [True]


def test_a_mute_card_sends_no_possible_atr(driver: Driver, make: Make) -> None:
    slot = VpcdSlot(port=driver.port)
    with inserting(slot, make(faults=Faults(mute=True))), driver.card() as line:
        say(line, b"\x04")
        assert len(hear(line)) > 33


def test_pulled_in_the_middle_of_a_command(driver: Driver, card: SimulatedCard) -> None:
    slot = VpcdSlot(port=driver.port)
    slot.before_command = lambda _: slot.pull()
    with inserting(slot, card), driver.card() as line:
        say(line, b"\x01")
        say(line, SELECT)
        assert line.recv(1) == b""


def test_a_hanging_card_can_be_pulled(driver: Driver, make: Make) -> None:
    slot = VpcdSlot(port=driver.port)
    asked = threading.Event()
    slot.before_command = lambda _: asked.set()
    with inserting(slot, make(faults=Faults(hangs_at=0xA4))), driver.card() as line:
        say(line, b"\x01")
        say(line, SELECT)
        asked.wait()
        slot.pull()
        assert line.recv(1) == b""


def test_nobody_takes_the_card(card: SimulatedCard) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        free = door.getsockname()[1]
    slot = VpcdSlot(port=free)
    assert not slot.insert(card, seconds=0.1)
    assert not slot.insert(card, given_up=lambda: True)
    assert slot.gone(0)


@pytest.mark.parametrize("text", ["", "22963", "localhost:", ":22963", "localhost:x", "localhost:0", "localhost:70000"])
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(SettingsError, match="HOST:PORT"):
        address(text)


def test_an_address() -> None:
    assert address("127.0.0.1:22963") == ("127.0.0.1", 22963)


# -- the command ------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "hardware.simulated", "card", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_command_dials_again_and_ends_on_sigterm(driver: Driver) -> None:
    process = run("--vpcd", f"127.0.0.1:{driver.port}", "--kind", "juki")
    driver.door.settimeout(30)
    for _ in range(2):
        with driver.card() as line:
            say(line, b"\x04")
            assert hear(line) == ATRS[Kind.JUKI]
    process.send_signal(signal.SIGTERM)
    said, wrong = process.communicate(timeout=10)
    assert process.returncode == 0
    assert wrong == ""
    assert said.startswith(f"card in at 127.0.0.1:{driver.port}")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--vpcd", "nowhere"), "must be HOST:PORT"),
        (("--card", "/nonexistent"), "no such file"),
        (("--card", "/nonexistent", "--state", "expired"), "stands in its card.toml"),
    ],
)
def test_mistakes_are_named(arguments: tuple[str, ...], says: str) -> None:
    process = run(*arguments)
    _, wrong = process.communicate(timeout=30)
    assert process.returncode == 2
    assert says in wrong
    assert "Traceback" not in wrong


def test_every_device_has_its_command() -> None:
    ran = subprocess.run([sys.executable, "-m", "hardware.simulated", "--help"], capture_output=True, text=True, check=True)
    for name in ("card", "pcsc-lab", "printer"):
        assert name in ran.stdout
