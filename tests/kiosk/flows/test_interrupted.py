"""Cards pulled, stops, forgotten things, lines cut, printers that fail: each at its moment, each with its end."""

import pytest

from hardware.interfaces import PrinterState
from jukinet.errors import Kind, Problem
from kiosk.session.states import State
from kiosk.tasks.network import ask_failed


@pytest.mark.parametrize(("place", "ends"), [("pin", "insert_card"), ("persons", "goodbye"), ("confirm", "goodbye")])
def test_card_pulled(bench, to, place, ends):
    bench.follow(to[place] + f"pull\nsee {ends}", case="hanako")
    assert bench.papers == []


def test_card_pulled_at_every_command_of_the_card(bench, to):
    """Whatever the card was doing: back to "insert your card", and the next try works."""
    slot = bench.devices.need_hands().slot
    bench.follow(to["persons"] + "tap stop\npull\nsee goodbye", case="hanako")
    commands = slot.exchanged
    bench.wait(6)
    for number in range(1, commands + 1):
        left = [number]

        def pull(command, left=left):
            left[0] -= 1
            if left[0] == 0:
                slot.before_command = None
                slot.pull()

        slot.before_command = pull
        bench.follow("see attract\ntap attract.start\ntap service.copy\ncard hanako")
        bench.when(lambda left=left: bench.state is State.ENTER_PIN or (left[0] <= 0 and bench.state is State.INSERT_CARD))
        if bench.state is State.ENTER_PIN:
            bench.follow("pin 1234\nsee insert_card")
        bench.until(State.INSERT_CARD)
        slot.before_command = None
        bench.follow("card hanako\nsee enter_pin\ntap stop\nsee take_card_back\npull\nsee goodbye")
        bench.wait(6)


@pytest.mark.parametrize("place", ["pin", "persons", "confirm"])
def test_stop_before_anything_is_issued(bench, to, place):
    bench.follow(to[place] + "tap stop\nsee take_card_back\npull\nsee goodbye", case="hanako")
    assert bench.record is None


def test_stop_when_issued_voids(bench, network, to):
    bench.follow(to["take_card"] + "tap stop\nsee take_card_back\npull\nsee goodbye", case="hanako")
    assert (bench.record.result, bench.record.reason) == ("voided", "stopped")
    assert bench.papers == []
    network.settled(bench.record.visit, "voided")


def test_card_left_behind_prints_nothing(bench, network, to):
    bench.follow(to["take_card"], case="hanako")
    bench.wait(31)
    assert bench.state is State.CARD_LEFT
    bench.wait(31)
    assert bench.state is State.OUT_OF_SERVICE
    assert bench.papers == []
    network.settled(bench.record.visit, "voided")
    bench.follow("pull\nsee attract")


def test_paper_left_behind_is_drawn_back(bench, to):
    bench.follow(to["paper"], case="hanako")
    bench.wait(46)
    bench.follow("see goodbye")
    assert State.PAPER_LEFT in bench.seen
    assert bench.record.result == "printed"


def test_a_printer_that_cannot_see_its_paper(plain_bench, to):
    plain_bench.follow(to["take_card"] + "pull\nsee take_paper", case="hanako")
    assert not plain_bench.shown.sensor
    plain_bench.wait(11)
    assert plain_bench.state is State.RECEIPT


@pytest.mark.parametrize(("place", "idle"), [("pin", 30), ("persons", 120), ("confirm", 120)])
def test_nobody_there_any_more(bench, to, place, idle):
    bench.follow(to[place], case="hanako")
    bench.wait(idle + 1)
    assert bench.terminal.conductor.view.countdown is not None
    bench.wait(170)
    assert bench.state is State.OUT_OF_SERVICE  # the card was never taken
    bench.follow("pull\nsee attract")


def test_more_time(bench, to):
    bench.follow(to["persons"], case="hanako")
    for _ in range(3):
        bench.wait(125)
        bench.follow("tap more_time\ngone more_time")
        assert bench.terminal.conductor.view.countdown is None
    assert bench.state is State.CHOOSE_PERSONS


def test_network_down_before_the_proof(bench, to):
    bench.follow(to["pin"] + "hands network_down\npin 1234\nsee refused", case="hanako")
    assert bench.reason == "network"
    bench.follow("tap ok\nsee take_card_back\npull\nsee goodbye")
    bench.wait(6)
    bench.follow("see out_of_service\nhands network_up")
    bench.wait(6)
    bench.follow("see attract")


@pytest.mark.parametrize("place", ["persons", "confirm"])
def test_network_down_later(bench, network, to, place):
    onward = "tap persons.next\ntap items.next\ntap copies.next\n" if place == "persons" else "tap confirm.yes\n"
    bench.follow(to[place] + "hands network_down\n" + onward + "see refused", case="hanako")
    assert bench.reason == "network"
    assert bench.papers == []
    if place == "confirm":
        assert bench.record.result == "voided"


def test_network_down_while_printing_reports_later(bench, network, to):
    bench.follow(to["take_card"] + "hands network_down\npull\nsee take_paper\ntake\ntap receipt.no\nsee goodbye", case="hanako")
    assert bench.record.result == "printed"
    assert [report.visit for report in bench.terminal.journal.unreported()] == [bench.record.visit]
    assert network.issued(bench.record.visit) == "issued"
    bench.wait(6)
    bench.follow("hands network_up")
    bench.wait(6)
    bench.follow("see attract")
    network.settled(bench.record.visit, "printed")


@pytest.mark.parametrize("trouble", ["paper_out", "open_cover", "jam"])
def test_a_terminal_that_cannot_print_serves_nobody(bench, trouble):
    bench.follow(f"see attract\nhands {trouble}\nsee out_of_service")
    assert bench.shown.acts == "clear"


@pytest.mark.parametrize("rows", [1, 200, 700, 1200])
def test_paper_out_while_printing(bench, network, to, rows):
    """What is on paper is cut off, the rest never comes out on the new roll, and the issue is void."""
    bench.follow(to["take_card"] + f"hands paper_out {rows}\npull\nsee print_failed", case="hanako")
    assert bench.record.result == "voided"
    bench.follow("tap ok\nsee goodbye")
    sheets = len(bench.papers)
    bench.follow("hands refill\nwait 0.3")
    assert all(paper.bitmap.height <= rows + 400 for paper in bench.papers[sheets:])
    network.settled(bench.record.visit, "voided")


def test_paper_out_in_the_second_copy_leaves_the_first_one_good(bench, network, to):
    bench.follow(to["paper"] + "take\nsee receipt\ntap receipt.no\nsee goodbye", case="hanako")
    height = bench.papers[-1].bitmap.height
    bench.wait(10).follow(to["persons"] + "tap persons.next\ntap items.next\ntap copies.more\ntap copies.next\nsee confirm", case="hanako")
    bench.follow(f"tap confirm.yes\nsee take_card\nhands paper_out {height + 300}\npull\nsee print_failed")
    assert (bench.record.result, bench.record.copies_printed) == ("voided", 1)
    assert (bench.shown.on_paper, bench.shown.copies) == ("some", 1)
    network.settled(bench.record.visit, "voided")
    assert network.copies(bench.record.visit) == (1, 1)


@pytest.mark.parametrize("trouble", ["open_cover", "jam", "power_off", "unplug"])
def test_printer_fails_before_the_first_row(bench, network, to, trouble):
    bench.follow(to["take_card"] + f"hands {trouble}\npull\nsee print_failed", case="hanako")
    assert bench.record.result == "voided"
    assert bench.shown.on_paper == "nothing"
    network.settled(bench.record.visit, "voided")


def test_paper_that_may_not_last_stops_before_anything_is_issued(bench, to):
    """What has been printed since the sensor tripped counts: the first household's copies leave too little for a second one's."""
    large = "tap persons.all\ntap persons.next\ntap items.next\ntap copies.more\ntap copies.next\n"
    bench.follow(
        to["persons"] + "hands near_end\n" + large + "see confirm\ntap confirm.yes\nsee take_card\npull\nsee take_paper\ntake",
        case="large_household",
    )
    bench.follow("see receipt\ntap receipt.no\nsee goodbye").wait(10)
    issues = len(bench.terminal.journal.records())
    bench.follow(to["persons"] + large + "see refused", case="large_household")
    assert bench.reason == "paper"
    assert len(bench.terminal.journal.records()) == issues


def test_a_little_paper_left_is_enough_for_one(bench, to):
    bench.follow("see attract\nhands near_end\n" + to["paper"], case="taro")
    assert bench.record.result == "printed"


@pytest.mark.parametrize(("trouble", "reason"), [("paper_out", "paper"), ("open_cover", "no_printer"), ("jam", "no_printer")])
def test_a_printer_that_fails_while_the_resident_chooses(bench, to, trouble, reason):
    bench.follow(to["persons"] + f"hands {trouble}", case="hanako")
    bench.when(lambda: bench.terminal.conductor.session.levels.printer is not PrinterState.READY)
    bench.follow("tap persons.next\ntap items.next\ntap copies.next\nsee refused")
    assert bench.reason == reason


def test_a_stuck_cutter_leaves_doubt_and_calls_staff(bench, network, to):
    bench.follow(to["take_card"] + "hands cutter_jam\npull\nsee print_failed", case="hanako")
    assert bench.record.result == "unknown"
    assert "kiosk_staff_called" in bench.logged.getvalue()
    network.settled(bench.record.visit, "unknown")


@pytest.mark.parametrize(("whose", "reason"), [("town", "town_closed"), ("network", "network_closed")])
def test_hours_that_end_during_a_visit_say_whose_they_are(whose, reason):
    assert ask_failed(Problem(Kind.CLOSED, whose)).reason == reason


def test_town_closed(bench):
    bench.follow("see attract")
    bench.terminal.conductor.desk.closes = "00:00"
    bench.wait(6)
    bench.follow("see closed")
