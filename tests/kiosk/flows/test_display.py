"""A whole visit in the real window: under Xvfb by a pointer that the window system moves, and under Weston (through Xwayland)."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

GLASS = Path(__file__).with_name("glass.py")
SIZE = "540x960x24"
PATIENCE = 40.0


def missing(*programs: str) -> pytest.MarkDecorator:
    absent = [name for name in programs if shutil.which(name) is None]
    return pytest.mark.skipif(bool(absent), reason=f"needs {', '.join(absent)}")


class Terminal:
    """The window, and where its buttons lie now."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.places: dict[str, list[int]] = {}

    def see(self, state: str) -> "Terminal":
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            self.places = told["places"]
            if told["state"] == state:
                return self
        raise AssertionError(f"the window ended before it showed {state}")

    def order(self, words: str) -> "Terminal":
        assert self._process.stdin is not None
        self._process.stdin.write(words + "\n")
        self._process.stdin.flush()
        return self

    def offering(self, action: str) -> list[int]:
        while action not in self.places:
            assert self._process.stdout is not None
            self.places = json.loads(self._process.stdout.readline())["places"]
        return self.places[action]


@pytest.fixture
def open_glass(network, tmp_path) -> Iterator[object]:
    opened: list[subprocess.Popen[str]] = []

    def open_one(surroundings: dict[str, str]) -> Terminal:
        command = [sys.executable, str(GLASS), str(network.file), str(tmp_path / "state"), "simulated:", "simulated:custom-vkp80?baud=0"]
        process = subprocess.Popen(
            [*command, "display"], env=surroundings, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=GLASS.parents[3]
        )
        opened.append(process)
        return Terminal(process)

    yield open_one
    for process in opened:
        process.kill()
        process.communicate()


def plain() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(("SDL_", "WAYLAND", "DISPLAY"))}


@pytest.fixture
def xvfb() -> Iterator[dict[str, str]]:
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", SIZE, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield plain() | {"DISPLAY": f":{number}"}
    server.terminate()
    server.wait(10)


@pytest.fixture
def weston(tmp_path) -> Iterator[dict[str, str]]:
    """Headless; the number of its Xwayland's display stands in its log."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    surroundings = plain() | {"XDG_RUNTIME_DIR": str(folder)}
    log = tmp_path / "weston.log"
    command = ["weston", "--backend=headless-backend.so", "--xwayland", "--width=540", "--height=960", "--no-config", f"--log={log}"]
    with subprocess.Popen([*command, "--socket=kiosk", "--idle-time=0"], env=surroundings) as server:
        until = time.monotonic() + PATIENCE
        while "listening on display" not in (text := log.read_text() if log.exists() else ""):
            assert time.monotonic() < until, text
            assert server.poll() is None, text
            time.sleep(0.05)
        number = text.partition("listening on display ")[2].split()[0]
        yield surroundings | {"DISPLAY": number}
        server.terminate()


@missing("Xvfb", "xdotool")
def test_a_visit_by_the_pointer_of_the_window_system(open_glass, xvfb) -> None:
    terminal = open_glass(xvfb)

    def click(action: str) -> None:
        x, y = terminal.offering(action)
        pointer = ["xdotool", "mousemove", str(x), str(y), "sleep", "0.3", "mousedown", "1", "sleep", "0.1", "mouseup", "1"]
        subprocess.run(pointer, env=xvfb, check=True, timeout=20)

    _visit(terminal, click)


@missing("weston", "Xwayland")
def test_a_visit_in_a_window_under_weston(open_glass, weston) -> None:
    """Its headless seat hands no pointer on to Xwayland: the finger is ours here, the window and its frames are Weston's."""
    terminal = open_glass(weston)

    def tap(action: str) -> None:
        terminal.offering(action)
        terminal.order(f"tap {action}")

    _visit(terminal, tap)


def _visit(terminal: Terminal, press) -> None:
    terminal.see("attract")
    press("attract.start")
    terminal.see("choose_service")
    press("service.copy")
    terminal.see("insert_card").order("card hanako").see("enter_pin")
    for digit in "1234":
        press(f"pin.{digit}")
    press("pin.done")
    for state, action in (("choose_persons", "persons.next"), ("choose_items", "items.next"), ("choose_copies", "copies.next")):
        terminal.see(state)
        press(action)
    terminal.see("confirm")
    press("confirm.yes")
    terminal.see("take_card").order("pull").see("take_paper").order("take").see("receipt")
    press("receipt.no")
    terminal.see("goodbye").see("attract")
