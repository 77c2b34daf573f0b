"""Visits as a clerk would tell them: the good one, and every way in which one can end otherwise."""

import pytest

from kiosk.session.states import State


def test_a_copy_is_printed_once_and_everybody_knows(bench, network, to):
    bench.follow(to["paper"] + "take\ntap receipt.no\nsee goodbye", case="hanako")
    assert bench.record.result == "printed"
    assert len(bench.papers) == 1
    network.settled(bench.record.visit, "printed")
    bench.wait(6)
    assert bench.state is State.ATTRACT


def test_whole_household_two_copies_with_items(bench, network, to):
    bench.follow(
        to["persons"]
        + """
        tap persons.all
        tap persons.next
        tap items.relationship
        tap items.next
        tap copies.more
        tap copies.next
        see confirm
        tap confirm.yes
        pull
        see take_paper
        take
        tap receipt.yes
        see goodbye
        """,
        case="hanako",
    )
    assert bench.record.copies == 2
    assert len(bench.papers) == 3  # two copies and the receipt
    network.settled(bench.record.visit, "printed")


def test_a_resident_of_the_kiosks_own_town(bench, network, to):
    bench.follow(to["paper"] + "take\ntap receipt.no\nsee goodbye", case="local")
    assert bench.record.result == "printed"
    assert network.issued(bench.record.visit) is not None


def test_wrong_pin_is_counted_told_and_locks(bench, to):
    bench.follow(to["pin"] + "pin 9999\nsee enter_pin", case="taro")
    bench.until(State.ENTER_PIN)
    assert bench.shown.wrong
    assert bench.shown.tries_left == 2
    bench.follow("pin 9999\nsee proving\nsee enter_pin")
    assert bench.shown.tries_left == 1
    bench.follow("pin 9999\nsee refused")
    assert bench.reason == "pin_locked"
    bench.follow("tap ok\nsee take_card_back\npull\nsee goodbye")
    bench.wait(6)
    bench.follow("tap attract.start\ntap service.copy\ncard taro\nsee refused")
    assert bench.reason == "pin_locked"


def test_right_pin_after_a_wrong_one(bench, to):
    bench.follow(to["pin"] + "pin 9999\nsee proving\nsee enter_pin\npin 1234\nsee choose_persons", case="taro")


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("expired_card", "card_expired"),
        ("foreign_ca_card", "card_foreign"),
        ("no_certificate", "card_no_certificate"),
        ("licence_card", "card_not_ours"),
        ("locked_card", "pin_locked"),
    ],
)
def test_cards_that_are_refused_before_the_pin(bench, case, reason):
    bench.follow("see attract\ntap attract.start\ntap service.copy\ncard {case}\nsee refused", case=case)
    assert bench.reason == reason
    assert bench.record is None
    bench.follow("tap ok\nsee take_card_back\npull\nsee goodbye")


@pytest.mark.parametrize(
    ("case", "reason"),
    [("revoked_card", "card_revoked"), ("child", "under_age"), ("moved", "gone"), ("deceased", "gone")],
)
def test_persons_that_are_refused_by_the_network(bench, to, case, reason):
    bench.follow(to["pin"] + "pin 1234\nsee refused", case=case)
    assert bench.reason == reason
    assert bench.papers == []


@pytest.mark.parametrize("case", ["protected", "moving"])
def test_not_today_is_neutral(bench, to, case):
    """A record under protection looks exactly like a move under way: same screen, same reason, same slip."""
    bench.follow(to["pin"] + "pin 1234\nsee not_today", case=case)
    assert bench.reason == "counter"
    bench.follow("tap slip.print\ngone slip.print\ntap ok\nsee take_card_back\npull\nsee goodbye")
    assert len(bench.papers) == 1
    assert bench.record is None


def test_protected_and_moving_get_the_same_slip(bench, network, to):
    slips = []
    for case in ("protected", "moving"):
        bench.follow(to["pin"] + "pin 1234\nsee not_today\ntap slip.print\ngone slip.print\ntap ok\npull\nsee goodbye\ntake", case=case)
        bench.wait(6)
        slips.append(bench.papers[-1].bitmap)
    assert slips[0].width == slips[1].width
    assert slips[0].height == slips[1].height


def test_a_name_that_cannot_be_drawn_stops_before_anything_is_issued_and_leads_to_the_counter(bench, to):
    bench.follow(to["persons"] + "tap persons.next\ntap items.next\ntap copies.next\nsee not_today", case="undrawable")
    assert bench.reason == "counter"
    bench.follow("tap slip.print\ngone slip.print\ntap ok\npull\nsee goodbye\ntake")
    bench.wait(6)
    assert bench.record is None
    assert len(bench.papers) == 1  # the slip


@pytest.mark.parametrize("case", ["gaiji", "foreign", "long_address", "unknown_dates", "large_household"])
def test_every_kind_of_record_prints(bench, to, case):
    bench.follow(to["paper"], case=case)
    assert bench.record.result == "printed"


def test_preview_on_request(bench, to):
    bench.follow(to["confirm"] + "tap confirm.preview", case="hanako")
    bench.when(lambda: bench.shown.preview)
    assert bench.shown.preview.startswith(b"\x89PNG")


def test_language_changes_without_losing_the_visit(bench, to):
    bench.follow(to["persons"] + "tap language.en", case="hanako")
    bench.when(lambda: bench.terminal.conductor.view.language == "en")
    assert bench.state is State.CHOOSE_PERSONS
    bench.follow("tap stop\nsee take_card_back\npull\nsee goodbye")
    bench.wait(6)
    assert bench.terminal.conductor.view.language == "ja"
