"""python-escpos: its table of printers as models of ours, and its encoder for them: the page as plain rasters, one below the other.

    escpos/TM-T88V                a model of its capability table, by its name there
    escpos/TUP500?dots=576        ... whose table does not say how wide it prints

What the table does not say is not assumed: no user-defined characters, no flash, no sensor that tells how much paper is left, and no
answer that proves a sheet printed. A job on such a model therefore ends as `unknown` and calls staff, unless the unit has been proven at
installation and the address says so (`&completion=process_id`).

The table is read as the file it is. The library itself is imported by this file alone, and only when such a model prints: importing it
takes a third of a second, configures the root logger and leaves a temporary directory behind (measured with 3.1); all of that is
contained here. Its drivers are not used: they block
for ever on a printer that stopped reading and report "plenty of paper" for a dead one. What it writes may hold real-time commands by
chance; the driver takes answers to those as signs of life only.
"""

import json
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from PIL import Image

from hardware.errors import SettingsError
from hardware.printer.commands import feed
from hardware.printer.models import LIBRARY, Completion, Encoder, Presenter, PrinterModel, StatusKind
from hardware.printer.page import Page

BAND_HEIGHT = 14  # rows: 1 kB of 576 dots
SPEED = 100  # mm/s; the table has none, and this one only makes us more patient
DPI = 203  # where the table has none
BUFFER = 4096
PICKLES = "ESCPOS_CAPABILITIES_PICKLE_DIR"
CUT = bytes.fromhex("1D564200")  # GS V 66 0: feed to the blade, cut
TEAR_OFF = feed(160)  # 20 mm, for printers without a cutter


def library_names() -> list[str]:
    """All models of the table, with our prefix."""
    return sorted(LIBRARY + name for name in _profiles())


def library_model(name: str, dots: int | None = None, completion: Completion = Completion.NONE) -> PrinterModel:
    """Raises SettingsError for a name that is not in the table, a model that prints no rasters, or one whose width nobody says."""
    profile = _profiles().get(name.removeprefix(LIBRARY))
    if profile is None:
        raise SettingsError(f"printer model {name!r}: python-escpos knows none of that name; it knows {', '.join(library_names())}")
    features, media = profile["features"], profile.get("media", {})
    if not features.get("bitImageRaster"):
        raise SettingsError(f"printer model {name!r}: by python-escpos' table it prints no rasters, so no certificate")
    said = media.get("width", {}).get("pixels")
    width = dots or (said if isinstance(said, int) else None)
    if width is None:
        raise SettingsError(
            f"printer model {name!r}: python-escpos' table does not say how wide it prints; add dots=576, or what its manual says"
        )
    dpi = media.get("dpi")
    return PrinterModel(
        name=name,
        encoder=Encoder.LIBRARY,
        dots=width,
        dpi=dpi if isinstance(dpi, int) else DPI,
        speed_mm_s=SPEED,
        buffer_bytes=BUFFER,
        kanji_slots=0,
        half_slots=0,
        enlarges=False,
        flash_bytes=0,
        completion=completion,
        presenter=Presenter.NONE,
        status=StatusKind.ASB,
        near_end_mm=0,
        cut=CUT if features.get("paperFullCut") or features.get("paperPartCut") else TEAR_OFF,
    )


def library_strips(page: Page, model: PrinterModel) -> Iterator[tuple[bytes, int]]:
    """Bytes and the rows they print, from the top."""
    escpos = import_library()
    bitmap = page.pixels()
    for top in range(0, bitmap.height, BAND_HEIGHT):
        rows = min(BAND_HEIGHT, bitmap.height - top)
        strip = bitmap.rows[top * bitmap.stride : (top + rows) * bitmap.stride]
        # "1;I": a set bit is black. Mode 1 is not dithered by the library.
        picture = Image.frombytes("1", (bitmap.width, rows), strip, "raw", "1;I")
        printer = escpos.Dummy()
        # Without a width the library prints a remark to stdout at each picture.
        printer.profile.profile_data = {**printer.profile.profile_data, "media": {"width": {"pixels": model.dots}}}
        printer.image(picture, impl="bitImageRaster", center=False)
        yield printer.output, rows


@cache
def import_library() -> ModuleType:
    """escpos.printer. At the import it makes a temporary directory for a pickle and leaves it, and the root logger gets a handler; here the
    one is removed and the other taken away again. With its setting for another directory it would make, and forget, both."""
    handlers, setting = logging.root.handlers[:], os.environ.pop(PICKLES, None)
    try:
        import escpos.capabilities
        import escpos.printer
    finally:
        logging.root.handlers[:] = handlers
        if setting is not None:
            os.environ[PICKLES] = setting
    shutil.rmtree(escpos.capabilities.pickle_dir, ignore_errors=True)
    module: ModuleType = escpos.printer
    return module


@cache
def _profiles() -> Mapping[str, Any]:
    spec = find_spec("escpos")  # finds a package without importing it
    if spec is None or spec.origin is None:
        raise SettingsError(f"printer models {LIBRARY}...: python-escpos is not installed")
    table = json.loads(Path(spec.origin).with_name("capabilities.json").read_text(encoding="utf-8"))
    profiles: Mapping[str, Any] = table["profiles"]
    return profiles
