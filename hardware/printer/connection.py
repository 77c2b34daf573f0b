"""The line to one printer, as long as it stands: bytes out, replies in, and the levels that follow from them."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from hardware.interfaces import PrinterLevel, PrinterState
from hardware.printer.commands import ASK_FULL_CUSTOM, ask_status
from hardware.printer.models import PrinterModel, StatusKind
from hardware.printer.port import Port
from hardware.printer.replies import FullStatus, RealTime, Replies, Reply
from hardware.printer.status import STANDSTILL, Status

QUESTIONS = (1, 2, 3, 4)  # DLE EOT: printer, cause of offline, error, paper
NOISE = 16  # bytes in a row that are no reply: a wrong baud rate, not a disturbance


@dataclass(frozen=True)
class Limits:
    """Seconds."""

    reopen: float = 1.0  # a udev link comes back within a second or two of the plug
    beat: float = 2.0  # between questions to an idle printer that tells changes by itself
    poll: float = 0.3  # between questions to one that does not: a sheet taken should be seen at once
    answer: float = 0.5  # an idle printer answers DLE EOT within milliseconds; 200 ms are lenient, adapters add some
    quiet: float = 1.0  # without a word while printing: ask for a sign of life
    silence: float = 4.0  # until that sign must have come: two bands at 9600 baud lie before the question
    band: float = 12.0  # for a band, beyond its wire and motor time
    hot: float = 120.0  # a hot head cools down in 10 to 60 s
    clear: float = 2.0  # until 37 25 00, and for the cut of a sheet that is to be dropped
    blocked: float = 0.02  # between tries to write to a printer that holds us off


class Connection:
    """`record` sees every byte that goes out. All calls raise PrinterLost when the line is gone."""

    def __init__(
        self, port: Port, model: PrinterModel, clock: Callable[[], float], limits: Limits, record: Callable[[bytes], None]
    ) -> None:
        self._port, self._model, self._clock, self._limits, self._record = port, model, clock, limits, record
        self._replies = Replies(model.status)
        self._open_questions: deque[int] = deque()
        self.status = Status()
        self.standstill: PrinterState | None = None  # the last one seen, however short; for a job under way it is not over with it
        self.last_heard = clock()

    @property
    def level(self) -> PrinterLevel:
        return self.status.level(self._model)

    @property
    def noisy(self) -> bool:
        return self.status.noise >= NOISE

    def listen(self, seconds: float) -> list[Reply]:
        """What came, at most `seconds` waited for; `status` has taken it in."""
        replies = self._replies.feed(self._port.read(max(0.0, seconds)))
        for reply in replies:
            if isinstance(reply, RealTime) and self._open_questions:
                self.status = self.status.asked(self._open_questions.popleft(), reply)
            else:
                self.status = self.status.after(reply)
            if self.level.state in STANDSTILL:
                self.standstill = self.level.state
        if replies:
            self.last_heard = self._clock()
        return replies

    def send(self, data: bytes, stop: Callable[[list[Reply]], bool] | None = None) -> bool:
        """Writes all of `data`, listening while the printer holds us off. False when `stop`, asked with what was heard, ended it;
        without `stop` the limit for small things does."""
        rest, deadline = data, self._clock() + self._limits.clear
        while rest:
            written = self._port.write(rest)
            self._record(rest[:written])
            rest = rest[written:]
            if rest:
                heard = self.listen(self._limits.blocked)
                if stop(heard) if stop else self._clock() > deadline:
                    return False
        return True

    def send_urgent(self, data: bytes) -> None:
        """A real-time command: past flow control, dropped if the line takes nothing at all."""
        written = self._port.write(data, urgent=True)
        self._record(data[:written])

    def ask(self) -> bool:
        """Asks an idle printer for all levels and waits for the answers. False: it did not answer in time."""
        self._open_questions.clear()
        self.listen(0.0)  # an answer that came late belongs to an older question
        if self._model.status is StatusKind.CUSTOM:
            self.send_urgent(ASK_FULL_CUSTOM)
        else:
            self._open_questions.extend(QUESTIONS)
            self.send_urgent(b"".join(ask_status(number) for number in QUESTIONS))
        return self.wait_for(lambda reply: isinstance(reply, FullStatus) or not self._open_questions, self._limits.answer)

    def ask_for_life(self) -> None:
        """Between two bands of a job: the answer proves that the printer is there; what it says is known from elsewhere."""
        self._open_questions.clear()
        self.send_urgent(ASK_FULL_CUSTOM if self._model.status is StatusKind.CUSTOM else ask_status(1))

    def wait_for(self, wanted: Callable[[Reply], bool], seconds: float) -> bool:
        deadline = self._clock() + seconds
        while (left := deadline - self._clock()) > 0:
            if any(wanted(reply) for reply in self.listen(left)):
                return True
        return False

    def close(self) -> None:
        self._port.close()
