"""A real pointer on a real display: what no injected touch can show, that the window hears the mouse at all."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

NEEDED = ("Xvfb", "xdotool")
pytestmark = pytest.mark.skipif(any(shutil.which(name) is None for name in NEEDED), reason=f"needs {' and '.join(NEEDED)}")

PROGRAM = """
import sys
from kiosk.screens.gallery import CASES
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.session.states import State

def tell(event):
    print(type(event).__name__, flush=True)
    window.stop()

window = Window(Look(width=540, height=960, pixels_per_mm=2.0), tell)
assert not window.offscreen
window.show(CASES[State.ATTRACT][0][1])
for _ in range(3):
    window.frame()
button = next(press for press in window.gate.presses() if press.action == "attract.start")
x, y = button.to_window(*button.center)
print(int(x), int(960 - y), flush=True)
window.run()
"""


@pytest.fixture
def display() -> Iterator[str]:
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "540x960x24", "-nolisten", "tcp"], pass_fds=(write,), stderr=subprocess.DEVNULL
    )
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


def test_a_click_starts_the_visit(display: str) -> None:
    surroundings = {key: value for key, value in os.environ.items() if not key.startswith(("SDL_", "WAYLAND"))} | {"DISPLAY": display}
    with subprocess.Popen([sys.executable, "-c", PROGRAM], env=surroundings, stdout=subprocess.PIPE, text=True) as kiosk:
        assert kiosk.stdout is not None
        x, y = kiosk.stdout.readline().split()
        pointer = ["xdotool", "mousemove", x, y, "sleep", "0.3", "mousedown", "1", "sleep", "0.1", "mouseup", "1"]
        subprocess.run(pointer, env=surroundings, check=True, timeout=20)
        assert kiosk.stdout.readline().strip() == "Touched"
        assert kiosk.wait(20) == 0
