"""The driver on a simulated printer: levels, jobs, and every trouble at every band."""

import threading
from collections.abc import Callable
from functools import cache
from itertools import pairwise

import pytest

from hardware.errors import OnPaper
from hardware.interfaces import Band, Mouth, Outcome, PrinterState, Progress
from hardware.printer.commands import CLEAR_BUFFERS
from hardware.printer.driver import SerialPrinter
from hardware.printer.encode import encode_job
from hardware.printer.library import library_model
from hardware.printer.models import Completion, Encoder, Presenter, PrinterModel, load_model, shipped_names
from hardware.printer.page import Bitmap, Page, Picture
from hardware.simulated.decoder import decode
from hardware.simulated.printer_paper import Place
from hardware.simulated.printer_wire import SimulatedPort

Job = Callable[[PrinterModel], list[Band]]
# All that we ship, and one of python-escpos' table as a unit whose completion has been proven.
MODELS = [load_model(name) for name in shipped_names()] + [library_model("escpos/TM-T20II", completion=Completion.PROCESS_ID)]
each_model = pytest.mark.parametrize("model", MODELS, ids=[model.name for model in MODELS])


@pytest.fixture
def page(page: Page, request: pytest.FixtureRequest) -> Page:
    """Its first part where every row goes as a raster: the whole page, again for each of its bands, would be millions of bytes."""
    plain = "model" in request.fixturenames and request.getfixturevalue("model").encoder is Encoder.LIBRARY
    return Page(576, 112, (Picture(0, 0, Bitmap.of_lines(576, page.pixels().lines[:112])),)) if plain else page


@pytest.fixture
def job(page: Page) -> Job:
    return cache(lambda model: encode_job([page], model))


@each_model
def test_a_page_is_printed_and_said_to_be(desks, page: Page, job: Job, model: PrinterModel) -> None:
    desk = desks(model)
    bands = job(desk.model)
    result = desk.print(bands)
    assert (result.outcome, result.on_paper, result.rows, result.cause) == (Outcome.PRINTED, OnPaper.ALL, page.height, PrinterState.READY)
    assert [paper.bitmap for paper in desk.printer.papers] == [page.pixels()]
    assert desk.driver.bytes_sent == len(desk.wire)
    assert decode(bytes(desk.wire), desk.model) == [page.pixels()]


def test_progress_is_told_before_a_band_leaves_and_after_it_is_printed(desk, job: Job) -> None:
    bands = job(desk.model)
    bytes_at: list[int] = []
    desk.driver.print(bands, lambda progress: (desk.told.append(progress), bytes_at.append(len(desk.wire)))[0])
    assert desk.told[0] == Progress(sent=1, printed=0, rows=0)
    assert bands[0].data not in bytes(desk.wire[: bytes_at[0]])
    assert desk.told[-1] == Progress(len(bands), len(bands), sum(band.rows for band in bands))
    for before, after in pairwise(desk.told):
        assert after.sent >= before.sent
        assert after.printed >= before.printed
        assert 0 <= after.sent - after.printed <= 2


def test_copies(desks, page: Page) -> None:
    desk = desks("custom-vkp80")
    assert desk.print(encode_job([page, page, page], desk.model)).outcome is Outcome.PRINTED
    assert [paper.bitmap for paper in desk.printer.papers] == [page.pixels()] * 3
    assert [paper.place for paper in desk.printer.papers] == [Place.OUT, Place.OUT, Place.MOUTH]


@each_model
@pytest.mark.parametrize(
    ("happens", "ends", "state"),
    [
        ("paper_out", "refill", PrinterState.OUT),
        ("open_cover", "close_cover", PrinterState.COVER),
        ("jam", "clear_jam", PrinterState.JAM),
    ],
)
def test_levels_are_told_between_jobs(desks, model: PrinterModel, happens: str, ends: str, state: PrinterState) -> None:
    desk = desks(model)
    desk.attend_until(lambda: desk.levels and desk.level.state is PrinterState.READY)
    getattr(desk.printer, happens)()
    desk.attend_until(lambda: desk.level.state is state)
    getattr(desk.printer, ends)()
    desk.attend_until(lambda: desk.level.state is PrinterState.READY)
    assert [level.state for level in desk.levels] == [PrinterState.READY, state, PrinterState.READY]


def test_a_sheet_in_the_mouth_is_seen_until_it_is_taken(desks, job: Job) -> None:
    desk = desks("custom-vkp80")
    desk.print(job(desk.model))
    desk.attend_until(lambda: desk.level.mouth is Mouth.PAPER)
    desk.printer.take_paper()
    desk.attend_until(lambda: desk.level.mouth is Mouth.EMPTY)


def test_a_sheet_that_nobody_takes_is_retracted(desks, job: Job) -> None:
    desk = desks("custom-vkp80")
    desk.print(job(desk.model))
    desk.driver.retract()
    desk.attend_until(lambda: desk.level.mouth is Mouth.EMPTY)
    assert [paper.place for paper in desk.printer.papers] == [Place.RETRACTED]


def prints_afresh(desk, page: Page, job: Job) -> bool:
    """What comes next is a whole new sheet and nothing of the job before."""
    before, sheets = desk.printer.rows_printed, len(desk.printer.papers)
    desk.attend_until(lambda: desk.levels and desk.level.state is PrinterState.READY)
    desk.driver.attend(0.02)
    assert desk.printer.rows_printed == before, "the rest of the job came out by itself"
    fragments = len(desk.printer.papers) - sheets
    assert fragments <= 1
    assert desk.printer.hanging.height == 0
    result = desk.print(job(desk.model))
    return result.outcome is Outcome.PRINTED and desk.printer.papers[-1].bitmap == page.pixels()


def rows_in_each(bands: list[Band]) -> list[int]:
    """For each band a row in its middle and its last one, counted from the start of the job."""
    rows: set[int] = set()
    done = 0
    for band in bands:
        rows |= {done + (band.rows + 1) // 2, done + band.rows}
        done += band.rows
    return sorted(rows - {0})


@each_model
def test_paper_ends_in_any_band_and_no_fragment_is_on_the_new_roll(desks, page: Page, job: Job, model: PrinterModel) -> None:
    for row in rows_in_each(job(model)):
        desk = desks(model)
        bands = job(desk.model)
        desk.printer.paper_out(after_rows=row)
        result = desk.print(bands)
        in_last = row > page.height - bands[-1].rows
        assert result.cause is PrinterState.OUT
        # In the last band nobody can know how far it came; before, the end certainly never came.
        assert result.outcome is (Outcome.UNKNOWN if in_last else Outcome.VOIDED)
        assert result.rows <= row == desk.printer.rows_printed
        desk.printer.refill()
        assert prints_afresh(desk, page, job), f"row {row}"
        assert [paper.place for paper in desk.printer.papers[:-1]] == [Place.TORN]


@each_model
@pytest.mark.parametrize("at_once", [True, False], ids=["back at once", "stays off"])
def test_power_is_cut_in_any_band_and_nothing_is_printed_twice(desks, page: Page, job: Job, model: PrinterModel, at_once: bool) -> None:
    for row in rows_in_each(job(model)):
        desk = desks(model)
        bands = job(desk.model)

        def cut(rows: int, desk=desk, row: int = row) -> None:
            if rows == row:
                desk.printer.power_off()
                if at_once:
                    desk.printer.power_on()

        desk.printer.on_rows = cut
        result = desk.print(bands)
        last_left = desk.told[-1].sent == len(bands)
        assert result.outcome is (Outcome.UNKNOWN if last_left else Outcome.VOIDED), f"row {row}"
        assert result.cause is PrinterState.OFFLINE
        assert result.rows <= row
        # Back at once, it takes the rest of the band under way for commands and text: rubbish on a sheet that is void, and no more.
        assert at_once or desk.printer.rows_printed == row
        desk.printer.on_rows = None
        desk.printer.power_on()
        assert prints_afresh(desk, page, job), f"row {row}"


@each_model
@pytest.mark.parametrize(
    ("happens", "ends", "state"), [("open_cover", "close_cover", PrinterState.COVER), ("jam", "clear_jam", PrinterState.JAM)]
)
def test_trouble_in_any_band_voids(desks, page: Page, job: Job, model: PrinterModel, happens: str, ends: str, state: PrinterState) -> None:
    for row in rows_in_each(job(model)):
        desk = desks(model)
        bands = job(desk.model)
        desk.printer.on_rows = lambda rows, desk=desk, row=row: getattr(desk.printer, happens)() if rows == row else None
        result = desk.print(bands)
        assert result.cause is state
        assert result.outcome is (Outcome.UNKNOWN if row > page.height - bands[-1].rows else Outcome.VOIDED)
        assert desk.printer.rows_printed == row
        desk.printer.on_rows = None
        getattr(desk.printer, ends)()
        assert prints_afresh(desk, page, job)


UNPROVEN = library_model("escpos/TM-T20II")


@pytest.mark.parametrize(
    ("hand", "ends"), [("paper_out", "refill"), ("open_cover", "close_cover"), ("jam", "clear_jam"), ("unplug", "plug"), ("cancel", None)]
)
def test_a_printer_that_proves_nothing_leaves_no_rest_either(desks, hand: str, ends: str | None) -> None:
    """All bands go out without waiting, so trouble may come when the driver has long returned: then the outcome is unknown already."""
    page = Page(576, 112, (Picture(0, 0, Bitmap(576, 112, b"\x5a" * 72 * 112)),))
    bands = encode_job([page], UNPROVEN)
    for row in rows_in_each(bands):
        desk = desks(UNPROVEN)
        move = desk.driver.cancel if hand == "cancel" else getattr(desk.printer, hand)
        desk.printer.on_rows = lambda rows, move=move, row=row: move() if rows == row else None
        result = desk.print(bands)
        assert result.outcome is (Outcome.UNKNOWN if desk.told[-1].sent == len(bands) else Outcome.VOIDED)
        rows = desk.printer.rows_printed
        desk.printer.on_rows = None
        desk.driver.attend(0.05)
        if ends:
            getattr(desk.printer, ends)()
        desk.attend_until(lambda desk=desk: desk.level.state is PrinterState.READY)
        desk.driver.attend(0.05)
        assert (desk.printer.rows_printed, desk.printer.hanging.height) == (rows, 0), f"row {row}"


def test_trouble_after_an_unproven_job_has_been_sent_clears_what_is_left_of_it(desks) -> None:
    """At a motor's pace: the buffer is still full when the driver returns."""
    desk = desks(UNPROVEN, pace=115_200)
    page = Page(576, 60, (Picture(0, 0, Bitmap(576, 60, b"\x5a" * 72 * 60)),))
    stopped = threading.Event()
    desk.printer.on_rows = lambda rows: (desk.printer.paper_out(), stopped.set()) if rows == 20 else None
    assert desk.print(encode_job([page], UNPROVEN)).outcome is Outcome.UNKNOWN
    assert stopped.wait(10)
    desk.attend_until(lambda: desk.level.state is PrinterState.OUT)
    desk.driver.attend(0.2)
    desk.printer.on_rows = None
    desk.printer.refill()
    desk.attend_until(lambda: desk.level.state is PrinterState.READY)
    desk.driver.attend(0.2)
    assert (desk.printer.rows_printed, desk.printer.hanging.height) == (20, 0)


class KnowsNoClearing(SimulatedPort):
    """The line to a printer that takes DLE DC4 8 for nothing, as by a memory switch."""

    def write(self, data: bytes, urgent: bool = False) -> int:
        return len(data) if data == CLEAR_BUFFERS else super().write(data, urgent)


def test_a_printer_that_cannot_be_cleared_is_not_called_ready(desk, job: Job) -> None:
    driver = SerialPrinter(lambda: KnowsNoClearing(desk.printer), desk.model, limits=desk.limits)
    driver.watch(desk.levels.append)
    driver.attend(0.05)
    assert desk.level.state is PrinterState.READY
    desk.printer.on_rows = lambda rows: desk.printer.open_cover() if rows == 100 else None
    assert driver.print(job(desk.model), lambda progress: None).outcome is Outcome.VOIDED
    desk.printer.on_rows = None
    desk.printer.close_cover()
    driver.attend(0.5)
    assert desk.level.state is PrinterState.OFFLINE
    assert driver.print(job(desk.model), lambda progress: None).on_paper is OnPaper.NOTHING
    driver.close()


@pytest.mark.parametrize(("happens", "ends"), [("cancel", None), ("open_cover", "close_cover"), ("paper_out", "refill")])
def test_a_whole_copy_is_not_drawn_back_with_the_fragment_of_the_next(desks, page: Page, happens: str, ends: str | None) -> None:
    """The resident is told that it is valid, so it is theirs."""
    desk = desks("custom-vkp80")
    move = desk.driver.cancel if happens == "cancel" else getattr(desk.printer, happens)
    desk.printer.on_rows = lambda rows: move() if rows == page.height + 100 else None
    result = desk.print(encode_job([page, page], desk.model))
    assert (result.outcome, result.sheets) == (Outcome.VOIDED, 1)
    desk.printer.on_rows = None
    if ends:
        getattr(desk.printer, ends)()
    desk.attend_until(lambda: desk.level.state is PrinterState.READY and desk.level.mouth is Mouth.EMPTY)
    first, second = desk.printer.papers
    assert (first.bitmap, first.place) == (page.pixels(), Place.OUT)
    assert second.place in (Place.RETRACTED, Place.TORN)


@pytest.mark.parametrize("name", ["epson-tm", "sii-like"])
def test_a_cover_opened_for_a_moment_has_spoilt_the_sheet(desks, page: Page, job: Job, name: str) -> None:
    desk = desks(name)
    desk.printer.on_rows = lambda rows: (desk.printer.open_cover(), desk.printer.close_cover()) if rows == 100 else None
    result = desk.print(job(desk.model))
    assert (result.outcome, result.cause) == (Outcome.VOIDED, PrinterState.COVER)
    desk.printer.on_rows = None
    assert prints_afresh(desk, page, job)


@each_model
def test_cancel_in_any_band(desks, page: Page, job: Job, model: PrinterModel) -> None:
    for row in rows_in_each(job(model)):
        desk = desks(model)
        bands = job(desk.model)
        desk.printer.on_rows = lambda rows, desk=desk, row=row: desk.driver.cancel() if rows == row else None
        result = desk.print(bands)
        if result.outcome is Outcome.PRINTED:
            assert row > page.height - bands[-1].rows, "only too late a wish may be ignored"
        else:
            assert (result.outcome, result.cause) == (Outcome.VOIDED, PrinterState.READY)
            places = [paper.place for paper in desk.printer.papers]
            assert places == [Place.RETRACTED if model.presenter is Presenter.CUSTOM else Place.OUT]
        desk.printer.on_rows = None
        desk.driver.attend(0.02)
        assert prints_afresh(desk, page, job)


@each_model
def test_a_stuck_cutter_is_not_called_voided(desks, page: Page, job: Job, model: PrinterModel) -> None:
    desk = desks(model)
    desk.printer.cutter_jam()
    result = desk.print(job(desk.model))
    assert (result.outcome, result.on_paper, result.cause) == (Outcome.UNKNOWN, OnPaper.ALL, PrinterState.CUTTER)
    assert desk.printer.hanging == page.pixels()
    desk.attend_until(lambda: desk.level.state is PrinterState.CUTTER)
    desk.printer.clear_jam()
    desk.attend_until(lambda: desk.level.state is PrinterState.READY)
    desk.attend_until(lambda: desk.printer.hanging.height == 0)


@each_model
def test_a_hot_head_is_waited_for(desks, page: Page, job: Job, model: PrinterModel) -> None:
    desk = desks(model)
    desk.printer.on_rows = lambda rows: desk.printer.hot(True) if rows == 50 else None
    desk.driver.watch(lambda level: threading.Thread(target=desk.printer.hot, args=(False,)).start() if level.state == "hot" else None)
    assert desk.print(job(desk.model)).outcome is Outcome.PRINTED
    assert desk.printer.papers[0].bitmap == page.pixels()


@each_model
def test_silence(desks, page: Page, job: Job, model: PrinterModel) -> None:
    """The cable falls out: the printer prints what it has and stops; nothing tells the host but the missing answer."""
    desk = desks(model)
    bands = job(desk.model)
    desk.printer.on_rows = lambda rows: desk.printer.silent(True) if rows == 50 else None
    result = desk.print(bands)
    assert (result.outcome, result.cause) == (Outcome.VOIDED, PrinterState.OFFLINE)
    desk.attend_until(lambda: desk.level.state is PrinterState.OFFLINE)
    desk.printer.silent(False)
    assert prints_afresh(desk, page, job)


def test_silence_after_the_last_band_left_is_unknown(desk, page: Page, job: Job) -> None:
    desk.printer.on_rows = lambda rows: desk.printer.silent(True) if rows == page.height else None
    result = desk.print(job(desk.model))
    assert (result.outcome, result.on_paper) == (Outcome.UNKNOWN, OnPaper.UNKNOWN)


def test_a_wrong_baud_rate_is_offline(desk, job: Job) -> None:
    desk.printer.wrong_baud(True)
    desk.attend_until(lambda: desk.levels and desk.level.state is PrinterState.OFFLINE)
    assert desk.print(job(desk.model)).outcome is Outcome.VOIDED
    assert desk.printer.papers == []
    desk.printer.wrong_baud(False)
    desk.attend_until(lambda: desk.level.state is PrinterState.READY)


def test_a_disturbance_is_survived(desk, page: Page, job: Job) -> None:
    desk.printer.on_rows = lambda rows: desk.printer.noise(b"\xff\x80") if rows % 50 == 0 else None
    assert desk.print(job(desk.model)).outcome is Outcome.PRINTED
    assert desk.printer.papers[0].bitmap == page.pixels()


def test_the_adapter_is_pulled(desk, page: Page, job: Job) -> None:
    desk.printer.on_rows = lambda rows: desk.printer.unplug() if rows == 100 else None
    result = desk.print(job(desk.model))
    assert (result.outcome, result.cause) == (Outcome.VOIDED, PrinterState.OFFLINE)
    assert desk.level.state is PrinterState.OFFLINE
    desk.driver.attend(0.03)
    desk.printer.on_rows = None
    desk.printer.plug()
    assert prints_afresh(desk, page, job)


@pytest.mark.parametrize("hand", ["paper_out", "open_cover", "jam", "power_off", "unplug"])
def test_nothing_is_begun_on_a_printer_that_cannot(desk, job: Job, hand: str) -> None:
    getattr(desk.printer, hand)()
    result = desk.print(job(desk.model))
    assert (result.outcome, result.on_paper, result.rows) == (Outcome.VOIDED, OnPaper.NOTHING, 0)
    assert result.cause is not PrinterState.READY
    assert desk.told == []


def test_low_paper_prints(desk, job: Job) -> None:
    desk.printer.near_end(True)
    assert desk.print(job(desk.model)).outcome is Outcome.PRINTED
    assert desk.level.state is PrinterState.LOW


def test_a_receiver_that_fails_leaves_no_rest(desk, page: Page, job: Job) -> None:
    class Full(Exception):
        pass

    def told(progress: Progress) -> None:
        if progress.sent == 3:
            raise Full

    with pytest.raises(Full):
        desk.driver.print(job(desk.model), told)
    assert prints_afresh(desk, page, job)
