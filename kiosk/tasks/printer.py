"""The printer's worker: copies, slips, receipts, and settling what a power cut left."""

from hardware.errors import OnPaper
from hardware.interfaces import Band, Outcome, Progress
from hardware.printer.encode import encode_job
from hardware.printer.job import whole_sheets
from hardware.printer.page import Page
from jukinet.messages import Result
from kiosk.document.receipt import Receipt, Slip
from kiosk.hours import JAPAN
from kiosk.journal import Stage
from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.events import Event
from kiosk.tasks.desk import Desk, Tell
from kiosk.timing import Kind as Time
from kiosk.words import Words


class PrinterTasks:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def print(self, command: commands.Print, tell: Tell) -> Event:
        desk, visit = self._desk, command.visit
        with desk.watch.span(Time.OWN):
            copies = [desk.composer.copy(command.extract, command.issue, index) for index in range(len(command.issue.copies))]
            pages = [page for copy in copies for page in copy]
            desk.composed[:] = pages
            bands = encode_job(pages, desk.model, desk.printer.stored)
            sheets = len(copies[0])  # of each copy
        with desk.watch.span(Time.OWN, waits=True):
            desk.journal.printing(visit, len(bands))

        printed = 0

        def told(progress: Progress) -> None:
            """Each change of certainty is on disk before the driver goes on: one more band on paper, or the end on its way."""
            nonlocal printed
            if progress.printed == printed and progress.sent < len(bands):
                return
            with desk.watch.span(Time.OWN, waits=True):
                out = whole_sheets(bands, progress.printed) // sheets
                desk.journal.progress(visit, progress.sent, progress.printed, progress.rows, out)
            if progress.printed > printed:
                printed = progress.printed
                tell(on.Printing(printed, len(bands)))

        with desk.watch.span(Time.DEVICES):
            result = desk.printer.print(bands, told)
        with desk.watch.span(Time.OWN, waits=True):
            out = result.sheets // sheets
            reason = "" if result.outcome is Outcome.PRINTED else str(result.cause)
            desk.journal.outcome(visit, Result(result.outcome), reason, out)
        return on.PrintEnded(result.outcome, result.on_paper, result.cause, out)

    def paper(self, command: commands.PrintPaper, tell: Tell) -> Event:
        """No certificate: nothing in the journal, and after a power cut nothing is left to settle."""
        desk = self._desk
        with desk.watch.span(Time.OWN):
            bands = encode_job(desk.papers[command.paper], desk.model, desk.printer.stored)
        with desk.watch.span(Time.DEVICES):
            result = desk.printer.print(bands, lambda progress: tell(on.Printing(progress.printed, len(bands))))
        return on.PrintEnded(result.outcome, result.on_paper, result.cause, result.sheets)

    def recover(self, command: commands.Recover, tell: Tell) -> Event:
        """A visit that had not begun to print has no paper. One that had is settled by the printer, as far as it can know."""
        desk = self._desk
        for record in desk.journal.unsettled():
            if record.stage is not Stage.PRINTING:
                desk.journal.outcome(record.visit, Result.VOIDED, "restart")
                continue
            result = desk.printer.settle(record.sent, record.bands)
            desk.journal.outcome(record.visit, Result(result.outcome), "restart", record.copies_printed)
        return on.Recovered()

    def slip(self, command: commands.PrintSlip, tell: Tell) -> Event:
        desk, now = self._desk, self._desk.now().astimezone(JAPAN)
        with desk.watch.span(Time.OWN):
            slip = Slip(desk.town_name, f"{now:%Y-%m-%d}", f"{now:%H:%M}", command.reason, command.reference, desk.contact)
            page = desk.composer.slip(Words(command.language), slip)
        return self._small(page)

    def receipt(self, command: commands.PrintReceipt, tell: Tell) -> Event:
        desk, now = self._desk, self._desk.now().astimezone(JAPAN)
        with desk.watch.span(Time.OWN):
            receipt = Receipt(
                desk.town_name, f"{now:%Y-%m-%d}", f"{now:%H:%M}", len(command.numbers), command.fee, command.numbers, desk.contact
            )
            page = desk.composer.receipt(Words(command.language), receipt)
        return self._small(page)

    def _small(self, page: Page) -> Event:
        bands: list[Band] = encode_job([page], self._desk.model, self._desk.printer.stored)
        with self._desk.watch.span(Time.DEVICES):
            result = self._desk.printer.print(bands, lambda progress: None)
        return on.SlipEnded(result.on_paper is OnPaper.ALL)

    def retract(self) -> None:
        with self._desk.watch.span(Time.DEVICES):
            self._desk.printer.retract()
