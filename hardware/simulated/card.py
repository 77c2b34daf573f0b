"""A card that answers APDU bytes as the real ones do, down to what they refuse.

The wire side is `command` and `power`; what goes wrong is `faults`. `command` is total: any bytes get a status word and nothing
raises. PIN counters and a service's objects are the card's memory and outlive its power; what was verified and selected does not. A reset
keeps what was verified, as real cards do: only taking the power away is safe.
"""

import secrets
import threading
from collections.abc import Callable, Sequence

from hardware.card.apdu import Ins, StatusWord
from hardware.simulated.card_apdu import Asked, Pending, Refused, parse, status_bytes
from hardware.simulated.card_commands import COMMANDS
from hardware.simulated.card_faults import Delays, Faults
from hardware.simulated.card_memory import Application, Memory, memory_of
from hardware.simulated.card_state import CardState

_SIGNING = (Ins.PERFORM_SECURITY_OPERATION, Ins.INTERNAL_AUTHENTICATE)


def _nothing(_: Memory) -> None:
    """A card made for one run has nowhere to keep its memory."""


class SimulatedCard:
    """`remember` is told what lasts before the answer to a command that changed it leaves the card. `chance` gives so many bytes."""

    def __init__(
        self,
        applications: Sequence[Application],
        atr: bytes,
        faults: Faults | None = None,
        delays: Delays | None = None,
        remember: Callable[[Memory], None] = _nothing,
        chance: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.atr = atr
        self.faults = faults or Faults()
        self.delays = delays or Delays()
        self._lock = threading.Lock()  # one command at a time; hands may take the power away from any thread
        self._powerless = threading.Event()
        self._powerless.set()
        self._state = CardState(tuple(applications), self.faults, chance, lambda: remember(self.memory()))
        self._pending = Pending()
        self._fresh = True

    # -- the wire -----------------------------------------------------------------------------------------------------

    def power(self, on: bool) -> None:
        """Either way nothing is selected or verified afterwards. Ends a command that hangs."""
        self._powerless.set()
        with self._lock:
            self._state.reset(keep_verified=False)
            self._pending = Pending()
            self._fresh = True
            if on:
                self._powerless.clear()

    def reset(self) -> None:
        """Warm: the selection goes, what was verified stays."""
        with self._lock:
            self._state.reset(keep_verified=True)
            self._pending = Pending()

    def command(self, apdu: bytes) -> bytes:
        """A whole command APDU in, data and status word out."""
        with self._lock:
            return self._answer(apdu)

    # -- the card's inside ------------------------------------------------------------------------------------------------

    def memory(self) -> Memory:
        return memory_of(self._state.applications)

    def _answer(self, apdu: bytes) -> bytes:
        ins = apdu[1] if len(apdu) > 1 else None
        seconds = self.delays.command + (self.delays.signature if ins in _SIGNING else 0)
        if ins is not None and ins == self.faults.hangs_at:
            self._powerless.wait()
        elif seconds:
            self._powerless.wait(seconds)
        fresh, self._fresh = self._fresh, False
        if self._powerless.is_set() or (fresh and self.faults.dizzy):
            return status_bytes(StatusWord.SELF_TEST)
        try:
            asked = parse(apdu)
            if self.faults.t0:
                return self._pending.fetch(asked) if asked.ins == Ins.GET_RESPONSE else self._pending.hand_over(asked, self._do(asked))
            return self._do(asked) + status_bytes(StatusWord.OK)
        except Refused as refused:
            return refused.data + status_bytes(refused.status)

    def _do(self, asked: Asked) -> bytes:
        act = COMMANDS.get(asked.ins)
        if act is None:
            raise Refused(StatusWord.NO_INS)
        return act(self._state, asked)
