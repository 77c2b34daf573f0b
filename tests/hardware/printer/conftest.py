"""A desk with one simulated printer and the field's driver on it, and pages to print."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import pytest

from hardware.interfaces import Band, PrinterLevel, PrintResult, Progress
from hardware.printer.connection import Limits
from hardware.printer.driver import SerialPrinter
from hardware.printer.encode import encode_job
from hardware.printer.models import PrinterModel, load_model, shipped_names
from hardware.printer.page import Bitmap, Cell, Page, Picture, Rule, Symbol
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_wire import SimulatedPort

# Short, since nothing here needs a motor's or a person's time.
QUICK = Limits(reopen=0.01, beat=0.02, poll=0.01, answer=0.05, quiet=0.02, silence=0.06, band=1.0, hot=1.0, clear=0.1)


@dataclass
class Desk:
    """The printer's hands are `printer`, the driver is `driver`; `told` and `levels` are what it said."""

    printer: SimulatedPrinter
    driver: SerialPrinter
    told: list[Progress] = field(default_factory=list)
    levels: list[PrinterLevel] = field(default_factory=list)
    wire: bytearray = field(default_factory=bytearray)
    limits: Limits = QUICK

    @property
    def model(self) -> PrinterModel:
        return self.printer.model

    @property
    def level(self) -> PrinterLevel:
        return self.levels[-1]

    def print(self, bands: list[Band]) -> PrintResult:
        self.told.clear()
        return self.driver.print(bands, self.told.append)

    def attend_until(self, done: Callable[[], bool]) -> None:
        """As the printer's worker does between jobs."""
        for _ in range(400):
            if done():
                return
            self.driver.attend(0.01)
        raise AssertionError(f"did not happen; last level {self.levels[-1:]}")


@pytest.fixture
def desks() -> Iterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(model: str | PrinterModel = "epson-tm", **settings: object) -> Desk:
        printer = SimulatedPrinter(load_model(model) if isinstance(model, str) else model, **settings)  # type: ignore[arg-type]
        wire = bytearray()
        driver = SerialPrinter(lambda: SimulatedPort(printer), printer.model, limits=QUICK, record=wire.extend)
        desk = Desk(printer, driver, wire=wire)
        driver.watch(desk.levels.append)
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.driver.close()
        desk.printer.close()


@pytest.fixture
def desk(desks: Callable[..., Desk]) -> Desk:
    return desks()


@pytest.fixture(scope="session")
def models() -> list[PrinterModel]:
    return [load_model(name) for name in shipped_names()]


@pytest.fixture(scope="session")
def page() -> Page:
    """Shaped like a certificate, small: a title, three lines of text, a rule across, a symbol, a seal, white paper."""
    chance = random.Random(11)
    items: list[Cell | Rule | Symbol | Picture] = [Picture(120, 8, _noise(chance, 300, 40)), Rule(0, 60, 576, 2), Rule(300, 60, 2, 100)]
    glyphs = [_noise(chance, 24, 24) for _ in range(7)]
    halves = [_noise(chance, 12, 24) for _ in range(5)]
    for line in range(3):
        items += [Cell(column * 24, 70 + 30 * line, chance.choice(glyphs)) for column in range(10)]
        items += [Cell(330 + column * 12, 70 + 30 * line, chance.choice(halves)) for column in range(6)]
    items += [Symbol(40, 180, _noise(chance, 21, 21), 4), Picture(400, 300, _noise(chance, 90, 90))]
    return Page(576, 450, tuple(items))


@pytest.fixture(scope="session")
def text_page() -> Page:
    """As much text as a certificate for three: 60 lines, 900 characters of some 150 shapes."""
    chance = random.Random(5)
    glyphs = [_stroked(chance, 24) for _ in range(150)]
    halves = [_stroked(chance, 12) for _ in range(40)]
    # Few are frequent, many are rare, as in an address.
    cells = [
        Cell(column * 24, line * 36, glyphs[min(149, int(chance.expovariate(0.03)))])
        for line in range(60)
        for column in range(chance.randrange(6, 16))
    ]
    cells += [Cell(400 + column * 12, line * 36, chance.choice(halves)) for line in range(60) for column in range(6)]
    return Page(576, 2232, tuple(cells))


@pytest.fixture(scope="session")
def job(page: Page) -> Callable[[PrinterModel], list[Band]]:
    return cache(lambda model: encode_job([page], model))


def _noise(chance: random.Random, width: int, height: int) -> Bitmap:
    return Bitmap.of_lines(width, [chance.getrandbits(width) for _ in range(height)])


def _stroked(chance: random.Random, width: int) -> Bitmap:
    """A few strokes, about as black as a kanji in Mincho."""
    lines = [0] * 24
    for _ in range(4):
        y, x = chance.randrange(1, 23), chance.randrange(width)
        lines[y] |= ((1 << chance.randrange(4, width)) - 1) & ((1 << width) - 1)
        for row in range(chance.randrange(12), 23):
            lines[row] |= 1 << x
    return Bitmap.of_lines(width, lines)
