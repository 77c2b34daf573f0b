"""Replies -> levels, for what each sensor says; and whether a job may begin."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.interfaces import Mouth, PrinterLevel, PrinterState
from hardware.printer.models import PrinterModel, load_model
from hardware.printer.replies import Asb, Block, FullStatus, Noise, RealTime, Replies, is_power_on
from hardware.printer.status import Status, enough_paper
from hardware.simulated.printer_senses import Senses

EPSON, CUSTOM = load_model("epson-tm"), load_model("custom-vkp80")

CASES = [
    (Senses(), PrinterState.READY),
    (Senses(near_end=True), PrinterState.LOW),
    (Senses(hot=True), PrinterState.HOT),
    (Senses(paper=False), PrinterState.OUT),
    (Senses(cover=True), PrinterState.COVER),
    (Senses(jam_error=True), PrinterState.JAM),
    (Senses(cutter_error=True), PrinterState.CUTTER),
    (Senses(paper=False, cover=True, near_end=True), PrinterState.COVER),
]


@pytest.mark.parametrize(("senses", "state"), CASES)
def test_three_ways_to_say_the_same(senses: Senses, state: PrinterState) -> None:
    assert Status().after(Asb(*senses.automatic())).level(EPSON).state is state
    assert Status().after(FullStatus(*senses.full_custom()[2:])).level(CUSTOM).state is state
    asked = Status()
    for number in (1, 2, 3, 4):
        asked = asked.asked(number, RealTime(senses.real_time(number)[0]))
    assert asked.level(EPSON).state is state


def test_documented_example() -> None:
    """The cover opens, and closes again (Epson TM-T88III manual)."""
    assert Status().after(Asb(0x38, 0x00, 0x63, 0x0F)).level(EPSON).state is PrinterState.COVER
    assert Status().after(Asb(0x10, 0x00, 0x60, 0x0F)).level(EPSON).state is PrinterState.READY


def test_mouth_is_known_to_presenters_only() -> None:
    assert Status().after(FullStatus(0x20, 0, 0, 0)).level(CUSTOM).mouth is Mouth.PAPER
    assert Status().after(FullStatus(0, 0, 0, 0)).level(CUSTOM).mouth is Mouth.EMPTY
    assert Status().after(Asb(0x10, 0, 0, 0)).level(EPSON).mouth is Mouth.UNKNOWN


def test_a_restart_forgets_all_levels() -> None:
    restarted = Status().after(Asb(0x38, 0, 0, 0)).after(Block(0x3B, b"1"))
    assert restarted.level(EPSON).state is PrinterState.UNKNOWN
    assert restarted.starts == 1


def test_noise_counts_until_something_sensible_comes() -> None:
    assert Status().after(Noise(b"ab")).after(Noise(b"c")).noise == 3
    assert Status().after(Noise(b"ab")).after(Asb(0x10, 0, 0, 0)).noise == 0


@given(st.sampled_from(PrinterState), st.integers(0, 100_000), st.integers(0, 100_000))
def test_enough_paper(state: PrinterState, rows: int, since: int) -> None:
    enough = enough_paper(PrinterLevel(state), rows, EPSON, since)
    if state is PrinterState.READY:
        assert enough
    elif state is PrinterState.LOW:
        assert enough == (EPSON.millimetres(rows + since) <= EPSON.near_end_mm)
    else:
        assert not enough


MILLION = 1_000_000


@pytest.mark.parametrize("model", [EPSON, CUSTOM], ids=lambda model: model.name)
def test_a_million_random_bytes_never_make_paper_that_nobody_said_is_there(model: PrinterModel) -> None:
    """Only a whole status, four or six bytes in their pattern, changes a level; whatever else comes between leaves it as it was."""
    chance, replies, status = random.Random(20), Replies(model.status), Status()
    statuses = 0
    ended: bool | None = None
    for _ in range(MILLION // 1000):
        for reply in replies.feed(chance.randbytes(1000)):
            status = status.after(reply)
            if isinstance(reply, Asb):
                ended, statuses = reply.paper & 0x0C == 0x0C, statuses + 1
            elif isinstance(reply, FullStatus):
                ended, statuses = bool(reply.paper & 0x01), statuses + 1
            elif is_power_on(reply):
                ended = None
            state = status.level(model).state
            if ended is not False:
                assert state not in (PrinterState.READY, PrinterState.LOW, PrinterState.HOT)
    assert statuses > 100
