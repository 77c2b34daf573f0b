"""The right person: a town's node that swaps two concurrent answers gets nothing printed, whichever answer it is."""

import time

import pytest

from kiosk.lab import running_lab
from kiosk.script import Resident, read_script
from kiosk.session.states import State
from kiosk.settings import load_settings

ONWARD = {
    "households": "pin 1234\nsee refused",
    "extracts": "pin 1234\nsee choose_persons\ntap persons.next\ntap items.next\ntap copies.next\nsee refused",
    "issues": "pin 1234\nsee choose_persons\ntap persons.next\ntap items.next\ntap copies.next\nsee confirm\ntap confirm.yes\nsee refused",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("swapping")


@pytest.mark.parametrize("answers", ONWARD)
def test_swapped_answers_print_nothing(folder, tmp_path, bench_type, to, answers):
    with running_lab(folder, 20, 1, swap=answers) as file:
        settings = load_settings(file)
        benches = [bench_type(settings, tmp_path / case, "simulated:custom-vkp80?baud=0") for case in ("hanako", "taro")]
        residents = []
        for bench, case in zip(benches, ("hanako", "taro"), strict=True):
            conductor = bench.terminal.conductor
            steps = read_script(to["pin"].format(case=case) + ONWARD[answers], "swap")

            def tap(action, conductor=conductor):
                conductor.tell(conductor.view.actions[action])

            residents.append(Resident(steps, bench.devices.need_hands(), tap, time.monotonic))
        limit = time.monotonic() + 60
        while not all([resident.step(bench.terminal.conductor.view) for bench, resident in zip(benches, residents, strict=True)]):  # noqa: C419 - each must step
            for bench in benches:
                bench.terminal.conductor.drain()
                bench.terminal.conductor.wait(0.01)
            assert time.monotonic() < limit, [bench.state for bench in benches]
        for bench in benches:
            assert bench.reason == "wrong_answer"
            assert State.PRINTING not in bench.seen
            assert bench.papers == []
            if answers == "issues":
                bench.follow("tap ok\nsee take_card_back")
                assert bench.record.result == "voided"
            else:
                assert bench.record is None
            bench.close()
