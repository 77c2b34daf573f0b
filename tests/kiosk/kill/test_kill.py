"""kill -9 at every journal write and at every printed band: printed once, voided or unknown; never twice; and both towns know which.

After each death the kiosk is started again twice: the first start settles, the second must find nothing to do and print nothing.
"""

from pathlib import Path

import pytest

from hardware.printer.models import load_model
from hardware.simulated.printer import SimulatedPrinter
from hardware.simulated.serial_pty import SerialPty

# (sheets whole on paper) -> results that may stand for it
TRUE_RESULTS = {0: {"voided", "unknown"}, 1: {"printed", "unknown"}}


@pytest.fixture(scope="module")
def undisturbed(lab, victim, tmp_path_factory, request):
    """A visit that nobody kills: how many journal writes and dot rows it has."""
    scene_type = request.getfixturevalue("scene_type")
    folder: Path = tmp_path_factory.mktemp("undisturbed")
    printer = SimulatedPrinter(load_model("custom-vkp80"))
    pty = SerialPty(printer, folder / "printer")
    scene = scene_type(lab, victim, printer, folder / "printer", folder / "state")
    status, writes = scene.run(request.getfixturevalue("scripts")["visit"])
    assert status == 0
    assert scene.record().result == "printed"
    rows = printer.papers[0].bitmap.height
    pty.close()
    printer.close()
    return writes, rows


def _after_death(scene, rows, recovery):
    """Starts it again, twice, and says what is true in the end."""
    scene.printer.take_paper()
    assert scene.run(recovery) == (0, pytest.approx(0, abs=100))
    record = scene.record()
    sheets = scene.whole_sheets(rows)
    papers = len(scene.printer.papers)
    scene.printer.take_paper()
    assert scene.run(recovery)[0] == 0
    assert len(scene.printer.papers) == papers
    assert scene.record() == record
    assert sheets <= 1
    if record is None:
        assert sheets == 0
        return None
    assert record.result in TRUE_RESULTS[sheets], (record, sheets)
    told = scene.both_towns(record.visit)
    assert told == record.result or (told is None and record.result == "voided")
    return record


@pytest.mark.timeout(400)
@pytest.mark.parametrize("after", [pytest.param(False, id="before", marks=pytest.mark.soak), pytest.param(True, id="after")])
def test_killed_at_every_journal_write(scene_type, lab, victim, tmp_path, undisturbed, scripts, after):
    writes, rows = undisturbed
    results = []
    for die in range(1, writes + 1):
        folder = tmp_path / str(die)
        folder.mkdir()
        printer = SimulatedPrinter(load_model("custom-vkp80"))
        pty = SerialPty(printer, folder / "printer")
        scene = scene_type(lab, victim, printer, folder / "printer", folder / "state")
        assert scene.run(scripts["visit"], die=die, after=after)[0] == -9
        record = _after_death(scene, rows, scripts["recovery"])
        results.append(record.result if record else None)
        pty.close()
        printer.close()
    # The sweep met all that can happen, and doubt stays the exception.
    assert {"voided", "printed"} <= set(results)
    assert results.count("unknown") <= 4, results


@pytest.mark.timeout(300)
def test_killed_at_every_band(scene_type, lab, victim, tmp_path, undisturbed, scripts):
    """The printer tells us at which row the kiosk dies; in steps smaller than any band."""
    _, rows = undisturbed
    for number, row in enumerate([1, *range(80, rows, 80), rows - 1, rows]):
        folder = tmp_path / str(number)
        folder.mkdir()
        printer = SimulatedPrinter(load_model("custom-vkp80"))
        pty = SerialPty(printer, folder / "printer")
        scene = scene_type(lab, victim, printer, folder / "printer", folder / "state")

        def die(printed, row=row):
            if printed == row:
                victim.kill()

        printer.on_rows = die
        status, _ = scene.run(scripts["visit"])
        printer.on_rows = None
        assert status == -9, row
        _after_death(scene, rows, scripts["recovery"])
        pty.close()
        printer.close()
