"""A kiosk process that can be killed, beside a printer, a network and a roll of paper that live on."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from hardware.printer.models import load_model
from hardware.printer.page import Bitmap
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.serial_pty import SerialPty
from kiosk.journal import Journal, Record
from kiosk.lab import running_lab
from tests.conftest import WithCards

MODEL = "custom-vkp80"
HOME, TOWN = "21202", "21361"
VISIT = """
see attract
tap attract.start
tap service.copy
card taro
pin 1234
see choose_persons
tap persons.next
tap items.next
tap copies.next
see confirm
tap confirm.yes
see take_card
pull
see take_paper
"""
RECOVERY = "see attract\n"
# The ornament every page ends in. Pages of one record differ in height: number and time are others, and so may the seal's size be.
END_ROWS = 40
# (sheets whole on paper) -> results that may stand for it
TRUE_RESULTS = {0: {"voided", "unknown"}, 1: {"printed", "unknown"}}


def end_of(page: Bitmap) -> bytes:
    return bytes(page.rows)[-END_ROWS * page.stride :]


class Victim:
    """The forking process. `run` gives the exit status (-9: killed) and how many journal writes there were."""

    def __init__(self) -> None:
        program = Path(__file__).with_name("victim.py")
        self._process = subprocess.Popen([sys.executable, str(program)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = 0

    def begin(self, **order: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"die": 0, "after": False, **order}) + "\n")
        self._process.stdin.flush()
        self.pid = int(self._line().split()[1])

    def end(self) -> tuple[int, int]:
        _, status, writes = self._line().split()
        self.pid = 0
        return int(status), int(writes)

    def kill(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the victim's process ended by itself"
        return line

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


@dataclass
class Scene:
    """One terminal's printer and journal, and the network around it."""

    settings: Path
    victim: Victim
    printer: SimulatedPrinter
    link: Path
    state: Path

    def begin(self, script: str, **how: object) -> None:
        self.victim.begin(
            settings=str(self.settings), state=str(self.state), printer=f"serial:{self.link}?model={MODEL}", script=script, **how
        )

    def run(self, script: str, **how: object) -> tuple[int, int]:
        self.begin(script, **how)
        return self.victim.end()

    def after_death(self, whole: Bitmap) -> Record | None:
        """Starts it again, twice, and says what is true in the end. `whole`: the sheet of a visit that nobody killed."""
        with self.somebody_there():
            assert self.run(RECOVERY)[0] == 0
            record, sheets, papers = self.record(), self.whole_sheets(whole), len(self.printer.papers)
            assert self.run(RECOVERY)[0] == 0
            assert len(self.printer.papers) == papers
        assert self.record() == record
        assert sheets <= 1
        if record is None:
            assert sheets == 0
            return None
        assert record.result in TRUE_RESULTS[sheets], (record, sheets)
        told = self.both_towns(record.visit)
        assert told == record.result or (told is None and record.result == "voided")
        return record

    @contextmanager
    def somebody_there(self) -> Iterator[None]:
        """Takes each sheet that comes out: what was under way to the printer when the kiosk died may come at any moment after it."""
        gone, told = threading.Event(), self.printer.wire.told

        def take() -> None:
            while not gone.is_set():
                with told:
                    told.wait_for(lambda: gone.is_set() or self.printer.senses.sheet_in_mouth, 0.1)
                self.printer.take_paper()

        hand = threading.Thread(target=take, name="somebody", daemon=True)
        hand.start()
        try:
            yield
        finally:
            gone.set()
            hand.join()

    def record(self) -> Record | None:
        journal = Journal(self.state / "journal.db")
        try:
            records = journal.records()
            assert len(records) <= 1
            assert journal.unreported() == []
            return records[0] if records else None
        finally:
            journal.close()

    def whole_sheets(self, whole: Bitmap) -> int:
        return sum(end_of(paper.bitmap) == end_of(whole) for paper in self.printer.papers)

    def node(self, town: str, visit: str) -> str | None:
        table = "issues" if town == TOWN else "given"
        with closing(sqlite3.connect(f"file:{self.settings.parent}/nodes/{town}/issue.db?mode=ro", uri=True)) as db:
            row = db.execute(f"SELECT status FROM {table} WHERE visit = ?", (visit,)).fetchone()
        return row[0] if row else None

    def both_towns(self, visit: str, seconds: float = 10.0) -> str | None:
        """What the issuing town says, once the home town says the same. None: neither has an issue."""
        until = time.monotonic() + seconds
        while True:
            here, home = self.node(TOWN, visit), self.node(HOME, visit) or None
            if here == home:
                return here
            assert time.monotonic() < until, f"{here} here, {home} at home"
            time.sleep(0.02)


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory, with_cards: WithCards) -> Iterator[Path]:
    with running_lab(with_cards(tmp_path_factory.mktemp("lab")), 20, 1) as file:
        yield file


@pytest.fixture(scope="package")
def victim() -> Iterator[Victim]:
    made = Victim()
    yield made
    made.close()


class Scenes:
    """New terminals beside the same network, one after the other."""

    def __init__(self, lab: Path, victim: Victim) -> None:
        self._lab, self.victim = lab, victim

    @contextmanager
    def open(self, folder: Path) -> Iterator[Scene]:
        folder.mkdir()
        printer = SimulatedPrinter(load_model(MODEL))
        pty = SerialPty(printer, folder / "printer")
        yield Scene(self._lab, self.victim, printer, folder / "printer", folder / "state")
        pty.close()
        printer.close()


@pytest.fixture(scope="package")
def scenes(lab: Path, victim: Victim) -> Scenes:
    return Scenes(lab, victim)


@pytest.fixture(scope="package")
def undisturbed(scenes: Scenes, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Bitmap]:
    """A visit that nobody kills: how many journal writes it has, and its sheet."""
    with scenes.open(tmp_path_factory.mktemp("undisturbed") / "scene") as scene:
        status, writes = scene.run(VISIT)
        assert status == 0
        record = scene.record()
        assert record is not None
        assert record.result == "printed"
        return writes, scene.printer.papers[0].bitmap


@pytest.fixture(scope="package")
def visit() -> str:
    return VISIT
