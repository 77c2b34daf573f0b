"""A card that answers APDU bytes as the real ones do, down to what they refuse.

The wire side is `command` and `power`; what goes wrong is `faults`. `command` is total: any bytes get a status word and nothing
raises. PIN counters are the card's memory and outlive its power; what was verified and selected does not. A reset keeps what was
verified, as real cards do: only taking the power away is safe.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hardware.card.apdu import LE_MAX, Ins, StatusWord
from hardware.simulated.card_apdu import Asked, Pending, Refused, parse, status_bytes
from hardware.simulated.card_memory import Application, DataFile, KeyFile, PinFile, PinState, RecordFile

Kind = TypeVar("Kind")
SIGN_MOST = 245  # PKCS#1 v1.5 needs 11 of 256 bytes
PREFIX_LEAST = 5  # a registered application provider's id: the shortest name that selects


@dataclass(frozen=True)
class Delays:
    """Seconds a command takes; signatures take longer. 0.01 and 0.6 are a contactless card's."""

    command: float = 0.0
    signature: float = 0.0


@dataclass(frozen=True)
class Faults:
    """`hangs_at`: this instruction never comes back until the power goes. `t0`: the card speaks T=0, with 61xx and 6Cxx.
    `dizzy`: 6F00 once after power-up."""

    mute: bool = False
    dizzy: bool = False
    t0: bool = False
    hangs_at: int | None = None


def _nothing(_: Mapping[str, PinState]) -> None:
    """A card made for one run has nowhere to keep its counters."""


class SimulatedCard:
    """`remember` is told all PIN states before the answer to a command that changed one leaves the card."""

    def __init__(
        self,
        applications: Sequence[Application],
        atr: bytes,
        faults: Faults | None = None,
        delays: Delays | None = None,
        remember: Callable[[Mapping[str, PinState]], None] = _nothing,
    ) -> None:
        self.atr = atr
        self.faults = faults or Faults()
        self.delays = delays or Delays()
        self._applications = tuple(applications)
        self._remember = remember
        self._lock = threading.Lock()  # one command at a time; hands may take the power away from any thread
        self._powerless = threading.Event()
        self._powerless.set()
        self._application: Application | None = None
        self._file: int | None = None
        self._verified: set[int] = set()
        self._pending = Pending()
        self._fresh = True

    # -- the wire -----------------------------------------------------------------------------------------------------

    def power(self, on: bool) -> None:
        """Either way nothing is selected or verified afterwards. Ends a command that hangs."""
        self._powerless.set()
        with self._lock:
            self._application, self._file, self._pending = None, None, Pending()
            self._verified.clear()
            self._fresh = True
            if on:
                self._powerless.clear()

    def reset(self) -> None:
        """Warm: the selection goes, what was verified stays."""
        with self._lock:
            self._application, self._file, self._pending = None, None, Pending()

    def command(self, apdu: bytes) -> bytes:
        """A whole command APDU in, data and status word out."""
        with self._lock:
            return self._answer(apdu)

    # -- the card's inside ------------------------------------------------------------------------------------------------

    def pin_states(self) -> dict[str, PinState]:
        return {
            title: PinState(pin.left, pin.value.decode("ascii"))
            for application in self._applications
            for title, pin in application.pins().items()
        }

    def _answer(self, apdu: bytes) -> bytes:
        seconds = self.delays.command
        if apdu[1:2] == bytes((Ins.PERFORM_SECURITY_OPERATION,)):
            seconds += self.delays.signature
        if apdu[1:2] and apdu[1] == self.faults.hangs_at:
            self._powerless.wait()
        elif seconds:
            self._powerless.wait(seconds)
        if self._powerless.is_set() or (self._fresh and self.faults.dizzy):
            self._fresh = False
            return status_bytes(StatusWord.SELF_TEST)
        self._fresh = False
        try:
            asked = parse(apdu)
            if self.faults.t0:
                return self._pending.fetch(asked) if asked.ins == Ins.GET_RESPONSE else self._pending.hand_over(asked, self._do(asked))
            return self._do(asked) + status_bytes(StatusWord.OK)
        except Refused as refused:
            return status_bytes(refused.status)

    def _do(self, asked: Asked) -> bytes:
        match asked.ins:
            case Ins.SELECT:
                return self._select(asked)
            case Ins.READ_BINARY:
                return self._read(asked)
            case Ins.READ_RECORD:
                return self._read_record(asked)
            case Ins.VERIFY:
                return self._verify(asked)
            case Ins.CHANGE_REFERENCE_DATA:
                return self._change(asked)
            case Ins.PERFORM_SECURITY_OPERATION | Ins.INTERNAL_AUTHENTICATE:
                return self._sign(asked)
        raise Refused(StatusWord.NO_INS)

    def _select(self, asked: Asked) -> bytes:
        if asked.p1 == 0x04 and asked.data:
            for application in self._applications:
                if len(asked.data) >= PREFIX_LEAST and application.name.startswith(asked.data):
                    if application is not self._application:
                        self._verified.clear()
                    self._application, self._file = application, None
                    return b""
            raise Refused(StatusWord.NO_FILE)
        if asked.p1 == 0x02 and len(asked.data) == 2:
            number = int.from_bytes(asked.data, "big")
            if self._application is None or number not in self._application.files:
                raise Refused(StatusWord.NO_FILE)
            self._file = number
            return b""
        raise Refused(StatusWord.WRONG_PARAMETERS)

    def _named(self, kind: type[Kind], number: int | None) -> tuple[int, Kind]:
        """The file a command means: by short id, else the selected one."""
        if number is None:
            number = self._file
        if self._application is None or number is None:
            raise Refused(StatusWord.NO_CURRENT_FILE)
        content = self._application.files.get(number)
        if content is None:
            raise Refused(StatusWord.NO_FILE)
        if not isinstance(content, kind):
            raise Refused(StatusWord.WRONG_KIND_OF_FILE)
        self._file = number
        return number, content

    def _read(self, asked: Asked) -> bytes:
        short = asked.p1 & 0x80
        _, file = self._named(DataFile, asked.p1 & 0x1F if short else None)
        if file.pin is not None and file.pin not in self._verified:
            raise Refused(StatusWord.NOT_VERIFIED)
        if asked.data or asked.le is None:
            raise Refused(StatusWord.WRONG_LENGTH)
        offset = asked.p2 if short else asked.p1 << 8 | asked.p2
        if offset >= len(file.data):
            raise Refused(StatusWord.PAST_END)
        return file.data[offset : offset + asked.le]

    def _read_record(self, asked: Asked) -> bytes:
        if asked.p2 & 0x07 != 0x04:  # record P1 of the file
            raise Refused(StatusWord.WRONG_PARAMETERS)
        _, file = self._named(RecordFile, asked.p2 >> 3 or None)
        if asked.data or asked.le is None:
            raise Refused(StatusWord.WRONG_LENGTH)
        if not 1 <= asked.p1 <= len(file.records):
            raise Refused(StatusWord.NO_RECORD)
        return file.records[asked.p1 - 1][: asked.le]

    def _verify(self, asked: Asked) -> bytes:
        if asked.p1 or asked.p2 & 0xE0 != 0x80:
            raise Refused(StatusWord.WRONG_PARAMETERS)
        number, pin = self._named(PinFile, asked.file)
        if not asked.data and asked.le is None:
            raise Refused(StatusWord.NO_LIMIT if pin.limit is None else 0x63C0 | pin.left)
        if not 1 <= len(asked.data) <= 16:
            raise Refused(StatusWord.WRONG_LENGTH)
        if pin.locked:
            raise Refused(StatusWord.LOCKED)
        right = pin.check(asked.data)
        self._remember(self.pin_states())
        if not right:
            self._verified.discard(number)
            raise Refused(StatusWord.NO_LIMIT if pin.limit is None else 0x63C0 | pin.left)
        self._verified.add(number)
        return b""

    def _change(self, asked: Asked) -> bytes:
        if asked.p1 != 0x01 or asked.p2 & 0xE0 != 0x80:  # the new PIN alone, after VERIFY
            raise Refused(StatusWord.WRONG_PARAMETERS)
        number, pin = self._named(PinFile, asked.file)
        if number not in self._verified:
            raise Refused(StatusWord.NOT_VERIFIED)
        if not 1 <= len(asked.data) <= 16 or not asked.data.isascii():
            raise Refused(StatusWord.WRONG_LENGTH)
        pin.value = asked.data
        self._remember(self.pin_states())
        return b""

    def _sign(self, asked: Asked) -> bytes:
        if asked.p1 or asked.p2 & 0xE0 != 0x80:
            raise Refused(StatusWord.WRONG_PARAMETERS)
        _, key = self._named(KeyFile, asked.file)
        if key.ins != asked.ins:
            raise Refused(StatusWord.NO_INS)
        if key.pin not in self._verified:
            raise Refused(StatusWord.NOT_VERIFIED)
        if not 1 <= len(asked.data) <= SIGN_MOST or asked.le not in (None, LE_MAX):
            raise Refused(StatusWord.WRONG_LENGTH)
        return key.sign(asked.data)
