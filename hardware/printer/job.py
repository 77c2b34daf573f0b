"""One job: what to send next, what is on paper, how it ended. No input or output, no clock.

A band leaves only when the one two before it is on paper, so that never more than two are ahead of the head: little is lost when the
paper ends, and cancelling acts at once. After each band goes a question that the printer answers when everything before it has been
printed (GS ( H 48) or at least worked off (GS r).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hardware.errors import OnPaper
from hardware.interfaces import Band, Outcome, PrinterState, PrintResult, Progress
from hardware.printer.commands import ASK_QUEUED, ask_process_id
from hardware.printer.models import Completion
from hardware.printer.replies import Queued, Reply, process_id

WINDOW = 2  # bands ahead of the head


@dataclass
class Job:
    """`first_id` numbers the questions, so that a late answer to an earlier job counts for nothing."""

    bands: Sequence[Band]
    completion: Completion
    first_id: int
    sent: int = 0  # bands that have left, or begun to
    printed: int = 0
    _ends: list[int] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Dot rows known to be on paper."""
        return sum(band.rows for band in self.bands[: self.printed])

    @property
    def sheets(self) -> int:
        return whole_sheets(self.bands, self.printed)

    @property
    def progress(self) -> Progress:
        return Progress(self.sent, self.printed, self.rows)

    @property
    def finished(self) -> bool:
        return self.printed == len(self.bands)

    def may_send(self) -> bool:
        ahead = self.sent - self.printed
        return self.sent < len(self.bands) and (ahead < WINDOW or self.completion is Completion.NONE)

    def send(self) -> bytes:
        """The next band with its question. It counts as sent from now on."""
        data = self.bands[self.sent].data + question(self.completion, self.first_id + self.sent)
        self.sent += 1
        return data

    def take(self, reply: Reply) -> bool:
        """Whether `reply` moved the job on."""
        identity = process_id(reply)
        before = self.printed
        if self.completion is Completion.PROCESS_ID and identity is not None:
            for number in range(self.printed, self.sent):
                if identity == id_bytes(self.first_id + number):
                    self.printed = number + 1
        elif self.completion is Completion.QUEUED_STATUS and is_paper_answer(reply) and self.printed < self.sent:
            self.printed += 1
        return self.printed > before

    def result(self, cause: PrinterState, cleared: bool) -> PrintResult:
        """How it ended. `cleared`: the printer confirmed that it dropped what it had not printed.

        The last band carries the end of the last sheet and its cut. If it never left, or was still behind a question that the printer
        had not reached when it dropped everything, the document cannot be whole: voided. If it had its turn, its last row may be on
        paper although the answer was lost: unknown.
        """
        count = len(self.bands)
        if self.finished:
            return PrintResult(Outcome.PRINTED, OnPaper.ALL, self.rows, PrinterState.READY, self.sheets)
        if self.sent == 0:
            return PrintResult(Outcome.VOIDED, OnPaper.NOTHING, 0, cause)
        asked = self.completion is not Completion.NONE
        if self.sent < count or (cleared and asked and self.printed < count - 1):
            return PrintResult(Outcome.VOIDED, OnPaper.PART if cleared or self.rows else OnPaper.UNKNOWN, self.rows, cause, self.sheets)
        if cause is PrinterState.CUTTER and self.printed == count - 1:
            # The cut comes after all ink: the sheet is whole and hangs in the printer. A person has to decide.
            return PrintResult(Outcome.UNKNOWN, OnPaper.ALL, self.rows, cause, self.sheets)
        return PrintResult(Outcome.UNKNOWN, OnPaper.UNKNOWN, self.rows, cause, self.sheets)


def whole_sheets(bands: Sequence[Band], printed: int) -> int:
    """How many sheets are complete once the first `printed` bands are on paper."""
    return sum(band.ends_sheet for band in bands[:printed])


def question(completion: Completion, number: int) -> bytes:
    match completion:
        case Completion.PROCESS_ID:
            return ask_process_id(id_bytes(number))
        case Completion.QUEUED_STATUS:
            return ASK_QUEUED
        case Completion.NONE:
            return b""


def id_bytes(number: int) -> bytes:
    """Four digits; a job has far less than ten thousand bands."""
    return b"%04d" % (number % 10_000)


def is_paper_answer(reply: Reply) -> bool:
    """GS r 1 answers with its sensor bits in pairs (Epson TM-T88III manual, GS r); a single stray byte rarely looks like that."""
    return isinstance(reply, Queued) and (reply.status & 0x03) in (0x00, 0x03) and (reply.status & 0x0C) in (0x00, 0x0C)
