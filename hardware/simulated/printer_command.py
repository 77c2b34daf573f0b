"""`python -m hardware.simulated printer`: the simulated printer behind a pty, its paper in a folder, the operator's hands on stdin."""

import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from hardware.errors import SettingsError
from hardware.printer.library import library_model
from hardware.printer.models import LIBRARY, load_model
from hardware.simulated.look import as_paper
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.printer_paper import Place
from hardware.simulated.serial_pty import SerialPty

LOOK = 0.2  # seconds between looks for new paper


def printer(
    pty: Annotated[Path, typer.Option(help="Path of the serial device to make (a link to a pty).")],
    paper: Annotated[Path, typer.Option(help="Folder for the sheets, one PNG each, one dot a pixel.")],
    model: Annotated[str, typer.Option(help="One of assets/printers/, or escpos/NAME for one that python-escpos knows.")] = "epson-tm",
    dots: Annotated[int | None, typer.Option(help="Print width of an escpos/ model whose table does not say it.", min=8, max=4096)] = None,
    baud: Annotated[int, typer.Option(help="Pace of the line; 0 prints at once.", min=0)] = 115200,
    look: Annotated[bool, typer.Option("--look", help="Beside each sheet, NN-place.look.png: as a person would see it.")] = False,
) -> None:
    """A printer that eats ESC/POS at PTY until SIGTERM. Hands, a line each on stdin: see `help`."""
    try:
        chosen = library_model(model, dots) if model.startswith(LIBRARY) else load_model(model)
    except SettingsError as error:
        raise typer.BadParameter(str(error), param_hint="--model") from error
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    machine = SimulatedPrinter(chosen, pace=baud)
    line = SerialPty(machine, pty)
    threading.Thread(target=_hands, args=(machine,), daemon=True).start()
    typer.echo(f"ready: {chosen.name} at {pty}, paper in {paper}")
    saved: list[str] = []
    while not stop.wait(LOOK):
        saved = _save(machine, paper, saved, look)
    line.close()
    machine.close()
    _save(machine, paper, saved, look)


def hands(machine: SimulatedPrinter) -> dict[str, Callable[[], None]]:
    """What a person can do to the printer, by name."""
    return {
        "paper out": machine.paper_out,
        "refill": machine.refill,
        "near end": lambda: machine.near_end(True),
        "open cover": machine.open_cover,
        "close cover": machine.close_cover,
        "jam": machine.jam,
        "cutter jam": machine.cutter_jam,
        "clear jam": machine.clear_jam,
        "hot": lambda: machine.hot(True),
        "cool": lambda: machine.hot(False),
        "power off": machine.power_off,
        "power on": machine.power_on,
        "cable out": lambda: machine.silent(True),
        "cable in": lambda: machine.silent(False),
        "unplug": machine.unplug,
        "plug": machine.plug,
        "take paper": machine.take_paper,
    }


def _hands(machine: SimulatedPrinter) -> None:
    known = hands(machine)
    for line in sys.stdin:
        hand = known.get(line.strip())
        if hand is None:
            typer.echo(f"hands: {', '.join(known)}", err=True)
        else:
            hand()
            typer.echo(line.strip())


def _save(machine: SimulatedPrinter, folder: Path, saved: list[str], look: bool) -> list[str]:
    """Writes the sheets again if one came or moved; `saved` is how they lay last time."""
    with machine.lock:
        places = [sheet.place.value for sheet in machine.papers]
    if places == saved:
        return saved
    for number, place in enumerate(saved, 1):
        for kind in ("png", "look.png"):
            (folder / f"{number:02}-{place}.{kind}").unlink(missing_ok=True)
    for path, sheet in zip(machine.save_papers(folder), list(machine.papers), strict=False):
        if look:
            as_paper(sheet.bitmap, sheet.place is Place.TORN).save(path.with_suffix(".look.png"))
    return places
