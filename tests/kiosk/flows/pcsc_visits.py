"""Cases for the inside of a private pcscd (run by test_pcsc.py): whole visits with a card in the real stack and a printer behind a pty."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from hardware.interfaces import Reader
from hardware.simulated.pcsc_lab import ADDRESS_VARIABLE, RUN, PrivatePcscd
from kiosk.session.states import State

ENDS = (State.INSERT_CARD, State.REFUSED, State.STOPPING, State.TAKE_CARD_BACK, State.GOODBYE, State.OUT_OF_SERVICE, State.ATTRACT)
COMMANDS = 9  # of a visit; test_a_visit_through_the_real_stack says so


@pytest.fixture
def real(bench_type, network, tmp_path) -> Iterator[object]:
    made = bench_type(network.settings, tmp_path / "state", "pty:epson-tm?baud=0", f"vpcd:{os.environ[ADDRESS_VARIABLE]}")
    yield made
    made.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory) -> Iterator[PrivatePcscd]:
    """A pcscd that can be started again: the first one is the lab's and is ended here."""
    os.kill(int((RUN / "pcscd.pid").read_text().split()[0]), signal.SIGKILL)
    made = PrivatePcscd(tmp_path_factory.mktemp("pcscd"))
    made.start()
    yield made
    made.stop()


def test_a_visit_through_the_real_stack(real, network, to, caplog) -> None:
    caplog.set_level(1)
    real.follow(to["paper"], case="hanako")
    assert real.record.result == "printed"
    assert real.devices.hands.slot.exchanged == COMMANDS
    assert [paper.bitmap.height > 1000 for paper in real.papers] == [True]
    network.settled(real.record.visit, "printed")
    assert any("masked" in line for line in caplog.messages)
    assert not any("31 32 33 34" in line or "31323334" in line for line in caplog.messages)


@pytest.mark.parametrize("moment", range(1, COMMANDS + 1))
def test_pcscd_killed_in_the_middle_of_a_command(real, service, to, moment: int) -> None:
    """The visit ends in a named state, and the next one works without a restart of the kiosk."""
    slot = real.devices.hands.slot

    def kill(command: bytes) -> None:
        if slot.exchanged == moment:
            slot.before_command = None
            service.kill()

    slot.before_command = kill
    try:
        assert _interrupted(real, slot) in ENDS
    finally:
        real.devices.hands.pull()
        service.start()
    real.when(lambda: real.terminal.conductor.session.levels.reader is Reader.READY)
    for _ in range(120):  # seconds of the terminal's, until it has sent the resident home
        if real.state is State.ATTRACT:
            break
        real.wait(1)
        real.terminal.conductor.wait(0.02)
    slot.exchanged = 0
    real.follow(to["paper"], case="hanako")
    assert real.record.result == "printed"


def _interrupted(real, slot) -> State:
    """Goes on as a resident would until pcscd is gone, and waits for what the terminal makes of it."""
    with suppress(AssertionError):  # how far it comes depends on the moment
        real.follow("see attract\ntap attract.start\ntap service.copy\nsee insert_card\ncard hanako\n", case="hanako")
    real.when(lambda: slot.before_command is None or real.state is State.ENTER_PIN)
    if slot.before_command is not None:
        real.follow("pin 1234")
    real.when(lambda: slot.before_command is None)
    real.when(lambda: real.state not in (State.READING, State.ENTER_PIN, State.PROVING))
    return real.state
