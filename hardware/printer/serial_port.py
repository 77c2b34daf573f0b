"""A serial line as a Port. The only file that imports pyserial, which opens and sets the line; its exceptions end here.

What decides (measured with pyserial 3.5): `flush` and `out_waiting` prove nothing and may block, a write with a time limit does not tell
how much went out, a non-blocking one spins while the printer holds us off. So bytes go by os.write and os.read on its descriptor. A dead
pty or adapter raises SerialException, OSError or termios.error, depending on the call. `xonxoff=True` would also set IXOFF, by which
our own side may inject an XOFF into a raster: IXON alone is set by hand. Linux cannot do DTR/DSR: a printer set to it is wired to CTS
(`rtscts`).

Reading and writing are one thread's business, `close` may come from another: it ends a read that waits, and the descriptor is closed
when nobody is inside it, since its number may belong to another file a moment later.
"""

import os
import select
import termios
import threading

import serial

from hardware.errors import PrinterLost

LOST = (serial.SerialException, OSError, termios.error)


class SerialPort:
    """Raises PrinterLost if the device is not there or another program has it."""

    def __init__(self, path: str, baud: int, rtscts: bool = False) -> None:
        self._busy = threading.Lock()
        self._closed = False
        try:
            self._serial = serial.Serial(path, baud, timeout=0, write_timeout=0, rtscts=rtscts, exclusive=True)
            self._descriptor: int = self._serial.fileno()
            attributes = termios.tcgetattr(self._descriptor)
            attributes[0] = attributes[0] & ~(termios.IXOFF | termios.IXANY) | termios.IXON
            termios.tcsetattr(self._descriptor, termios.TCSANOW, attributes)
        except LOST as error:
            raise PrinterLost(f"{path}: {error}") from None
        self._wake = os.eventfd(0)

    def write(self, data: bytes, urgent: bool = False) -> int:
        with self._busy:
            self._check()
            try:
                if urgent:
                    # TCOON alone restarts only what TCOOFF has stopped, not what an XOFF has.
                    termios.tcflow(self._descriptor, termios.TCOOFF)
                    termios.tcflow(self._descriptor, termios.TCOON)
                return os.write(self._descriptor, data)
            except BlockingIOError:
                return 0
            except LOST as error:
                raise PrinterLost(f"write: {error}") from None

    def read(self, timeout: float) -> bytes:
        with self._busy:
            self._check()
            try:
                ready = select.select([self._descriptor, self._wake], [], [], timeout)[0]
                self._check()
                if not ready:
                    return b""
                data = os.read(self._descriptor, 4096)
            except BlockingIOError:
                return b""
            except LOST as error:
                raise PrinterLost(f"read: {error}") from None
        if not data:
            raise PrinterLost("read: the other end is closed")
        return data

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        os.eventfd_write(self._wake, 1)
        with self._busy:
            try:
                # What has not left yet must not come out later by itself; closing would wait for it.
                termios.tcflush(self._descriptor, termios.TCOFLUSH)
                self._serial.close()
            except LOST:
                return
            finally:
                os.close(self._wake)

    def _check(self) -> None:
        if self._closed:
            raise PrinterLost("the port has been closed")
