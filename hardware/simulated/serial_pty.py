"""The simulated printer behind a real serial device: a pty with a path that stays.

A pty knows no baud rate, so the printer paces itself. The device end is kept open here and raw: otherwise the printer's own answers
would come back to it as an echo, and it would see an error whenever the host is not there. When the adapter is pulled (`unplug`) the pty
is closed, which the host sees as EIO, and a new one stands behind the same link after `plug`.
"""

import os
import pty
import select
import threading
import tty
from pathlib import Path

from hardware.simulated.printer import SimulatedPrinter

AGAIN = 0.002  # seconds until what the printer did not take yet is offered anew


class SerialPty:
    """Serves `printer` at `link` until `close`. Raises OSError if the link cannot be made."""

    def __init__(self, printer: SimulatedPrinter, link: Path) -> None:
        self._printer, self._link = printer, link
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self._stopped = threading.Event()
        self._fds: tuple[int, int] | None = None  # our end, the device end
        self._generation = printer.wire.generation
        self._open()
        printer.wire.on_reply = self._wake
        self._thread = threading.Thread(target=self._serve, name="printer pty", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stopped.set()
        self._wake()
        self._thread.join()
        self._shut()
        self._printer.wire.on_reply = lambda: None
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _open(self) -> None:
        ours, device = pty.openpty()
        tty.setraw(device)
        self._fds = ours, device
        self._generation = self._printer.wire.generation
        fresh = self._link.with_name(self._link.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(device))
        fresh.replace(self._link)

    def _shut(self) -> None:
        if self._fds is not None:
            self._link.unlink(missing_ok=True)
            for descriptor in self._fds:
                os.close(descriptor)
            self._fds = None

    def _wake(self) -> None:
        try:
            os.write(self._wake_write, b"!")
        except BlockingIOError:
            return  # it is awake

    def _serve(self) -> None:
        wire = self._printer.wire
        rest = b""
        while not self._stopped.is_set():
            if self._fds is not None and wire.generation != self._generation:
                self._shut()
                rest = b""
            if self._fds is None and wire.plugged:
                self._open()
            watched = [self._wake_read] + ([self._fds[0]] if self._fds and not rest else [])
            ready, _, _ = select.select(watched, [], [], AGAIN if rest else None)
            if self._wake_read in ready:
                os.read(self._wake_read, 4096)
            if self._fds is None:
                continue
            if self._fds[0] in ready:
                rest = os.read(self._fds[0], 4096)
            # Flow control is the line discipline's business: what the host sent past it arrives, and is dropped by a full buffer.
            rest = rest[wire.offer(rest, urgent=True) :]
            data = wire.collect(0.0)
            if data:
                os.write(self._fds[0], data)
