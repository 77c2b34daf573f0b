"""A serial line as a Port. The only file that imports pyserial, which opens and sets the line; its exceptions end here.

What decides (measured with pyserial 3.5): `flush` and `out_waiting` prove nothing and may block, a write with a time limit does not tell
how much went out, a non-blocking one spins while the printer holds us off. So bytes go by os.write and os.read on its descriptor. A dead
pty or adapter raises SerialException, OSError or termios.error, depending on the call. `xonxoff=True` would also set IXOFF, by which
our own side may inject an XOFF into a raster: IXON alone is set by hand. Linux cannot do DTR/DSR: a printer set to it is wired to CTS
(`rtscts`).
"""

import os
import select
import termios

import serial

from hardware.errors import PrinterLost

LOST = (serial.SerialException, OSError, termios.error)


class SerialPort:
    """Raises PrinterLost if the device is not there or another program has it."""

    def __init__(self, path: str, baud: int, rtscts: bool = False) -> None:
        try:
            self._serial = serial.Serial(path, baud, timeout=0, write_timeout=0, rtscts=rtscts, exclusive=True)
            self._descriptor: int = self._serial.fileno()
            attributes = termios.tcgetattr(self._descriptor)
            attributes[0] = attributes[0] & ~(termios.IXOFF | termios.IXANY) | termios.IXON
            termios.tcsetattr(self._descriptor, termios.TCSANOW, attributes)
        except LOST as error:
            raise PrinterLost(f"{path}: {error}") from None

    def write(self, data: bytes, urgent: bool = False) -> int:
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
        try:
            if not select.select([self._descriptor], [], [], timeout)[0]:
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
        try:
            # What has not left yet must not come out later by itself; closing would wait for it.
            termios.tcflush(self._descriptor, termios.TCOFLUSH)
            self._serial.close()
        except LOST:
            return
