"""Card readers over PC/SC. The only file that imports pyscard, and of it only the thin binding: its calls return numbers, so no
exception has to be caught, and there is no singleton, no reconnecting and no monitor thread that ends for good with pcscd.

One thread of ours watches with a context of its own; each card gets a context and an exclusive connection of its own, and loses its
power at the end of it: a verified PIN outlives a warm reset and the next connect (LEAVE_CARD), but not the power.
"""

import logging
import threading
from collections.abc import Callable

from smartcard import scard

from hardware.card.traffic import TRAFFIC, command_line, response_line
from hardware.card.watch import Levels, Seen, choose
from hardware.errors import CardError, CardMute, CardRemoved, ReaderLost
from hardware.interfaces import CardConnection, ReaderLevel

log = logging.getLogger(__name__)

WATCH_MS = 500  # a wait is also ended by `close`; this bounds it when the cancel came a moment too early
SERVICE_RETRY_S = 0.5  # pcscd starts in 20 ms; systemd's socket starts it on our first try
_NEW_READERS = "\\\\?PnP?\\Notification"  # pseudo reader: changes when a reader comes or goes
_MUTE = {0x80100066, 0x80100067, 0x8010000F}  # unresponsive, unpowered, protocol mismatch
_NO_CARD = {0x8010000C, 0x80100069, 0x80100068}
_BUSY = 0x8010000B
_TIMEOUT, _UNKNOWN_READER, _NO_READERS = 0x8010000A, 0x80100009, 0x8010002E


class PcscReader:
    """The reader whose name holds `name_part`; with several, the one with a card in it."""

    def __init__(self, name_part: str = "") -> None:
        self._name_part = name_part
        self._stop = threading.Event()
        self._watcher: threading.Thread | None = None
        self._waiting: int | None = None  # the watcher's context, to be cancelled
        self._connection: _Connection | None = None

    def watch(self, tell: Callable[[ReaderLevel], None]) -> None:
        if self._watcher is not None:
            raise RuntimeError("watched already")
        self._watcher = threading.Thread(target=self._run, args=(tell,), name="card-watch", daemon=True)
        self._watcher.start()

    def connect(self) -> CardConnection:
        if self._connection is not None:
            self._connection.close()
        result, context = _establish()
        if result:
            raise ReaderLost(f"no PC/SC service ({result:08X})")
        try:
            self._connection = self._connect(context)
        except CardError:
            scard.SCardReleaseContext(context)
            raise
        return self._connection

    def close(self) -> None:
        self._stop.set()
        if self._waiting is not None:
            scard.SCardCancel(self._waiting)
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join(timeout=1.0)
        if self._connection is not None:
            self._connection.close()

    def _connect(self, context: int) -> "_Connection":
        readers = _look(context)
        seen = choose(readers, self._name_part) if readers is not None else None
        if seen is None:
            raise ReaderLost("no reader")
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        raw, handle, protocol = scard.SCardConnect(context, seen.name, scard.SCARD_SHARE_EXCLUSIVE, protocols)
        result = _unsigned(raw)
        if not result:
            return _Connection(context, handle, protocol, self._name_part)
        if result in _MUTE:
            raise CardMute(f"PC/SC {result:08X}")
        if result in _NO_CARD:
            raise CardRemoved(f"PC/SC {result:08X}")
        if result == _BUSY:
            raise ReaderLost("another program holds the card")
        raise ReaderLost(f"PC/SC {result:08X}")

    # -- the watcher's thread -----------------------------------------------------------------------------------------

    def _run(self, tell: Callable[[ReaderLevel], None]) -> None:
        levels = Levels(self._name_part)
        told: ReaderLevel | None = None

        def say(level: ReaderLevel) -> None:
            nonlocal told
            if level != told and not self._stop.is_set():
                told = level
                tell(level)

        while not self._stop.is_set():
            result, context = _establish()
            if not result:
                self._waiting = context
                self._follow(context, levels, say)
                self._waiting = None
                scard.SCardReleaseContext(context)
            if not self._stop.is_set() and (result or _look_alone() is None):
                say(levels.no_service())
                self._stop.wait(SERVICE_RETRY_S)

    def _follow(self, context: int, levels: Levels, say: Callable[[ReaderLevel], None]) -> None:
        """Until stopped or the service fails. Lists anew after each wait: new readers do not end a wait on known ones, and a service
        without readers never changes, yet is there."""
        while not self._stop.is_set():
            readers = _look(context)
            if readers is None:
                return
            say(levels.see(readers))
            known = [(seen.name, seen.state) for seen in readers]
            result, _ = scard.SCardGetStatusChange(context, WATCH_MS, [*known, (_NEW_READERS, scard.SCARD_STATE_UNAWARE)])
            if _unsigned(result) not in (0, _TIMEOUT, _UNKNOWN_READER):
                return


class _Connection:
    """A card that hangs holds its context for ever, and every call on it would wait. So `close` from another thread only says so, and
    the one who waits for the card clears up when the card is pulled."""

    def __init__(self, context: int, handle: int, protocol: int, name_part: str) -> None:
        self._context = context
        self._handle = handle
        self._control = scard.SCARD_PCI_T0 if protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        self._name_part = name_part
        self._turn = threading.Lock()
        self._busy = False
        self._closed = False

    def transmit(self, command: bytes | bytearray | list[int]) -> bytes:
        with self._turn:
            if self._closed:
                raise CardRemoved("the connection was closed")
            if self._busy:
                raise RuntimeError("two threads at one card")
            self._busy = True
        try:
            return self._transmit(command)
        finally:
            with self._turn:
                self._busy = False
                if self._closed:
                    self._release()

    def close(self) -> None:
        with self._turn:
            if not self._closed and not self._busy:
                self._release()
            self._closed = True

    def _transmit(self, command: bytes | bytearray | list[int]) -> bytes:
        if log.isEnabledFor(TRAFFIC):
            log.log(TRAFFIC, command_line(command))
        # The binding takes a list; one that is a list already is handed on as it is, so that its maker can wipe it.
        apdu = command if isinstance(command, list) else list(command)
        result, answer = scard.SCardTransmit(self._handle, self._control, apdu)
        if _unsigned(result) or len(answer) < 2:  # a card pulled in the middle is no error to the service, but an empty answer
            raise self._why(_unsigned(result))
        if log.isEnabledFor(TRAFFIC):
            log.log(TRAFFIC, response_line(answer))
        return bytes(answer)

    def _release(self) -> None:
        """These calls return errors when the service is gone; there is nothing left to do about them then."""
        scard.SCardDisconnect(self._handle, scard.SCARD_UNPOWER_CARD)
        scard.SCardReleaseContext(self._context)

    def _why(self, result: int) -> CardError:
        """Which number a pulled card gives depends on the moment and the driver, so what counts is what is there now."""
        readers = _look_alone()
        if readers is None or choose(readers, self._name_part) is None:
            return ReaderLost(f"PC/SC {result:08X}")
        return CardRemoved(f"PC/SC {result:08X}")


def _unsigned(result: int) -> int:
    return result & 0xFFFFFFFF


def _establish() -> tuple[int, int]:
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    return _unsigned(result), context


def _look(context: int) -> list[Seen] | None:
    """Every reader and its state now. None when the service does not answer."""
    result, names = scard.SCardListReaders(context, [])
    if _unsigned(result) == _NO_READERS or (not result and not names):
        return []
    if result:
        return None
    result, states = scard.SCardGetStatusChange(context, 0, [(name, scard.SCARD_STATE_UNAWARE) for name in names])
    if _unsigned(result) == _UNKNOWN_READER:  # went between the two calls
        return []
    if _unsigned(result) not in (0, _TIMEOUT):
        return None
    return [Seen(name, state) for name, state, _ in states]


def _look_alone() -> list[Seen] | None:
    result, context = _establish()
    if result:
        return None
    readers = _look(context)
    scard.SCardReleaseContext(context)
    return readers
