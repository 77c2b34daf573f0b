"""The terminal in Kivy's window: views drawn, touches told, the conductor drained on Kivy's thread."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware.devices import Devices
from hardware.interfaces import Key
from hardware.keypad.keyboard import Keyboard
from kiosk.log import Log
from kiosk.running import Ending, Feeder
from kiosk.screens.style import Look
from kiosk.screens.typing import HEADPHONES, TYPED
from kiosk.screens.window import Window
from kiosk.script import Resident, Step
from kiosk.session.events import Event
from kiosk.session.view import View
from kiosk.settings import Settings
from kiosk.speech.opening import joined, open_guide
from kiosk.terminal import Terminal, open_journal, open_terminal, utc_now

# How often time passes for the session: countdowns are whole seconds.
BEAT = 0.1


def look_of(settings: Settings) -> Look:
    screen = settings.screen
    return Look(width=screen.width, height=screen.height, pixels_per_mm=screen.pixels_per_mm)


class Screen:
    """A window and a terminal that talk to each other; either may come first."""

    def __init__(
        self, settings: Settings, devices: Devices, log: Log, offscreen: bool, closes: bool, transcript: Path | None = None
    ) -> None:
        self._log = log
        self.failed = False
        typed = self._typed if isinstance(devices.keypad, Keyboard) else None
        self.window = Window(look_of(settings), self._tell, offscreen, self._fault, self._touched, closes=closes, typed=typed)
        self.guide = open_guide(settings, devices, log, self.window, transcript)
        self.terminal: Terminal = open_terminal(settings, devices, open_journal(settings), log, self._show, self.window.chime)
        joined(self.guide, self.terminal.conductor)

    def _tell(self, event: Event) -> None:
        self.terminal.conductor.tell(event)

    def _touched(self) -> None:
        self.terminal.conductor.touched()
        self.guide.touched()

    def _typed(self, code: int, down: bool) -> None:
        keyboard = self.terminal.devices.keypad
        assert isinstance(keyboard, Keyboard)
        if code == HEADPHONES and down:
            keyboard.toggle_headphones()
        elif code in TYPED:
            keyboard.type(Key(TYPED[code]), down)

    def _show(self, view: View) -> None:
        self.window.show(view)
        self.guide.show(view)

    def _fault(self, error: Exception) -> None:
        """A screen that fails must not leave a resident's data standing: we end, are started anew, and settle what was left."""
        self._log.fault("kiosk_screen_failed", error)
        self.failed = True
        self.window.stop()


def run_window(settings: Settings, devices: Devices, steps: list[Step], transcript: Path | None = None) -> int:
    """Until the window is closed or we are asked to end. Raises ScriptFailed."""
    screen = Screen(settings, devices, Log(sys.stderr, utc_now), offscreen=False, closes=True, transcript=transcript)
    conductor, window, ended = screen.terminal.conductor, screen.window, Ending()
    if devices.hands is not None:
        from kiosk.bench.panel import Panel  # only now: importing a widget opens Kivy's window

        window.panel(Panel(devices.hands))
    resident = Resident(steps, devices.need_hands(), window.tap, time.monotonic) if steps else None
    feed = Feeder(conductor)

    def turn() -> None:
        conductor.drain()
        screen.guide.turn()
        feed()
        if ended.asked or (resident is not None and resident.step(conductor.view)):
            window.stop()

    def wake() -> None:
        window.call_soon(turn)

    conductor.wake = wake
    conductor.start()
    with beating(wake):
        try:
            window.run()
        finally:
            screen.terminal.close()
            screen.guide.close()
            window.close()
    return int(screen.failed)


@contextmanager
def beating(wake: Callable[[], None]) -> Iterator[None]:
    """Time passes for the session also when nothing happens."""
    still = threading.Event()

    def beat() -> None:
        while not still.wait(BEAT):
            wake()

    thread = threading.Thread(target=beat, name="kiosk-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        still.set()
        thread.join()
