"""One job under way on a line that stands: sends when the window allows, listens, and says what ended it."""

from collections.abc import Callable

from hardware.interfaces import PrinterLevel, PrinterState, Progress
from hardware.printer.connection import Connection, Limits
from hardware.printer.job import Job
from hardware.printer.models import Completion, PrinterModel, StatusKind
from hardware.printer.replies import Reply, is_power_on

SLOWEST = 960  # bytes a second at 9600 baud, the slowest line a printer is set to


class Run:
    """`told` hears of progress (and makes it durable), `show` of levels; `cancelled` is asked all the time."""

    def __init__(
        self,
        connection: Connection,
        job: Job,
        model: PrinterModel,
        clock: Callable[[], float],
        limits: Limits,
        told: Callable[[Progress], None],
        cancelled: Callable[[], bool],
        show: Callable[[PrinterLevel], None],
    ) -> None:
        self._connection, self._job, self._model, self._clock, self._limits = connection, job, model, clock, limits
        self._told, self._cancelled, self._show = told, cancelled, show
        self.restarted = False
        connection.standstill = None
        self._moved = clock()  # when the job last got on
        self._hot_since: float | None = None
        self._asked = connection.last_heard  # when a sign of life was last asked for
        self._pause = limits.poll if model.status is StatusKind.CUSTOM else limits.quiet

    @property
    def unproven(self) -> bool:
        """All is sent, nothing is wrong, and the printer cannot say what it has printed."""
        return self._model.completion is Completion.NONE and self._job.sent == len(self._job.bands) and self._trouble() is None

    def to_the_end(self) -> PrinterState:
        """Returns when the job is finished or going on is pointless: the cause, READY for a finished or cancelled one."""
        while not self._job.finished:
            if self._job.may_send():
                self._send()
            elif self._model.completion is Completion.NONE:
                break
            else:
                self.take(self._connection.listen(self._pause / 3))
            self._show(self._connection.level)
            if self._job.finished:
                break
            self._ask_for_life()
            cause = self._trouble()
            if cause is not None:
                return cause
        return PrinterState.READY

    def take(self, replies: list[Reply]) -> None:
        """A printer that has restarted answers the question behind a band of which it has lost a part: no answer counts any more.

        One that does not tell of its restart (memory switch Msw1-1 off) needs a second or more for it, and loses the questions under
        way as well: the job stands still until its time is up.
        """
        for reply in replies:
            self.restarted = self.restarted or is_power_on(reply)
            if not self.restarted and self._job.take(reply):
                self._moved = self._clock()
                self._told(self._job.progress)

    def _send(self) -> None:
        if self._job.sent == self._job.printed:
            self._moved = self._clock()
        data = self._job.send()
        self._told(self._job.progress)
        self._connection.send(data, self._stop)
        self.take(self._connection.listen(0.0))

    def _stop(self, replies: list[Reply]) -> bool:
        self.take(replies)
        return self._trouble() is not None

    def _ask_for_life(self) -> None:
        """At a band's end, never inside one: there the question would be taken for data."""
        heard = self._connection.last_heard
        if heard < self._asked:
            return  # the last question is still open
        since = self._asked if self._model.status is StatusKind.CUSTOM else heard
        if self._clock() - since >= self._pause:
            self._asked = self._clock()
            self._connection.ask_for_life()

    def _trouble(self) -> PrinterState | None:
        """What makes going on pointless; READY for a wish to cancel."""
        state, now = self._connection.level.state, self._clock()
        if self.restarted or self._connection.noisy:
            return PrinterState.OFFLINE
        if self._connection.standstill is not None:
            return self._connection.standstill  # a cover opened and closed again has cost a line: the sheet is spoilt
        if self._cancelled():
            return PrinterState.READY
        if self._connection.last_heard < self._asked and now - self._asked > self._limits.silence:
            return PrinterState.OFFLINE
        if self._job.sent == self._job.printed:
            return None
        if state is PrinterState.HOT:
            self._hot_since = now if self._hot_since is None else self._hot_since
            return PrinterState.HOT if now - self._hot_since > self._limits.hot else None
        if self._hot_since is not None:
            self._hot_since, self._moved = None, now
        return PrinterState.OFFLINE if now - self._moved > self.time_for_bands() else None

    def time_for_bands(self) -> float:
        """Seconds for the bands under way: their wire at the slowest baud rate, their motor time, and a margin."""
        under_way = self._job.bands[self._job.printed : self._job.sent]
        wire = sum(len(band.data) for band in under_way) / SLOWEST
        return self._limits.band + wire + sum(band.rows for band in under_way) / self._model.rows_per_second
