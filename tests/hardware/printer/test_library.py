"""Every model that python-escpos knows: usable and exact, or refused with what is missing; and its import leaves nothing behind."""

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.devices import open_devices
from hardware.errors import OnPaper, SettingsError
from hardware.interfaces import Outcome, PrinterState
from hardware.printer.encode import encode_job
from hardware.printer.library import library_model, library_names
from hardware.printer.models import Completion
from hardware.printer.page import Bitmap, Page, Picture
from hardware.simulated.decoder import decode

NO_RASTERS = {"escpos/AF-240", "escpos/OCD-100", "escpos/OCD-300", "escpos/TM-U220", "escpos/TM-U220B"}
NO_WIDTH = {"escpos/RP326", "escpos/SP2000", "escpos/TEP-200M", "escpos/TUP500", "escpos/default", "escpos/simple"}


def page(width: int) -> Page:
    chance = random.Random(width)
    return Page(width, 90, (Picture(8, 20, Bitmap.of_lines(width - 16, [chance.getrandbits(width - 16) for _ in range(50)])),))


@pytest.mark.parametrize("name", library_names())
def test_every_model_prints_exactly_or_says_what_is_missing(name: str) -> None:
    if name in NO_RASTERS:
        with pytest.raises(SettingsError, match="rasters"):
            library_model(name, dots=576)
        return
    if name in NO_WIDTH:
        with pytest.raises(SettingsError, match="dots=576"):
            library_model(name)
    model = library_model(name, dots=576 if name in NO_WIDTH else None)
    sheet = page(model.dots)
    data = b"".join(band.data for band in encode_job([sheet], model))
    assert [sheet.pixels().lines] == [found.lines[: sheet.height] for found in decode(data, model)]
    assert model.completion is Completion.NONE  # nothing says that a sheet could be proven


def test_a_name_that_nobody_knows() -> None:
    with pytest.raises(SettingsError, match="TM-T88V"):
        library_model("escpos/NO-SUCH")


def test_models_come_by_address() -> None:
    devices = open_devices("simulated:", "simulated:escpos/TM-T88V?baud=0", "none", None)
    assert (devices.model.name, devices.model.dots, devices.model.dpi) == ("escpos/TM-T88V", 512, 180)
    devices.close()
    devices = open_devices("simulated:", "simulated:escpos/TUP500?baud=0&dots=640&completion=process_id", "none", None)
    assert (devices.model.dots, devices.model.completion) == (640, Completion.PROCESS_ID)
    devices.close()


@pytest.mark.parametrize(
    "address",
    [
        "simulated:epson-tm?dots=512",
        "simulated:escpos/TM-T88V?dots=much",
        "simulated:escpos/TM-T88V?completion=surely",
        "simulated:escpos/TUP500",
    ],
)
def test_addresses_that_cannot_be(address: str) -> None:
    with pytest.raises(SettingsError):
        open_devices("simulated:", address, "none", None)


def test_a_job_that_nobody_can_prove_ends_unknown_and_a_proven_unit_ends_printed(desks) -> None:
    model = library_model("escpos/TM-T20II")
    for completion, outcome in ((Completion.NONE, Outcome.UNKNOWN), (Completion.PROCESS_ID, Outcome.PRINTED)):
        desk = desks(replace(model, completion=completion))
        result = desk.print(encode_job([page(576)], desk.model))
        assert result.outcome is outcome
        assert (result.on_paper is OnPaper.ALL) == (outcome is Outcome.PRINTED)
        assert len(desk.printer.papers) == 1


def test_questions_that_stand_in_a_picture_by_chance_change_nothing(desks) -> None:
    """The library writes them as they come. The printer answers each (here: near end, which as another answer is an open cover); to us
    that is a sign of life."""
    desk = desks(library_model("escpos/TM-T20II", completion=Completion.PROCESS_ID))
    desk.printer.near_end(True)
    sheet = Page(576, 40, (Picture(0, 0, Bitmap(576, 40, b"\x10\x04\x04\x10\x04\x02" * 480)),))
    bands = encode_job([sheet], desk.model)
    assert any(b"\x10\x04\x04" in band.data for band in bands)
    assert desk.print(bands).outcome is Outcome.PRINTED
    assert desk.printer.papers[0].bitmap.lines[:40] == sheet.pixels().lines
    desk.driver.attend(0.05)
    assert {level.state for level in desk.levels} == {PrinterState.LOW}


LOOK = """
import logging, os, sys, tempfile
before = set(os.listdir(tempfile.gettempdir()))
import kiosk.terminal
from hardware.printer.library import library_model, library_strips
from hardware.printer.models import model_names
from hardware.printer.page import Page
assert "escpos/TM-T88V" in model_names()
library_model("escpos/TM-T88V")
assert "escpos" not in sys.modules
handlers = logging.root.handlers[:]
list(library_strips(Page(512, 30), library_model("escpos/TM-T88V")))
assert "escpos" in sys.modules
assert logging.root.handlers == handlers
assert os.environ.get("ESCPOS_CAPABILITIES_PICKLE_DIR") == sys.argv[1] or not sys.argv[1]
assert set(os.listdir(tempfile.gettempdir())) == before, os.listdir(tempfile.gettempdir())
"""


@pytest.mark.parametrize("setting", [{}, {"ESCPOS_CAPABILITIES_PICKLE_DIR": "/nowhere"}], ids=["as it is", "its own setting"])
def test_its_import_is_late_and_leaves_nothing_behind(tmp_path: Path, setting: dict[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *(setting.values() or [""])],
        env=os.environ | {"TMPDIR": str(tmp_path), "KIVY_NO_ARGS": "1"} | setting,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
