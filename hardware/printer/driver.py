"""A printer on a line: prints jobs, tells levels, and never leaves a rest of a job where it could come out later.

All decisions about a job are in `job`, about levels in `status`; here is when to listen, ask and clear. Three things are remembered
across calls: `_dirty`, the printer may still hold bytes of a job (cleared at the next contact, before anything else); `_fragment`, part
of a sheet hangs in the printer (cut off, and drawn back where there is a presenter, as soon as the printer can); `_ids`, which
question comes next.
"""

import threading
import time
from collections.abc import Callable, Sequence

from hardware.errors import OnPaper, PrinterLost
from hardware.interfaces import Band, Outcome, PrinterLevel, PrinterState, PrintResult, Progress
from hardware.printer.commands import ASB_ON, CLEAR_BUFFERS, EJECT, INITIALISE, RECOVER_DROP, RETRACT
from hardware.printer.connection import Connection, Limits
from hardware.printer.flash import ASK_KEYS, can_be_stored, define, key_of, keys_in
from hardware.printer.job import Job, id_bytes, is_paper_answer, question
from hardware.printer.models import Completion, Presenter, PrinterModel, StatusKind
from hardware.printer.page import Bitmap
from hardware.printer.port import Port
from hardware.printer.replies import Reply, is_cleared, process_id
from hardware.printer.run import SLOWEST, Run
from hardware.printer.status import STANDSTILL


class SerialPrinter:
    """`Printer` of hardware/interfaces.py. `open_port` raises PrinterLost while there is no line. `record` sees every byte sent."""

    def __init__(
        self,
        open_port: Callable[[], Port],
        model: PrinterModel,
        clock: Callable[[], float] = time.monotonic,
        limits: Limits | None = None,
        record: Callable[[bytes], None] | None = None,
    ) -> None:
        self.model = model
        self.bytes_sent = 0
        self.rows_since_low = 0  # printed since the near-end sensor tripped; at least what is known of it
        self.stored: frozenset[str] = frozenset()  # names of the art that the printer is known to have
        self._art: tuple[Bitmap, ...] = ()
        self._looked = False  # at the flash, since the line stands
        self._writable = True  # flash wears out: it is written once a start of ours
        self._open_port, self._clock, self._limits, self._tap = open_port, clock, limits or Limits(), record
        self._connection: Connection | None = None
        self._tell: Callable[[PrinterLevel], None] = lambda level: None
        self._told: PrinterLevel | None = None
        self._cancelled, self._closing = threading.Event(), threading.Event()
        self._dirty = self._fragment = self._asb = False
        self._good_sheet = False  # one of the job with the fragment came out whole before, and may be in the mouth
        self._unproven_until = 0.0  # till then a job may be under way of which the printer cannot say how far it is
        self._ids = 1
        self._starts = 0  # restarts of the printer that have been looked after
        self._next_beat = clock()

    # -- levels ---------------------------------------------------------------------------------------------------

    def watch(self, tell: Callable[[PrinterLevel], None]) -> None:
        self._tell, self._told = tell, None

    def attend(self, seconds: float) -> None:
        deadline = self._clock() + seconds
        while not self._closing.is_set():
            try:
                connection = self._connect()
                if self._clock() >= self._next_beat:
                    self._question(connection)
                left = deadline - self._clock()
                if left <= 0:
                    return
                connection.listen(min(left, max(0.0, self._next_beat - self._clock())))
                self._after_listening(connection)
            except PrinterLost:
                self._drop()
                left = deadline - self._clock()
                if left <= 0:
                    return
                self._closing.wait(min(left, self._limits.reopen))

    def _connect(self) -> Connection:
        if self._connection is None:
            self._connection = Connection(self._open_port(), self.model, self._clock, self._limits, self._sent)
            self._next_beat = self._clock()
            self._asb, self._starts = False, 0
        return self._connection

    def _question(self, connection: Connection) -> bool:
        """Asks for all levels and does what they allow. False: no answer."""
        if self._dirty:
            self._clear(connection)  # before the question, which half a band in the printer would take for its dots
        answered = connection.ask() or connection.ask()
        self._next_beat = self._clock() + (self._limits.poll if self.model.status is StatusKind.CUSTOM else self._limits.beat)
        if not answered:
            self._asb = False
            self._doubt()
            self._show(PrinterLevel(PrinterState.OFFLINE))
            return False
        if connection.level.state in (PrinterState.CUTTER, PrinterState.JAM):
            connection.send_urgent(RECOVER_DROP)  # obeyed once the cause is gone
        self._after_listening(connection)
        return True

    def _after_listening(self, connection: Connection) -> None:
        """Levels told; what was left over from a job is tidied up as soon as the printer can."""
        if connection.noisy:
            self._show(PrinterLevel(PrinterState.OFFLINE))
            return
        if connection.status.starts != self._starts:
            self._starts, self._asb = connection.status.starts, False
            self._next_beat = self._clock()
        if connection.standstill is not None:
            self._doubt()
        if connection.level.state is PrinterState.UNKNOWN:
            return
        if connection.level.state not in STANDSTILL:
            if not self._asb and self.model.status is StatusKind.ASB:
                self._asb = connection.send(ASB_ON)
            if self._dirty:
                self._show(PrinterLevel(PrinterState.OFFLINE))  # it would print, but what?
                return
            if self._fragment:
                self._drop_fragment(connection)
            if not self._looked:
                self._look_into_flash(connection)
        self._show(connection.level)

    def _doubt(self) -> None:
        """The printer stopped, or fell silent: what it still has of a job that nobody waits for must not come out later."""
        if self._clock() < self._unproven_until:
            self._unproven_until, self._next_beat = 0.0, self._clock()
            self._dirty = self._fragment = True

    def _show(self, level: PrinterLevel) -> None:
        if level.state is PrinterState.READY:
            self.rows_since_low = 0  # a new roll
        if level != self._told:
            self._told = level
            self._tell(level)

    # -- art ------------------------------------------------------------------------------------------------------

    def keep(self, art: Sequence[Bitmap]) -> None:
        """Static pictures to have in the printer's flash (hardware.printer.flash). Written by `attend`, if they are not there already."""
        self._art, self._looked = tuple(picture for picture in art if can_be_stored(picture)), False

    def _look_into_flash(self, connection: Connection) -> None:
        """Cleared before: whoever died while writing has left half a picture, which would take all that comes for its other half."""
        self._looked = True
        if self._art and self.model.flash_bytes and self._clear(connection):
            self.stored = self._keys(connection)
            missing = b"".join(define(picture) for picture in self._art if key_of(picture) not in self.stored)
            if missing and self._writable:
                self._writable = False
                deadline = self._clock() + self._limits.band + len(missing) / SLOWEST
                if connection.send(missing, lambda heard: self._clock() > deadline):
                    self.stored = self._keys(connection)

    def _keys(self, connection: Connection) -> frozenset[str]:
        connection.send(ASK_KEYS)
        heard: list[frozenset[str]] = []

        def answers(reply: Reply) -> bool:
            keys = keys_in(reply)
            heard.extend([] if keys is None else [keys])
            return keys is not None

        connection.wait_for(answers, self._limits.clear)
        return heard[-1] if heard else frozenset()

    # -- jobs -----------------------------------------------------------------------------------------------------

    def print(self, bands: Sequence[Band], told: Callable[[Progress], None]) -> PrintResult:
        self._cancelled.clear()
        job = Job(bands, self.model.completion, self._ids)
        self._ids += len(bands)
        try:
            connection = self._connect()
            if not self._question(connection) or connection.noisy or self._dirty:
                return job.result(PrinterState.OFFLINE, cleared=False)
            if connection.level.state in STANDSTILL:
                return job.result(connection.level.state, cleared=False)
            return self._print(connection, job, told)
        except PrinterLost:
            self._drop()
            return job.result(PrinterState.OFFLINE, cleared=False)

    def cancel(self) -> None:
        self._cancelled.set()

    def _print(self, connection: Connection, job: Job, told: Callable[[Progress], None]) -> PrintResult:
        self._dirty = self._fragment = True  # until proven otherwise, also if `told` raises
        run = Run(connection, job, self.model, self._clock, self._limits, told, self._cancelled.is_set, self._show)
        cause = run.to_the_end()
        if connection.status.near_end:
            self.rows_since_low += sum(band.rows for band in job.bands[: job.sent])
        done = job.finished or run.unproven
        cleared = not done and self._clear(connection, run.take) and not run.restarted
        self._next_beat = self._clock()  # the next `attend` looks at the levels afresh: a sheet is in the mouth now
        if done:
            self._dirty = self._fragment = False
            self._unproven_until = 0.0 if job.finished else self._clock() + run.time_for_bands()
            return job.result(cause, cleared)
        self._fragment, self._good_sheet = job.sent > 0, job.sheets > 0
        if cause is PrinterState.READY and not self._dirty and self._fragment:
            self._drop_fragment(connection)
        return job.result(cause, cleared)

    def settle(self, bands_sent: int, of: int) -> PrintResult:
        """What can be known of a job after a death of ours, knowing only how many bands had been announced.

        Fewer than all: the end of the document never left us. What is in the printer is cleared, what is out is cut off: voided. All: it
        may have come out whole. Then nothing is cleared, since that could destroy the proof in the making, but a question is put behind
        it: once answered, whatever had reached the printer is on paper. That still does not prove that the last band did reach it: we may
        have died between announcing and writing it. So the outcome stays unknown, and a person looks; only the machine is left clean.
        """
        self._dirty, self._fragment = bands_sent < of, 0 < bands_sent < of
        cleared = False
        try:
            connection = self._connect()
            if self._question(connection):
                if bands_sent >= of > 0:
                    if not self._fence(connection, self._limits.band):
                        self._clear(connection)  # stopped, or stuck in the middle of a band
                    if connection.level.state not in STANDSTILL:
                        self._drop_fragment(connection, retract=False)
                cleared = not self._dirty
        except PrinterLost:
            self._drop()
        cause = connection.level.state if cleared else PrinterState.OFFLINE
        if bands_sent >= of:
            return PrintResult(Outcome.UNKNOWN, OnPaper.UNKNOWN, 0, cause)
        if bands_sent == 0:
            return PrintResult(Outcome.VOIDED, OnPaper.NOTHING, 0, cause)
        return PrintResult(Outcome.VOIDED, OnPaper.PART if cleared else OnPaper.UNKNOWN, 0, cause)

    def retract(self) -> None:
        if self.model.presenter is Presenter.CUSTOM:
            try:
                self._connect().send(RETRACT)
            except PrinterLost:
                self._drop()

    def close(self) -> None:
        self._closing.set()
        self._cancelled.set()
        if self._connection is not None:
            self._connection.close()

    # -- small steps ----------------------------------------------------------------------------------------------

    def _clear(self, connection: Connection, take: Callable[[list[Reply]], None] | None = None) -> bool:
        """DLE DC4 8 until the printer confirms it. Answers that were still on their way count for the job (`take`)."""
        self._dirty = True
        deadline = self._clock() + self._limits.clear
        connection.send_urgent(CLEAR_BUFFERS)
        while (left := deadline - self._clock()) > 0:
            replies = connection.listen(left)
            if take is not None:
                take(replies)
            if any(is_cleared(reply) for reply in replies):
                self._dirty = False
                return True
        return False

    def _drop_fragment(self, connection: Connection, retract: bool = True) -> None:
        """Cuts off the part of a sheet that is out, and draws it back where the printer can; a whole sheet before it is let go first."""
        holds = self.model.presenter is Presenter.CUSTOM
        first, back = EJECT if holds and self._good_sheet else b"", RETRACT if holds and retract else b""
        asb = ASB_ON if self.model.status is StatusKind.ASB else b""
        connection.send(INITIALISE + asb + first + self.model.cut + back)
        self._fragment = not self._fence(connection, self._limits.clear)
        self._good_sheet = self._good_sheet and self._fragment

    def _fence(self, connection: Connection, seconds: float) -> bool:
        """Whether the printer worked off all it has within `seconds`, without a restart. True where it cannot be asked."""
        number, starts = self._ids, connection.status.starts
        self._ids += 1
        connection.send(question(self.model.completion, number))
        if self.model.completion is Completion.NONE:
            return True

        def answers(reply: Reply) -> bool:
            return process_id(reply) == id_bytes(number) or (self.model.completion is Completion.QUEUED_STATUS and is_paper_answer(reply))

        return connection.wait_for(answers, seconds) and connection.status.starts == starts

    def _sent(self, data: bytes) -> None:
        self.bytes_sent += len(data)
        if self._tap is not None:
            self._tap(data)

    def _drop(self) -> None:
        """The line is gone."""
        if self._connection is not None:
            self._connection.close()
        self._connection, self._asb = None, False
        self._looked, self.stored = False, frozenset()  # it may be another printer when the line comes back
        self._doubt()
        self._show(PrinterLevel(PrinterState.OFFLINE))
