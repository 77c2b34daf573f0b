"""A simulated card in the real pcscd: the card's side of vpcd's wire (virtualsmartcard, "Virtual Smart Card Architecture", API).

The card is a TCP client of the reader driver: connected is inserted, closed is removed. Every message is a two-byte length and data;
one byte is a control (power off, on, reset, ATR), four and more are a command APDU. The ATR is asked every 400 ms to see whether the
card is still there. A reply of no length blocks pcscd for ever, so there is none: to vanish, the card closes.
"""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from hardware.errors import SettingsError
from hardware.simulated.card import SimulatedCard

PORT = 22963  # below 32768: a local connection that happens to own the port would cost the driver both its slots
POWER_OFF, POWER_ON, RESET, ATR = b"\x00", b"\x01", b"\x02", b"\x04"
MUTE_ATR = bytes(40)  # longer than any ATR (33): the reader reports a mute card
DIAL_PAUSE_S = 0.02
# pcscd looks every 400 ms. Should a client disconnect from the card that left, and the next be put in, between two looks, pcscd 1.9.9
# goes on saying "empty" until that one is pulled as well. No hand is that quick.
HAND_S = 0.5


def address(text: str) -> tuple[str, int]:
    """ "127.0.0.1:22963" -> host, port. Raises SettingsError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(f'vpcd: "{text}" must be HOST:PORT, like 127.0.0.1:{PORT}')
    return host, int(port)


class VpcdSlot:
    """One slot of the reader and the hands at it. `before_command` sees each command just before the card would, `after_command` once the
    card has done it and before the answer leaves, `exchanged` counts."""

    def __init__(self, host: str = "127.0.0.1", port: int = PORT) -> None:
        self.before_command: Callable[[bytes], None] | None = None
        self.after_command: Callable[[bytes], None] | None = None
        self.exchanged = 0
        self._address = (host, port)
        self._hands = threading.RLock()
        self._line: socket.socket | None = None
        self._server: threading.Thread | None = None
        self._card: SimulatedCard | None = None
        self._pulled_at = -HAND_S  # time.monotonic()

    def insert(self, card: SimulatedCard, seconds: float = 10.0, given_up: Callable[[], bool] = lambda: False) -> bool:
        """Instead of one that may be in. Dials until the driver asks the first question, which is when the card is in. False when
        nobody did within `seconds` or the caller gave up."""
        self.pull()
        time.sleep(max(0.0, self._pulled_at + HAND_S - time.monotonic()))
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not given_up():
            try:
                line = socket.create_connection(self._address, timeout=max(0.1, deadline - time.monotonic()))
            except OSError:
                time.sleep(DIAL_PAUSE_S)
                continue
            asked = threading.Event()
            with self._hands:
                self._line, self._card = line, card
                self._server = threading.Thread(target=self._serve, args=(line, card, asked), name="vpcd-card", daemon=True)
                self._server.start()
            while time.monotonic() < deadline and not given_up() and self._server.is_alive():
                if asked.wait(0.1):
                    return True
            self.pull()
        return False

    def pull(self) -> None:
        """Even in the middle of a command, and then from the serving thread too."""
        with self._hands:
            line, card, server = self._line, self._card, self._server
            self._line = self._card = self._server = None
        if line is None or card is None or server is None:
            return
        _hang_up(line)
        card.power(False)
        self._pulled_at = time.monotonic()
        if server is not threading.current_thread():
            server.join()

    def gone(self, seconds: float) -> bool:
        """Waits up to `seconds` for the driver to hang up, and says whether it did (or no card is in)."""
        with self._hands:
            server = self._server
        if server is None:
            return True
        server.join(seconds)
        return not server.is_alive()

    # -- the wire -----------------------------------------------------------------------------------------------------

    def _serve(self, line: socket.socket, card: SimulatedCard, asked: threading.Event) -> None:
        line.settimeout(None)
        with line, suppress(OSError):  # pulled while it spoke, or the driver went away
            while (message := _receive(line)) is not None:
                asked.set()
                reply = self._reply(card, message)
                if reply:
                    line.sendall(len(reply).to_bytes(2, "big") + reply)  # one write: the driver reads length and data apart
        card.power(False)

    def _reply(self, card: SimulatedCard, message: bytes) -> bytes:
        if message == ATR:
            return MUTE_ATR if card.faults.mute else card.atr
        if message in (POWER_OFF, POWER_ON):
            card.power(message == POWER_ON)
            return b""
        if message == RESET:
            card.reset()
            return b""
        self.exchanged += 1
        if self.before_command is not None:
            self.before_command(message)
        reply = card.command(message)
        if self.after_command is not None:
            self.after_command(message)
        return reply


def _receive(line: socket.socket) -> bytes | None:
    """One message, None at the end. The driver writes length and data apart; without a quick acknowledgement of the first its second
    write waits 44 ms, and the kernel forgets the wish with every segment."""
    data = b""
    need = 2
    while len(data) < need:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        more = line.recv(need - len(data))
        if not more:
            return None
        data += more
        if need == 2 and len(data) == 2:
            need += int.from_bytes(data, "big")
    return data[2:]


def _hang_up(line: socket.socket) -> None:
    """Wakes the thread that reads."""
    with suppress(OSError):  # it was closed by the other side
        line.shutdown(socket.SHUT_RDWR)
