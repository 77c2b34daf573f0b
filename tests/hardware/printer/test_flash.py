"""Static art in the printer's flash: written once, found again after a power cut, and never taken for granted."""

import random

import pytest

from hardware.interfaces import Outcome, PrinterState
from hardware.printer.encode import encode_job
from hardware.printer.flash import can_be_stored, define, key_of, keys_in, show, stored_picture
from hardware.printer.models import load_model
from hardware.printer.page import Art, Bitmap, Page
from hardware.printer.replies import Block, Queued
from hardware.simulated.decoder import decode
from hardware.simulated.printer_wire import SimulatedPort


def picture(seed: int, width: int = 64, height: int = 24) -> Bitmap:
    chance = random.Random(seed)
    return Bitmap.of_lines(width, [chance.getrandbits(width) for _ in range(height)])


def test_a_name_follows_from_the_dots() -> None:
    names = {key_of(picture(seed)) for seed in range(40)}
    assert len(names) == 40
    assert all(len(name) == 2 and all(" " <= one <= "~" for one in name) for name in names)
    assert key_of(picture(1)) == key_of(picture(1))


def test_what_was_defined_is_printed_from_the_left_edge() -> None:
    model, art = load_model("epson-tm"), Art(40, 0, "mark", picture(1))
    stored = stored_picture(art)
    flash: dict[bytes, Bitmap] = {}
    decode(define(stored), model, flash)
    (sheet,) = decode(show(key_of(stored)), model, flash)
    assert sheet.lines == tuple(line << (model.dots - 40 - 64) for line in art.picture.lines)


def test_dots_that_look_like_a_real_time_command_are_not_stored() -> None:
    assert can_be_stored(picture(1))
    assert not can_be_stored(Bitmap(16, 1, b"\x10\x04"))
    assert not can_be_stored(Bitmap.of_lines(576, [1] * 1000))


@pytest.mark.parametrize(
    ("reply", "names"),
    [
        (Block(0x37, b"\x72\x40"), frozenset()),
        (Block(0x37, b"\x72\x40AB C"), frozenset({"AB", " C"})),
        (Block(0x37, b"\x220001"), None),
        (Queued(0), None),
    ],
)
def test_names_in_an_answer(reply: Block | Queued, names: frozenset[str] | None) -> None:
    assert keys_in(reply) == names


@pytest.fixture
def art() -> list[Bitmap]:
    return [picture(1, 576, 40), picture(2, 400, 48)]


def test_the_driver_writes_what_is_missing_once_and_then_knows_it(desks, art: list[Bitmap]) -> None:
    desk = desks()
    desk.driver.keep(art)
    desk.attend_until(lambda: len(desk.driver.stored) == 2)
    assert desk.driver.stored == {key_of(one) for one in art}
    assert set(desk.printer.flash.values()) == set(art)
    written = len(desk.wire)
    desk.printer.power_off()
    desk.printer.power_on()
    desk.driver.attend(0.05)
    assert desk.driver.stored == {key_of(one) for one in art}
    assert len(desk.wire) - written < 1000  # asked again perhaps, not written again


def test_what_is_there_is_not_written(desks, art: list[Bitmap]) -> None:
    desk = desks()
    desk.printer.flash.update({key_of(one).encode(): one for one in art})
    desk.driver.keep(art)
    desk.attend_until(lambda: len(desk.driver.stored) == 2)
    assert define(art[0]) not in bytes(desk.wire)


def test_another_printer_on_the_line_is_asked_anew(desks, art: list[Bitmap]) -> None:
    desk = desks()
    desk.driver.keep(art)
    desk.attend_until(lambda: bool(desk.driver.stored))
    desk.printer.unplug()
    desk.attend_until(lambda: not desk.driver.stored)
    desk.printer.flash.clear()
    desk.printer.plug()
    desk.attend_until(lambda: desk.level.state is PrinterState.READY)
    assert desk.driver.stored == frozenset()  # written once a start of ours only


def test_half_a_picture_takes_nothing_of_what_comes_after_it(desks, art: list[Bitmap]) -> None:
    """Whoever wrote it was killed in the middle."""
    desk = desks()
    SimulatedPort(desk.printer).write(define(art[0])[:900])
    page = Page(576, 120, (Art(0, 10, "band", art[0]), Art(0, 60, "title", art[1])))
    desk.driver.keep(art)
    bands = encode_job([page], desk.model)  # as long as nothing is known of the flash
    assert desk.print(bands).outcome is Outcome.PRINTED
    assert [paper.bitmap for paper in desk.printer.papers] == [page.pixels()]
    desk.attend_until(lambda: len(desk.driver.stored) == 2)
    assert desk.print(encode_job([page], desk.model, desk.driver.stored)).outcome is Outcome.PRINTED
    assert [paper.bitmap for paper in desk.printer.papers] == [page.pixels()] * 2


def test_a_printer_without_flash_is_left_alone(desks, art: list[Bitmap]) -> None:
    desk = desks("sii-like")
    desk.driver.keep(art)
    desk.attend_until(lambda: desk.levels != [] and desk.level.state is PrinterState.READY)
    assert desk.driver.stored == frozenset()
    assert b"\x1d(L" not in bytes(desk.wire)


def test_a_job_with_stored_art_prints_the_page(desks, art: list[Bitmap]) -> None:
    desk = desks()
    page = Page(576, 120, (Art(0, 10, "band", art[0]), Art(100, 60, "title", picture(2, 300, 48))))
    desk.driver.keep([stored_picture(item) for item in page.items if isinstance(item, Art)])
    desk.attend_until(lambda: len(desk.driver.stored) == 2)
    bands = encode_job([page], desk.model, desk.driver.stored)
    assert sum(len(band.data) for band in bands) < 120
    assert desk.print(bands).outcome is Outcome.PRINTED
    assert [paper.bitmap for paper in desk.printer.papers] == [page.pixels()]
