"""Every case of `kiosk demo` but those that print, on a terminal without a window: it ends as its table says."""

import time
from contextlib import nullcontext

import msgspec
import pytest

from jukinet.node.cases import all_cases
from kiosk.demo import BEGIN, HOME, NO, TURNED_AWAY
from kiosk.demo_cases import CASES, DemoCase
from kiosk.lab import closed, running_lab
from kiosk.script import Resident, read_script
from kiosk.session.states import Reason, State
from kiosk.settings import load_settings
from kiosk.words import WORK_LANGUAGES, catalogue

# What no card and no record brings about by itself: the line, the hours, the paper and the hand do.
OTHERS = {
    *(Reason.CARD_TURNED, Reason.CARD_SLOW, Reason.CARD_FAULT, Reason.NO_MEMBER, Reason.NETWORK, Reason.TOWN_CLOSED, Reason.TOWN_PAUSED),
    *(Reason.NETWORK_CLOSED, Reason.WRONG_ANSWER, Reason.PEER_REFUSED),
    *(Reason.HOME_UNREACHABLE, Reason.FAULT),
    # what another card, the towns' days or a broken line bring about (tests/kiosk/flows/test_moves.py)
    *(reason for reason in Reason if reason.startswith("move_") and reason not in (Reason.MOVE_LATE_NOTICE, Reason.MOVE_LATE)),
}


@pytest.fixture(scope="module")
def another(tmp_path_factory, with_cards):
    """A network's terminal, where people move: no two cases of the same person."""
    with running_lab(with_cards(tmp_path_factory.mktemp("another")), 20, 1) as file:
        yield file


def test_there_is_a_case_for_every_resident_of_the_lab_and_every_refusal_of_card_and_record():
    assert {case.card for case in CASES.values() if case.card} >= set(all_cases()) - {"plain"}
    missing = {reason for reason in Reason if reason not in {case.ends for case in CASES.values()}} - OTHERS
    assert {reason for reason in missing if not reason.startswith(("area_", "own_", "no_photo", "photo"))} == set()


def test_the_demo_has_words_for_every_state():
    for language in WORK_LANGUAGES:
        assert {str(state) for state in State if f"demo.state.{state}" not in catalogue(language)} == set()


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.prints and not case.for_good])
def test_it_ends_as_it_should(network, bench_type, tmp_path, name):
    case = CASES[name]
    settings = msgspec.structs.replace(network.settings, town=case.town(network.settings.town))
    bench = bench_type(settings, tmp_path / "state", "simulated:custom-vkp80?baud=0")
    with closed(network.folder, HOME) if case.home_closed else nullcontext():
        ends_as_it_should(bench, name)
    bench.close()


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.for_good])
def test_what_is_done_for_good_ends_so_in_another_network(another, bench_type, tmp_path, name):
    bench = bench_type(load_settings(another), tmp_path / "state", "simulated:custom-vkp80?baud=0")
    ends_as_it_should(bench, name)
    bench.close()


def ends_as_it_should(bench, name):
    case: DemoCase = CASES[name]
    conductor, came = bench.terminal.conductor, set()

    def follows(script: str) -> Resident:
        hands = bench.devices.need_hands()
        return Resident(read_script(script, name), hands, lambda action: conductor.tell(conductor.view.actions[action]), time.monotonic)

    resident, turned_away = follows(BEGIN.format(language="ja", first=case.first) + case.script.format(card=case.card)), False
    limit = time.monotonic() + 60
    while True:
        conductor.drain()
        came |= {str(conductor.view.state), str(getattr(conductor.view.shown, "reason", ""))}
        if conductor.view.state in NO and not turned_away:
            resident, turned_away = follows(TURNED_AWAY), True
        if resident.step(conductor.view):
            break
        conductor.wait(0.02)
        assert time.monotonic() < limit, came
    assert str(case.ends) in came
    assert bench.record is None
