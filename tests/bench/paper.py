"""`make bench-paper`: what a certificate costs on the wire, by encoder, and how long the paper takes.

The reference page is the copy for three persons of tests/answers, with its seals. Everything is decoded again and compared dot for dot.
Motor: a row is printed when its bytes are there and the one before is done; a stop is a row for which the head waited more than 2 ms. Ours
is sent as the driver does, never more than two bands ahead of the paper, with its questions counted as bytes.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import typer
from PIL import Image
from rich.console import Console
from rich.table import Table

from hardware.interfaces import Band
from hardware.printer.driver import SerialPrinter
from hardware.printer.encode import encode_job
from hardware.printer.flash import key_of, stored_picture
from hardware.printer.job import WINDOW, question
from hardware.printer.library import import_library
from hardware.printer.models import PrinterModel, load_model
from hardware.printer.page import Art, Bitmap, Page
from hardware.simulated.actions import Row
from hardware.simulated.decoder import Interpreter, decode
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_wire import SimulatedPort
from kiosk.document.answer import load_answer
from kiosk.document.certificate import Composer

ANSWER = Path(__file__).parents[1] / "answers" / "three_persons.json"
BITS = 10  # a byte on the line: start, eight, stop
STOP = 0.002  # seconds
RUNS = 15


@dataclass(frozen=True)
class Case:
    name: str
    model: PrinterModel
    bands: Sequence[Band]
    flash: dict[bytes, Bitmap]
    driven: bool = True  # by our driver: window and questions

    @property
    def parts(self) -> list[bytes]:
        if not self.driven:
            return [band.data for band in self.bands]
        return [band.data + question(self.model.completion, number) for number, band in enumerate(self.bands)]

    @property
    def bytes(self) -> int:
        return sum(map(len, self.parts))


@dataclass(frozen=True)
class Run:
    seconds: float  # to the last row
    stops: int
    sheets: list[Bitmap]


def run(case: Case, baud: int) -> Run:
    interpreter = Interpreter(case.model, dict(case.flash))
    arrived, printed, stops, rows, ends = 0.0, 0.0, 0, [], []
    for number, part in enumerate(case.parts):
        if case.driven and number >= WINDOW:
            arrived = max(arrived, ends[number - WINDOW])
        for byte in part:
            arrived += BITS / baud
            for action in interpreter.feed(byte):
                if isinstance(action, Row):
                    stops += arrived - printed > STOP and bool(rows)
                    printed = max(printed, arrived) + 1 / case.model.rows_per_second
                    rows.append(action.dots)
        ends.append(printed)
    return Run(printed, stops, [Bitmap.of_lines(case.model.dots, rows)])


def our_cases(page: Page) -> Iterator[Case]:
    model = load_model("epson-tm")
    flash = {key_of(one).encode(): one for item in page.items if isinstance(item, Art) for one in [stored_picture(item)]}
    names = frozenset(key.decode() for key in flash)
    yield Case("epson-tm, art in flash", model, encode_job([page], model, names), flash)
    yield Case("epson-tm, art sent", model, encode_job([page], model), {})
    doubled = replace(model, enlarges=False)
    yield Case("  symbol doubled, not enlarged", doubled, encode_job([page], doubled), {})
    for name in ("sii-like", "custom-vkp80"):
        other = load_model(name)
        yield Case(name, other, encode_job([page], other), {})
    none = replace(model, kanji_slots=0, half_slots=0)
    yield Case("no user-defined characters", none, encode_job([page], none), {})


def library_cases(page: Page) -> Iterator[Case]:
    dots, model = page.pixels(), load_model("epson-tm")
    picture = Image.frombytes("1", (dots.width, dots.height), dots.rows, "raw", "1;I")
    for impl in ("bitImageRaster", "graphics", "bitImageColumn"):
        printer = import_library().Dummy()
        printer.profile.profile_data = {**printer.profile.profile_data, "media": {"width": {"pixels": model.dots}}}
        printer.image(picture, impl=impl, center=False)
        yield Case(f"python-escpos {impl}", model, [Band(printer.output, dots.height)], {}, driven=False)


def is_exact(case: Case, page: Page) -> bool:
    """Some end with white rows more than the page has."""
    lines = [line for sheet in decode(b"".join(case.parts), case.model, dict(case.flash)) for line in sheet.lines]
    return lines[: page.height] == list(page.pixels().lines) and not any(lines[page.height :])


def on_simulated_printer(case: Case, baud: int) -> float:
    """Seconds from the first byte to the printer's word that the last row is on paper, in real time."""
    printer = SimulatedPrinter(case.model, pace=baud)
    printer.flash.update(case.flash)
    driver = SerialPrinter(lambda: SimulatedPort(printer), case.model)
    driver.attend(0.2)
    began = time.monotonic()
    driver.print(list(case.bands), lambda progress: None)
    seconds = time.monotonic() - began
    driver.close()
    printer.close()
    return seconds


def processor_ms(work: Callable[[], object]) -> float:
    """Median of RUNS, in our own processor time."""
    times = []
    for _ in range(RUNS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times) * 1000


def main() -> None:
    composer = Composer()
    extract, issue = load_answer(ANSWER)

    def compose() -> Page:
        (page,) = composer.copy(extract, issue, 0)
        return page

    page = compose()
    symbol = next(item for item in page.items if type(item).__name__ == "Symbol")
    modules = symbol.matrix.width  # type: ignore[union-attr]
    typer.echo(f"reference page: {page.width} x {page.height} dots, {len(page.items)} items, QR version {(modules - 17) // 4}\n")
    library = list(library_cases(page))
    most = library[0].bytes
    table = Table("encoder", "bytes", "s at 115,200", "s at 38,400", "ratio", "exact", "s to last row", "/ floor", "stops")
    for case in [*library, *our_cases(page)]:
        here = run(case, 115_200)
        floor = page.height / case.model.rows_per_second
        table.add_row(
            case.name,
            f"{case.bytes:,}",
            f"{case.bytes * BITS / 115_200:.2f}",
            f"{case.bytes * BITS / 38_400:.2f}",
            f"{most / case.bytes:.1f}",
            "yes" if is_exact(case, page) else "NO",
            f"{here.seconds:.2f}",
            f"{here.seconds / floor:.3f}",
            f"{here.stops:,}",
        )
    Console(width=120).print(table)
    best = next(our_cases(page))
    floor, wire = page.height / best.model.rows_per_second, best.bytes * BITS / 115_200
    real = on_simulated_printer(best, 115_200)
    typer.echo(f"motor's floor {floor:.2f} s at {best.model.speed_mm_s} mm/s, wire {wire:.2f} s")
    typer.echo(f"driver and simulated printer in real time: {real:.2f} s, {real / max(floor, wire):.3f} of the larger")
    fresh = iter([compose() for _ in range(RUNS)])
    typer.echo(f"processor time: compose {processor_ms(compose):.1f} ms", nl=False)
    typer.echo(f", encode {processor_ms(lambda: encode_job([next(fresh)], best.model, frozenset(k.decode() for k in best.flash))):.1f} ms")


if __name__ == "__main__":
    main()
