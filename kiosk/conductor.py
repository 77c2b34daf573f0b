"""The only meeting point: one inbox of events, drained on one thread; commands go out to the workers, views to the screen.

    screens, devices, network --events--> inbox --> session --commands--> workers
                                                       '--view--> screen

Rules
1. Only `drain` touches the session, and it runs on one thread (Kivy's, or the plain loop's of `run`).
2. A tap counts only for the screen it was made on: it bears that view's serial, and dies here when the screen has changed meanwhile or
   does not offer it any more.
3. A PIN key ends here: the buffer gets the digit, the session gets the count.
4. A worker that hangs is left behind and replaced: its ticket is dead, so whatever it says one day is dropped by the session.
"""

import itertools
import queue
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hardware.interfaces import PrinterLevel, ReaderLevel
from jukinet.messages import KioskStatus
from kiosk.journal import JournalBroken
from kiosk.log import Log
from kiosk.probe import Probe
from kiosk.session import commands
from kiosk.session.commands import Command
from kiosk.session.events import Event, PinCount, PinKey
from kiosk.session.levels import JournalIs, JournalLevel, LevelEvent, PrinterIs, ReaderIs
from kiosk.session.present import view
from kiosk.session.session import RESTING, Numbered, Session
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.tasks.card import CardTasks
from kiosk.tasks.desk import Desk, Tell
from kiosk.tasks.disclosure import DisclosureTasks
from kiosk.tasks.moves import MoveTasks
from kiosk.tasks.network import NetworkTasks
from kiosk.tasks.printer import PrinterTasks
from kiosk.telling import status_of
from kiosk.timing import Kind, Stopwatch
from kiosk.workers import Worker

# Longer than the longest time limit of a state that waits for a worker (printing); beyond it only a restart helps.
HUNG_SECONDS = 360.0

Task = Callable[[Any, Tell], Event]
"""A method of the tasks: takes its own kind of command."""


@dataclass(frozen=True)
class Tap:
    """The resident's, with the serial of the view it was made on."""

    event: Event
    serial: int


@dataclass(frozen=True)
class Answer:
    event: Event
    ticket: int  # 0: unasked, a level


class Conductor:
    def __init__(
        self,
        session: Session,
        desk: Desk,
        log: Log,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        show: Callable[[View], None],
        chime: Callable[[int], None],
    ) -> None:
        self.session = session
        self.desk = desk
        self.view: View = view(session)
        self.wake: Callable[[], None] = lambda: None  # told when the inbox got something
        self.trace: list[tuple[float, State]] = []  # when each state was entered
        self._log, self._clock, self._now, self._show, self._chime = log, clock, now, show, chime
        self._inbox: queue.SimpleQueue[Tap | Answer] = queue.SimpleQueue()
        self._watch: Stopwatch = desk.watch
        self._steps = itertools.count()
        self._visit_ended: datetime | None = None
        self._cards, self._network, self._papers = CardTasks(desk), NetworkTasks(desk), PrinterTasks(desk)
        self._moves = MoveTasks(desk)
        self._card_worker = self._new_card_worker()
        self._network_worker = Worker("network", self.post, self._fault, self._clock)
        self._probe = Probe(desk, self._network_worker, self.post, self._report, self._status, clock, now)
        self._printer_worker = Worker("printer", self.post, self._fault, self._clock, idle=desk.printer.attend)
        # Collect and GiveBack have no entry: `open_devices` knows no payment device, and the settings then hold every fee at 0.
        self._perform: dict[type[Command], Callable[[Command, int], None]] = {
            commands.Recover: self._by_printer(self._then_report(self._papers.recover)),
            commands.ForgetVisit: self._here(self._forget),
            commands.CallStaff: self._here(self._call_staff),
            commands.Chime: self._here(self._ring),
            commands.NoteUnproven: self._here(self._note_unproven),
            commands.ReadCard: self._by_card(CardTasks.read),
            commands.ProveCard: self._by_card(CardTasks.prove),
            commands.ChangePin: self._by_card(CardTasks.change_pin),
            commands.ReadArea: self._by_card(CardTasks.read_area),
            commands.OpenArea: self._by_card(CardTasks.open_area),
            commands.RegisterCard: self._by_card(CardTasks.register_card),
            commands.BookSlot: self._by_card(CardTasks.book_slot),
            commands.SendOpinion: self._by_network(self._network.opinion),
            commands.AskMoves: self._by_network(self._moves.look),
            commands.TellMoveOut: self._by_network(self._moves.out),
            commands.TellMoveIn: self._by_network(self._moves.arrive),
            commands.CarryOn: self._by_network(self._moves.carry_on),
            commands.WipePin: self._here(lambda command: desk.wipe_pins()),
            commands.ReleaseCard: self._release_card,
            commands.FetchNonce: self._by_network(self._network.nonce),
            commands.AskHousehold: self._by_network(self._network.household),
            commands.AskLooks: self._by_network(DisclosureTasks(desk).look),
            commands.PrepareDocument: self._by_network(self._network.prepare),
            commands.MakePreview: self._by_network(self._network.preview),
            commands.IssueDocument: self._by_network(self._network.issue),
            commands.VoidIssue: self._by_network(self._then_report(self._network.void)),
            commands.Print: self._by_printer(self._then_report(self._papers.print)),
            commands.CancelPrint: self._here(lambda command: desk.printer.cancel()),
            commands.PrintPaper: self._by_printer(self._papers.paper),
            commands.PrintSlip: self._by_printer(self._papers.slip),
            commands.PrintReceipt: self._by_printer(self._papers.receipt),
            commands.RetractPaper: self._retract,
        }

    # -- in -----------------------------------------------------------------------------------------------------------

    def post(self, event: Event, ticket: int = 0) -> None:
        """From any thread: an answer with its ticket, or a level."""
        self._inbox.put(Answer(event, ticket))
        self.wake()

    def tell(self, event: Event) -> None:
        """From the screen: the resident did this on the view shown."""
        self._inbox.put(Tap(event, self.view.serial))
        self.wake()

    def touched(self) -> None:
        """A finger was on the screen, on a button or not: somebody is there."""
        self.session.touched(self._clock())

    def start(self) -> None:
        self.desk.reader.watch(self._reader_level)
        self.desk.printer.watch(self._printer_level)
        self._handle(self.session.start(self._clock()))
        self._changed()

    def _reader_level(self, level: ReaderLevel) -> None:
        self.post(ReaderIs(level))

    def _printer_level(self, level: PrinterLevel) -> None:
        self.post(PrinterIs(level))

    # -- the loop -----------------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """Takes all that is in the inbox, lets time pass, shows what changed. Never blocks."""
        while True:
            try:
                message = self._inbox.get_nowait()
            except queue.Empty:
                break
            with self._watch.span(Kind.OWN):
                self._take(message)
            self._changed()
        with self._watch.span(Kind.OWN):
            self._handle(self.session.tick(self._clock()))
            if self.session.state in RESTING:  # during a visit each question tells
                self._probe.when_due()
        self._changed()

    def wait(self, seconds: float) -> None:
        """For the plain loop: until something is in the inbox, the next deadline, or `seconds`."""
        now = self._clock()
        due = [self.session.deadline, self._probe.due if self.session.state in RESTING else None]
        patience = max(0.0, min([seconds, *(at - now for at in due if at is not None)]))
        try:
            self._inbox.put(self._inbox.get(timeout=patience) if patience else self._inbox.get_nowait())
        except queue.Empty:
            return

    def alive(self) -> bool:
        """For the watchdog: no worker has been at one piece of work for longer than any is allowed to take."""
        workers = (self._card_worker, self._network_worker, self._printer_worker)
        return all(worker.since is None or self._clock() - worker.since < HUNG_SECONDS for worker in workers)

    def close(self) -> None:
        for worker in (self._card_worker, self._network_worker, self._printer_worker):
            worker.stop()
        self.desk.client.close()
        self.desk.journal.close()

    def _press(self, digit: int) -> PinCount:
        buffer = {State.NEW_PIN: self.desk.new_pin, State.NEW_PIN_AGAIN: self.desk.new_pin_again}.get(self.session.state, self.desk.pin)
        buffer.press(digit)
        return PinCount(buffer.count)

    def _take(self, message: Tap | Answer) -> None:
        now = self._clock()
        match message:
            case Tap(event, serial):
                if serial != self.session.serial or event not in self.view.actions.values():
                    return
                self.session.touched(now)
                if isinstance(event, PinKey):
                    event = self._press(event.digit)
                self._handle(self.session.receive(event, now))
            case Answer(event, 0):
                if isinstance(event, LevelEvent):
                    self._handle(self.session.receive(event, now))
            case Answer(event, ticket):
                self._handle(self.session.receive(event, now, ticket))

    def _handle(self, given: list[Numbered]) -> None:
        for numbered in given:
            self._perform[type(numbered.command)](numbered.command, numbered.ticket)

    def _changed(self) -> None:
        """Shows the view if it differs, and notes each state entered."""
        with self._watch.span(Kind.OWN):
            new = view(self.session)
        if new == self.view and self.trace:
            return
        if new.serial != self.view.serial or not self.trace:
            self.trace.append((self._clock(), new.state))
            self._watch.step(f"{next(self._steps):02d}-{new.state}")
            self._log.event("kiosk_state", state=new.state, visit=self.session.visit.id if self.session.visit else "")
        self.view = new
        with self._watch.span(Kind.FRAMES):
            self._show(new)

    # -- out ----------------------------------------------------------------------------------------------------------

    def _here(self, act: Callable[[Command], None]) -> Callable[[Command, int], None]:
        return lambda command, ticket: act(command)

    def _by_network(self, task: Task) -> Callable[[Command, int], None]:
        return lambda command, ticket: self._network_worker.submit(
            ticket, type(command).__name__, lambda tell: self._guarded(task, command, tell)
        )

    def _by_printer(self, task: Task) -> Callable[[Command, int], None]:
        return lambda command, ticket: self._printer_worker.submit(
            ticket, type(command).__name__, lambda tell: self._guarded(task, command, tell)
        )

    def _then_report(self, task: Task) -> Task:
        """What ends in an outcome is told to the node at once; what cannot be told now stays in the outbox."""

        def perform(command: Any, tell: Tell) -> Event:
            end = task(command, tell)
            self._network_worker.submit(0, "report", lambda tell: self._report())
            return end

        return perform

    def _by_card(self, task: Callable[[CardTasks, Any, Tell], Event]) -> Callable[[Command, int], None]:
        def perform(command: Command, ticket: int) -> None:
            if self._card_worker.busy:  # a card that hangs: its answer is not waited for any more
                self._cards = CardTasks(self.desk)
                self._card_worker = self._new_card_worker()
            cards = self._cards

            def job(tell: Tell) -> Event:
                end = task(cards, command, tell)
                if cards is not self._cards:  # left behind meanwhile
                    cards.release()
                return end

            self._card_worker.submit(ticket, type(command).__name__, job)

        return perform

    def _new_card_worker(self) -> Worker:
        return Worker("card", self.post, self._fault, self._clock)

    def _fault(self, what: str, error: Exception) -> None:
        self._log.fault("kiosk_worker_failed", error, command=what)

    def _guarded(self, task: Task, command: Command, tell: Tell) -> Event:
        """A journal that cannot be written ends the service, whatever was being done."""
        try:
            return task(command, tell)
        except JournalBroken:
            self.post(JournalIs(JournalLevel.BROKEN))
            raise

    def _release_card(self, command: Command, ticket: int) -> None:
        if not self._card_worker.busy:  # a hung one lets go when its card does
            self._card_worker.submit(0, "release", lambda tell: self._cards.release())

    def _retract(self, command: Command, ticket: int) -> None:
        self._printer_worker.submit(0, "retract", lambda tell: self._papers.retract())

    def _ring(self, command: Command) -> None:
        assert isinstance(command, commands.Chime)
        self._chime(command.times)

    def _call_staff(self, command: Command) -> None:
        assert isinstance(command, commands.CallStaff)
        self._log.event("kiosk_staff_called", code=command.code)

    def _note_unproven(self, command: Command) -> None:
        assert isinstance(command, commands.NoteUnproven)
        self._log.event("kiosk_line_unproven", log=command.log, line=command.index)

    def _forget(self, command: Command) -> None:
        """The session has dropped the visit; so do we. The link to the node ends with it."""
        self.desk.wipe_pins()
        self.desk.composed.clear()
        self.desk.papers.clear()
        self._visit_ended = self._now()
        self._network_worker.submit(0, "close", lambda tell: self._hang_up())

    def _status(self) -> KioskStatus:
        """How the terminal is, for the node's figures. In the network's worker: state and levels are values."""
        desk, session = self.desk, self.session
        return status_of(desk.town, desk.kiosk, session.state, session.levels, desk.journal.folder, self._visit_ended, self._now())

    def _hang_up(self) -> None:
        self._report()
        self.desk.client.close()

    def _report(self) -> None:
        try:
            self._network.report()
        except JournalBroken:
            self.post(JournalIs(JournalLevel.BROKEN))
