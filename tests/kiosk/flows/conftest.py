"""A whole terminal on simulated devices, joined to a running network, worked by a script: the field's drivers, no window, and a clock
that tests can put forward."""

import io
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import msgspec
import pytest

from hardware.devices import Devices, open_devices
from kiosk.lab import running_lab
from kiosk.log import Log
from kiosk.running import with_hands_on_the_line
from kiosk.script import Resident, read_script
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.settings import DeviceSettings, PathSettings, Settings, load_settings
from kiosk.terminal import Terminal, open_journal, open_terminal, utc_now

HOME, TOWN = "21202", "21361"

# Up to the paper; what a clerk would tell a first-time visitor.
TO_PIN = "see attract\ntap attract.start\ntap service.copy\nsee insert_card\ncard {case}\nsee enter_pin\n"
TO_PERSONS = TO_PIN + "pin 1234\nsee choose_persons\n"
TO_CONFIRM = TO_PERSONS + "tap persons.next\ntap items.next\ntap copies.next\nsee confirm\n"
TO_TAKE_CARD = TO_CONFIRM + "tap confirm.yes\nsee take_card\n"
TO_PAPER = TO_TAKE_CARD + "pull\nsee take_paper\n"


class Clock:
    """Real time, and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


class Bench:
    """One terminal with a journal of its own. `follow` works it, `wait` lets time pass for it."""

    def __init__(self, settings: Settings, state: Path, printer: str, reader: str = "simulated:", keypad: str = "none") -> None:
        self._held = ExitStack()
        devices = DeviceSettings(reader=reader, printer=printer, cards=settings.devices.cards, keypad=keypad)
        settings = msgspec.structs.replace(settings, devices=devices, paths=PathSettings(state=str(state)))
        self.devices: Devices = open_devices(devices.reader, devices.printer, "none", settings.path(devices.cards), keypad=keypad)
        self.settings = with_hands_on_the_line(settings, self.devices, self._held)
        self.clock = Clock()
        self.logged = io.StringIO()
        self.seen: list[State] = []
        self.shows: Callable[[View], None] = lambda view: None  # whoever else looks
        self.terminal: Terminal = open_terminal(
            self.settings,
            self.devices,
            open_journal(self.settings),
            Log(self.logged, utc_now),
            self._show,
            lambda times: None,
            clock=self.clock,
        )
        self.terminal.conductor.start()

    def _show(self, view: View) -> None:
        self.seen.append(view.state)
        self.shows(view)

    @property
    def state(self) -> State:
        return self.terminal.conductor.view.state

    @property
    def shown(self) -> object:
        return self.terminal.conductor.view.shown

    @property
    def reason(self) -> str:
        return str(getattr(self.shown, "reason", ""))

    def follow(self, script: str, **words: str) -> "Bench":
        conductor = self.terminal.conductor
        steps = read_script(script.format(**words), "test")
        resident = Resident(steps, self.devices.need_hands(), lambda action: conductor.tell(conductor.view.actions[action]), time.monotonic)
        limit = time.monotonic() + 30
        while not resident.step(conductor.view):
            conductor.drain()
            conductor.wait(0.02)
            if self.state in (State.RECEIPT, State.GOODBYE):  # nothing but time goes on from here, and nobody is reading
                self.clock.ahead += 1.0
            assert time.monotonic() < limit, f"stuck in {self.state} after {self.seen[-6:]}"
        conductor.drain()
        return self

    def wait(self, seconds: float) -> "Bench":
        """So much time passes at the terminal: second by second, so that every limit is met."""
        for _ in range(int(seconds)):
            self.clock.ahead += 1.0
            self.terminal.conductor.drain()
        return self

    def when(self, condition: Callable[[], object]) -> "Bench":
        """Until it holds."""
        limit = time.monotonic() + 30
        while not condition():
            self.terminal.conductor.wait(0.02)
            self.terminal.conductor.drain()
            assert time.monotonic() < limit, f"stuck in {self.state}"
        return self

    def until(self, state: State) -> "Bench":
        return self.follow(f"see {state}")

    # -- what came of it ----------------------------------------------------------------------------------------------

    @property
    def papers(self) -> list[object]:
        printer = self.devices.need_hands().printer
        assert printer is not None
        return list(printer.papers)

    @property
    def record(self):
        records = self.terminal.journal.records()
        return records[-1] if records else None

    def close(self) -> None:
        self.terminal.close()
        self._held.close()


class Network:
    """The running lab, and what its nodes have written down."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.folder = file.parent
        self.settings = load_settings(file)

    def issued(self, visit: str) -> str | None:
        """Status of the visit's issue at the kiosk's town."""
        return self._ask(TOWN, "SELECT status FROM issues WHERE visit = ?", visit)

    def given(self, visit: str) -> str | None:
        """Status at the home town, as it was told."""
        return self._ask(HOME, "SELECT status FROM given WHERE visit = ?", visit)

    def copies(self, visit: str) -> tuple[int, int]:
        """How many came out, as both towns know it."""
        here = self._ask(TOWN, "SELECT copies_printed FROM issues WHERE visit = ?", visit)
        return int(here or 0), int(self._ask(HOME, "SELECT copies FROM given WHERE visit = ?", visit) or 0)

    def settled(self, visit: str, status: str, home: str | None = None, seconds: float = 10.0) -> None:
        """Waits until both towns say so."""
        limit = time.monotonic() + seconds
        while (self.issued(visit), self.given(visit)) != (status, home or status):
            assert time.monotonic() < limit, f"{self.issued(visit)} here, {self.given(visit)} at home; {status} awaited"
            time.sleep(0.02)

    def _ask(self, town: str, question: str, visit: str) -> str | None:
        with closing(sqlite3.connect(f"file:{self.folder}/nodes/{town}/issue.db?mode=ro", uri=True)) as db:
            row = db.execute(question, (visit,)).fetchone()
        return row[0] if row else None


@pytest.fixture(scope="session")
def network(tmp_path_factory, with_cards) -> Iterator[Network]:
    with running_lab(with_cards(tmp_path_factory.mktemp("lab")), 20, 1) as file:
        yield Network(file)


@pytest.fixture
def bench(network, tmp_path) -> Iterator[Bench]:
    made = Bench(network.settings, tmp_path / "state", "simulated:custom-vkp80?baud=0")
    yield made
    made.close()


@pytest.fixture
def plain_bench(network, tmp_path) -> Iterator[Bench]:
    """With a printer that cannot see its paper."""
    made = Bench(network.settings, tmp_path / "state", "simulated:epson-tm?baud=0")
    yield made
    made.close()


@pytest.fixture
def to():
    """The ways to a place in the visit."""
    return {"pin": TO_PIN, "persons": TO_PERSONS, "confirm": TO_CONFIRM, "take_card": TO_TAKE_CARD, "paper": TO_PAPER}


@pytest.fixture(autouse=True)
def cards_as_made(network) -> None:
    """PIN counters live in the cards' folders; each test finds them as they were made."""
    for path in (network.folder / "cards").glob("*/state.json"):
        path.unlink()


@pytest.fixture(scope="session")
def bench_type() -> type[Bench]:
    return Bench
