"""The terminal's window in a process of its own, for tests that touch it from outside: `glass.py SETTINGS STATE READER PRINTER SHOWN`.

SHOWN: display (the window system's) or offscreen. Each new screen is a line of JSON on stdout: its state and where each button lies, in
pixels from the upper left. Lines on stdin are hands: `card NAME` · `pull` · `take` · `tap ID` (a finger of this program's) · `end`.
"""

import json
import os
import sys
import threading
from collections import deque
from contextlib import ExitStack
from pathlib import Path

import msgspec

from hardware.devices import open_devices
from kiosk.log import Log
from kiosk.running import with_hands_on_the_line
from kiosk.settings import DeviceSettings, PathSettings, ScreenSettings, load_settings
from kiosk.terminal import utc_now
from kiosk.windowed import Screen, beating

# What a test wants to find in this process again, as a control.
MARK = bytearray.fromhex(os.environ.get("GLASS_MARK", ""))
FRAMES = 3  # until everything has its place


def main(file: str, state: str, reader: str, printer: str, shown: str) -> None:
    settings = load_settings(Path(file))
    cards = settings.devices.cards
    settings = msgspec.structs.replace(
        settings,
        devices=DeviceSettings(reader=reader, printer=printer, cards=cards),
        paths=PathSettings(state=state),
        screen=ScreenSettings(width=540, height=960, pixels_per_mm=2.0),
    )
    with ExitStack() as held:
        devices = open_devices(reader, printer, "none", settings.path(cards) if reader.startswith("simulated") else None)
        settings = with_hands_on_the_line(settings, devices, held)
        screen = Screen(settings, devices, Log(sys.stderr, utc_now), offscreen=shown == "offscreen", closes=True)
        assert screen.window.offscreen == (shown == "offscreen")
        orders: deque[str] = deque()
        _listen(orders)
        glass = Glass(screen, orders)
        screen.terminal.conductor.wake = glass.wake
        screen.terminal.conductor.start()
        with beating(glass.wake):
            screen.window.run()
        screen.terminal.close()
        screen.window.close()


def _listen(orders: "deque[str]") -> None:
    def listen() -> None:
        for line in sys.stdin:
            orders.append(line.strip())

    threading.Thread(target=listen, daemon=True).start()


class Glass:
    def __init__(self, screen: Screen, orders: "deque[str]") -> None:
        from kivy.clock import Clock  # not before the window has set Kivy up

        self._clock = Clock
        self._screen, self._orders = screen, orders
        self._told: object = None
        self._frames: int | None = 0

    def wake(self) -> None:
        self._screen.window.call_soon(self._turn)

    def _turn(self) -> None:
        self._screen.terminal.conductor.drain()
        if self._orders:
            self._obey(self._orders.popleft())
        view = self._screen.terminal.conductor.view
        what = (view.serial, frozenset(self._screen.window.visible_actions()))
        if what != self._told:
            self._told, self._frames = what, self._clock.frames
        elif self._frames is not None and self._clock.frames >= self._frames + FRAMES:
            self._frames = None
            places = {press.action: self._place(press) for press in self._screen.window.gate.presses()}
            print(json.dumps({"state": view.state, "places": places}), flush=True)

    def _place(self, press: object) -> tuple[int, int]:
        x, y = press.to_window(*press.center)  # type: ignore[attr-defined]
        return int(x), int(self._screen.window.look.height - y)

    def _obey(self, order: str) -> None:
        verb, _, words = order.partition(" ")
        hands = self._screen.terminal.devices.hands
        match verb:
            case "card" if hands is not None:
                hands.insert(words)
            case "pull" if hands is not None:
                hands.pull()
            case "take" if hands is not None:
                hands.take_paper()
            case "tap":
                self._screen.window.tap(words)
            case "end":
                self._screen.window.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
