"""The simulated printer's side of the line: pace, buffer, flow control, real-time commands; and the line as an in-process Port."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from hardware.errors import PrinterLost
from hardware.printer.commands import CLEAR_BUFFERS
from hardware.printer.models import PrinterModel, StatusKind

XON, XOFF = b"\x11", b"\x13"
BUSY, READY = 128, 256  # free bytes at which XOFF and XON are said (Epson TM-T88III manual, 4 kB buffer)
HOST_QUEUE = 4096  # bytes that the host's serial driver takes before its write has to wait


class Mechanism(Protocol):
    """What hangs on the wire. Its calls come with `lock` held."""

    lock: "threading.RLock"
    model: PrinterModel
    pace: int
    powered: bool
    wire: "Wire"

    def work(self) -> None: ...
    def clear(self) -> None: ...
    def recover(self, drop: bool) -> None: ...
    def real_time_status(self, number: int) -> bytes: ...


class Wire:
    def __init__(self, printer: Mechanism, clock: Callable[[], float]) -> None:
        self._printer, self._clock, self._before = printer, clock, clock()
        self.cut = self.garbled = False
        self.plugged = True
        self.generation = 0  # grows when the adapter is pulled: older ports are dead
        self.dropped = 0  # bytes that came when the buffer was full
        self.holds_off = False  # XOFF has been said
        self.told = threading.Condition(printer.lock)
        self.on_reply: Callable[[], None] = lambda: None  # also told when the adapter is pulled or back
        self._under_way: deque[int] = deque()  # in the host's queue and on the line
        self._byte_credit = 0.0
        self._buffer: deque[int] = deque()
        self._tail = b""  # the last bytes that arrived, for real-time commands
        self._replies = bytearray()

    # -- the host's end -------------------------------------------------------------------------------------------

    def offer(self, data: bytes, urgent: bool) -> int:
        """How many bytes the host's driver took."""
        with self._printer.lock:
            if self._printer.pace:
                if self.holds_off and not urgent:
                    return 0
                taken = data[: HOST_QUEUE - len(self._under_way)]
                self._under_way.extend(taken)
                return len(taken)
            for count, byte in enumerate(data):
                if not self.plugged:
                    break  # pulled while printing: the rest went nowhere
                if self.holds_off and not urgent:
                    return count
                self._receive(byte)
                self._printer.work()
            return len(data)

    def collect(self, timeout: float) -> bytes:
        """Replies, flow control included."""
        with self.told:
            if not self._replies:
                self.told.wait(timeout)
            data = bytes(self._replies)
            self._replies.clear()
            return data

    def unplug(self) -> None:
        with self.told:
            self.plugged = False
            self.generation += 1
            self._under_way.clear()
            self._replies.clear()
            self.told.notify_all()
        self.on_reply()

    def plug(self) -> None:
        self.plugged = True
        self.on_reply()

    # -- the printer's end ----------------------------------------------------------------------------------------

    def arrive(self) -> None:
        """As many bytes as the line brings in the time since the last call (8N1: ten bits each)."""
        now = self._clock()
        self._byte_credit += (now - self._before) * self._printer.pace / 10
        self._before = now
        while self._under_way and self._byte_credit >= 1:
            self._byte_credit -= 1
            self._receive(self._under_way.popleft())
            self._printer.work()
        if not self._under_way:
            self._byte_credit = min(self._byte_credit, 1.0)

    def reply(self, data: bytes) -> None:
        with self.told:
            if self.cut or not self.plugged or not self._printer.powered:
                return
            self._replies += bytes(byte | 0x80 for byte in data) if self.garbled else data
            self.told.notify_all()
        self.on_reply()

    def next_byte(self) -> int | None:
        if not self._buffer:
            return None
        byte = self._buffer.popleft()
        self._flow()
        return byte

    def drop_buffer(self) -> None:
        self._buffer.clear()
        self._flow()

    def lose_power(self) -> None:
        self._buffer.clear()
        self._replies.clear()
        self._tail = b""
        self.holds_off = False

    def _receive(self, byte: int) -> None:
        if self.cut or not self._printer.powered:
            return
        if self.garbled:
            byte |= 0x80
        if len(self._buffer) >= self._printer.model.buffer_bytes:
            self.dropped += 1
        else:
            self._buffer.append(byte)
        self._tail = (self._tail + bytes((byte,)))[-len(CLEAR_BUFFERS) :]
        self._real_time()
        self._flow()

    def _real_time(self) -> None:
        kind, number = self._tail[-3:-1], self._tail[-1]
        if kind == b"\x10\x04" and (number in (1, 2, 3, 4) or (number == 0x14 and self._printer.model.status is StatusKind.CUSTOM)):
            self.reply(self._printer.real_time_status(number))
        elif kind == b"\x10\x05" and number in (1, 2):
            self._printer.recover(drop=number == 2)
        elif self._tail == CLEAR_BUFFERS:
            self._printer.clear()
            self.reply(b"\x37\x25\x00")

    def _flow(self) -> None:
        free = self._printer.model.buffer_bytes - len(self._buffer)
        if not self.holds_off and free <= BUSY:
            self.holds_off = True
            self.reply(XOFF)
        elif self.holds_off and free >= READY:
            self.holds_off = False
            self.reply(XON)


class SimulatedPort:
    """The line in process, with the operating system's part of flow control (IXON) done here. Raises PrinterLost as SerialPort does."""

    def __init__(self, printer: Mechanism) -> None:
        self._wire = printer.wire
        self._generation = self._wire.generation
        self._check()

    def write(self, data: bytes, urgent: bool = False) -> int:
        self._check()
        return self._wire.offer(data, urgent)

    def read(self, timeout: float) -> bytes:
        self._check()
        data = self._wire.collect(timeout)
        self._check()
        return data.translate(None, XON + XOFF)

    def close(self) -> None:
        self._generation = -1

    def _check(self) -> None:
        if not self._wire.plugged or self._generation != self._wire.generation:
            raise PrinterLost("no such line")
