"""A keypad on evdev: /dev/input/by-id/… read as the kernel writes it, and held so that nobody else gets its keys.

A pipe may stand in the device's place (the simulated keypad): it has no ioctls, so it cannot be grabbed, and the state of its
switch cannot be asked for but is told first. Everything else is the same.
"""

import contextlib
import errno
import fcntl
import os
import select
import threading
from collections.abc import Callable

from hardware.interfaces import Key, KeypadLevel
from hardware.keypad.input_event import SW_HEADPHONE_INSERT, Dropped, HeadphonesMoved, InputReader, KeyMoved

# linux/input.h: EVIOCGRAB is _IOW('E', 0x90, int), EVIOCGSW(len) is _IOC(_IOC_READ, 'E', 0x1b, len).
EVIOCGRAB = 0x4004_4590
SWITCH_BYTES = 8
EVIOCGSW = 2 << 30 | SWITCH_BYTES << 16 | 0x451B
# Between two tries to open a keypad that is not there.
RETRY_SECONDS = 1.0
READ_BYTES = 64 * 24


class EvdevKeypad:
    """Tells from its own thread. A keypad that is pulled is a level, and it is opened again when it comes back."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._woken, self._wake = os.pipe()
        self._thread: threading.Thread | None = None
        self._key: Callable[[Key, bool], None] = lambda key, down: None
        self._level: Callable[[KeypadLevel], None] = lambda level: None
        self._told: KeypadLevel | None = None

    def watch(self, key: Callable[[Key, bool], None], level: Callable[[KeypadLevel], None]) -> None:
        self._key, self._level = key, level
        self._thread = threading.Thread(target=self._run, name="keypad", daemon=True)
        self._thread.start()

    def close(self) -> None:
        if self._wake < 0:
            return
        os.close(self._wake)
        self._wake = -1
        if self._thread is not None:
            self._thread.join()
        os.close(self._woken)

    def _run(self) -> None:
        while True:
            try:
                device = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            except OSError:
                self._tell(KeypadLevel(connected=False, headphones=False))
                if self._closed(RETRY_SECONDS):
                    return
                continue
            try:
                if self._read(device):
                    return
            finally:
                os.close(device)

    def _read(self, device: int) -> bool:
        """Until the device is gone; True: until we are closed."""
        with contextlib.suppress(OSError):  # a pipe has nobody else to be kept off
            fcntl.ioctl(device, EVIOCGRAB, 1)
        reader = InputReader()
        self._tell(KeypadLevel(connected=True, headphones=plugged(device)))
        while True:
            ready, _, _ = select.select([device, self._woken], [], [])
            if self._woken in ready:
                return True
            try:
                data = os.read(device, READ_BYTES)
            except OSError as error:
                if error.errno == errno.EAGAIN:
                    continue
                data = b""
            if not data:
                self._tell(KeypadLevel(connected=False, headphones=False))
                return self._closed(RETRY_SECONDS)
            for moved in reader.feed(data):
                if isinstance(moved, KeyMoved):
                    self._key(moved.key, moved.down)
                elif isinstance(moved, HeadphonesMoved):
                    self._tell(KeypadLevel(connected=True, headphones=moved.inserted))
                elif isinstance(moved, Dropped):
                    self._tell(KeypadLevel(connected=True, headphones=plugged(device)))

    def _tell(self, level: KeypadLevel) -> None:
        if level != self._told:
            self._told = level
            self._level(level)

    def _closed(self, seconds: float) -> bool:
        return bool(select.select([self._woken], [], [], seconds)[0])


def plugged(device: int) -> bool:
    """What the headphones' switch says now. A device without such a switch, and a pipe, say no."""
    try:
        bits = fcntl.ioctl(device, EVIOCGSW, bytes(SWITCH_BYTES))
    except OSError:
        return False
    return bool(int.from_bytes(bits, "little") >> SW_HEADPHONE_INSERT & 1)
