"""A thermal printer that eats ESC/POS bytes and shows its paper. Two sides that never mix: the wire, and the operator's hands.

What it is honest about (vendors' manuals; see docs of the commands in hardware/printer/commands.py): bytes arrive at the line's pace;
real-time commands are obeyed on arrival, wherever they stand; a full buffer says XOFF and then drops what still comes; rows are printed
at the motor's pace; a process id is answered when the rows before it are on paper; when the paper ends or the cover opens, the rest
stays in the buffer and is printed on the next roll; power off forgets everything but the paper, and power on says 3B 31 00.

Heat, jams and a blade that sticks are hands here: what a real head gains from black rows and loses at rest is not modelled.

With `pace` 0 all of that happens at once, inside the call that brings the bytes or moves the hand: no thread, no waiting.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware.printer.models import Presenter, PrinterModel
from hardware.printer.page import Bitmap
from hardware.simulated.actions import Action, Answer, AutomaticStatus, Cut, Eject, QueuedStatus, Row
from hardware.simulated.decoder import Interpreter
from hardware.simulated.printer_paper import Paper, Place, save_png
from hardware.simulated.printer_senses import Senses
from hardware.simulated.printer_wire import Wire

TICK = 0.004  # seconds; at 115,200 baud 46 bytes, at 250 mm/s 8 rows


class SimulatedPrinter:
    """`pace` is the baud rate, 0 for at once. `on_rows` is told the number of rows printed so far, after each row, with the printer
    holding still meanwhile: a test may cut the power or kill its own process there."""

    def __init__(
        self,
        model: PrinterModel,
        pace: int = 0,
        clock: Callable[[], float] = time.monotonic,
        on_rows: Callable[[int], None] | None = None,
    ) -> None:
        self.model, self.pace, self.on_rows = model, pace, on_rows
        self.lock = threading.RLock()
        self.papers: list[Paper] = []
        self.rows_printed = 0
        self.senses = Senses()
        self.wire = Wire(self, clock)
        self._clock, self._before = clock, clock()
        self.flash: dict[bytes, Bitmap] = {}
        self._interpreter = Interpreter(model, self.flash)
        self._actions: deque[Action] = deque()
        self._sheet: list[int] = []
        self._rows_left: int | None = None
        self._near_end_at: int | None = None  # rows left
        self._credit = 0.0  # rows the motor may move
        self._asb, self._asb_said = False, b""
        self._cutter_blocked = self._path_blocked = False
        self._working = False
        self.powered = True
        self._stopped = threading.Event()
        if pace:
            threading.Thread(target=self._keep_pace, name="simulated printer", daemon=True).start()

    # -- the operator's hands -------------------------------------------------------------------------------------

    def paper_out(self, after_rows: int | None = None) -> None:
        """The roll ends now, or when so many more rows have been printed."""
        with self._hand():
            self._rows_left = after_rows or 0
            self._feel_the_roll()

    def refill(self, millimetres: float | None = None) -> None:
        """The cover is opened, a new roll put in, the cover closed. What hung in the printer is torn off. A roll of known length trips
        the near-end sensor when as much is left as the model says, and ends; another one ends only by `paper_out`."""
        if not self.senses.cover:
            self.open_cover()
            self.refill(millimetres)
            self.close_cover()
            return
        with self._hand():
            if self._sheet:
                self.papers.append(Paper(self._take_sheet(), Place.TORN))
            self._near_end_at = None if millimetres is None else self.model.rows(self.model.near_end_mm)
            self._rows_left = None if millimetres is None else self.model.rows(millimetres)
            self.senses.paper, self.senses.near_end = True, False
            self._feel_the_roll()

    def near_end(self, near: bool) -> None:
        with self._hand():
            self.senses.near_end = near

    def open_cover(self) -> None:
        with self._hand():
            self.senses.cover = True

    def close_cover(self) -> None:
        with self._hand():
            self.senses.cover = False

    def jam(self) -> None:
        with self._hand():
            self._path_blocked = self.senses.jam_error = True

    def cutter_jam(self) -> None:
        """The next cut fails."""
        with self._hand():
            self._cutter_blocked = True

    def clear_jam(self) -> None:
        """Paper path and blade are free again; the error stays until the host recovers."""
        with self._hand():
            self._path_blocked = self._cutter_blocked = False

    def hot(self, hot: bool) -> None:
        with self._hand():
            self.senses.hot = hot

    def power_off(self) -> None:
        with self._hand():
            self.powered = False
            self._actions.clear()
            self.wire.lose_power()
            self._interpreter.reset()
            self._asb = False
            self.senses.cutter_error, self.senses.jam_error = False, self._path_blocked

    def power_on(self) -> None:
        with self._hand():
            if not self.powered:
                self.powered = True
                self.wire.reply(b"\x3b\x31\x00")

    def silent(self, silent: bool) -> None:
        """The cable is out: nothing arrives on either side. What the printer has, it prints."""
        self.wire.cut = silent

    def unplug(self) -> None:
        """The host's adapter is pulled: its open ports are dead, and none opens until `plug`."""
        self.wire.unplug()

    def plug(self) -> None:
        self.wire.plug()

    def wrong_baud(self, wrong: bool) -> None:
        self.wire.garbled = wrong

    def noise(self, data: bytes) -> None:
        """`data` comes down the line to the host."""
        self.wire.reply(data)

    def take_paper(self) -> None:
        with self._hand():
            for paper in self.papers:
                if paper.place is Place.MOUTH:
                    paper.place = Place.OUT
            self.senses.sheet_in_mouth = False

    def save_papers(self, folder: Path) -> list[Path]:
        """Each sheet as NN-place.png."""
        folder.mkdir(parents=True, exist_ok=True)
        with self.lock:
            paths = [folder / f"{number:02}-{paper.place}.png" for number, paper in enumerate(self.papers, 1)]
            for path, paper in zip(paths, self.papers, strict=True):
                save_png(paper.bitmap, path)
        return paths

    @property
    def hanging(self) -> Bitmap:
        """What is printed and not cut."""
        with self.lock:
            return Bitmap.of_lines(self.model.dots, self._sheet)

    def close(self) -> None:
        self._stopped.set()

    @contextmanager
    def _hand(self) -> Iterator[None]:
        """Something changes by hand: afterwards the printer says so and goes on."""
        with self.lock:
            yield
            self._say_changes()
            self.work()

    # -- called by the wire, with the lock held -------------------------------------------------------------------

    @property
    def online(self) -> bool:
        return self.powered and not self.senses.offline

    def real_time_status(self, number: int) -> bytes:
        return self.senses.full_custom() if number == 0x14 else self.senses.real_time(number)

    def recover(self, drop: bool) -> None:
        """DLE ENQ: only from errors whose cause is gone."""
        if self.senses.cutter_error and not self._cutter_blocked:
            self.senses.cutter_error = False
        elif self.senses.jam_error and not self._path_blocked:
            self.senses.jam_error = False
        else:
            return
        if drop:
            self.clear()

    def clear(self) -> None:
        self.wire.drop_buffer()
        self._actions.clear()
        self._interpreter.forget_line()

    def work(self) -> None:
        """Prints and does what is possible by now. Not entered twice: a hand may move inside `on_rows`."""
        if self._working:
            return
        self._working = True
        try:
            self._work()
        finally:
            self._working = False
        self._say_changes()

    # -- the mechanism --------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while self.online and not self.senses.hot:
            if not self._actions:
                byte = self.wire.next_byte()
                if byte is None:
                    self._credit = min(self._credit, 1.0)  # an idle motor saves nothing up
                    return
                self._actions.extend(self._interpreter.feed(byte))
                continue
            action = self._actions.popleft()
            if isinstance(action, Row):
                if self.pace and self._credit < 1:
                    self._actions.appendleft(action)
                    return
                self._credit -= 1
                self._print_row(action.dots)
            else:
                self._do(action)

    def _print_row(self, dots: int) -> None:
        self._sheet.append(dots)
        self.rows_printed += 1
        if self._rows_left is not None:
            self._rows_left -= 1
            self._feel_the_roll()
        if self.on_rows is not None:
            self.on_rows(self.rows_printed)

    def _feel_the_roll(self) -> None:
        if self._rows_left is not None:
            self.senses.paper = self._rows_left > 0
            self.senses.near_end |= self._near_end_at is not None and self._rows_left <= self._near_end_at

    def _do(self, action: Action) -> None:
        match action:
            case Answer(data):
                self.wire.reply(data)
            case QueuedStatus():
                self.wire.reply(self.senses.queued())
            case AutomaticStatus(enabled):
                self._asb, self._asb_said = enabled, b""
                self._say_changes()
            case Cut():
                self._cut()
            case Eject(function):
                self._eject(function)

    def _cut(self) -> None:
        if self._cutter_blocked:
            self.senses.cutter_error = True
            self._actions.appendleft(Cut())  # tried again if the host resumes
        elif self._sheet:
            held = self.model.presenter is not Presenter.NONE
            self.papers.append(Paper(self._take_sheet(), Place.INSIDE if held else Place.OUT))

    def _eject(self, function: int) -> None:
        moves = {2: Place.RETRACTED, 3: Place.MOUTH, 5: Place.OUT}
        for paper in self.papers:
            if paper.place is Place.MOUTH:
                paper.place = Place.OUT if function != 2 else Place.RETRACTED
            elif paper.place is Place.INSIDE and function in moves:
                paper.place = moves[function]
        self.senses.sheet_in_mouth = any(paper.place is Place.MOUTH for paper in self.papers)

    def _take_sheet(self) -> Bitmap:
        sheet = Bitmap.of_lines(self.model.dots, self._sheet)
        self._sheet = []
        return sheet

    def _say_changes(self) -> None:
        frame = self.senses.automatic()
        if self._asb and self.powered and frame != self._asb_said:
            self._asb_said = frame
            self.wire.reply(frame)

    def _keep_pace(self) -> None:
        while not self._stopped.wait(TICK):
            with self.lock:
                now = self._clock()
                self._credit += (now - self._before) * self.model.rows_per_second
                self._before = now
                self.wire.arrive()
                self.work()
