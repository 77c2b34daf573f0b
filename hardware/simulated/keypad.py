"""A keypad with a socket for headphones, simulated at the wire: a named pipe that carries `struct input_event`, as /dev/input does."""

import os
import tempfile
from pathlib import Path

from hardware.interfaces import Key
from hardware.keypad.input_event import CODES, EV_KEY, EV_SW, SW_HEADPHONE_INSERT, written


class SimulatedKeypad:
    """`path` is where the driver opens it. All methods are hands, from any thread; a keypad that is unplugged takes no key."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="keypad-")
        self.path = Path(self._folder.name) / "event"
        self._headphones = False
        self._wire: int | None = None
        self.plug()

    def press(self, key: Key) -> None:
        self.hold(key)
        self.let_go(key)

    def hold(self, key: Key) -> None:
        self._write(EV_KEY, CODES[key], 1)

    def let_go(self, key: Key) -> None:
        self._write(EV_KEY, CODES[key], 0)

    def headphones(self, inserted: bool) -> None:
        self._headphones = inserted
        self._write(EV_SW, SW_HEADPHONE_INSERT, int(inserted))

    def plug(self) -> None:
        if self._wire is None:
            os.mkfifo(self.path)
            self._wire = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)  # both ways: opening does not wait for the driver
            if self._headphones:  # a device would be asked; a pipe tells first
                self.headphones(True)

    def unplug(self) -> None:
        if self._wire is not None:
            self.path.unlink()
            os.close(self._wire)
            self._wire = None

    def close(self) -> None:
        self.unplug()
        self._folder.cleanup()

    def _write(self, kind: int, code: int, value: int) -> None:
        if self._wire is not None:
            os.write(self._wire, written(kind, code, value))
