"""Sheets of a calendar and pages of towns: everything that can be chosen is on one of them, each tells its event, and nothing else does."""

from dataclasses import replace

import pytest

from kiosk.screens.gallery import CASES
from kiosk.screens.window import Window
from kiosk.session import events as on
from kiosk.session.events import Event
from kiosk.session.states import State


@pytest.mark.parametrize("name", ["out", "in"])
def test_each_day_on_offer_is_on_one_sheet_of_the_calendar(window: Window, told: list[Event], name: str) -> None:
    view = dict(CASES[State.CHOOSE_DAY])[name]
    days = {action for action in view.actions if action.startswith("day.")}
    window.show(view)
    window.frame()
    assert "day.0" in window.visible_actions(), "it opens at the month of today, or of the day that was chosen"
    while "days.earlier" in window.visible_actions():
        window.tap("days.earlier")
        window.frame()
    found: list[str] = []
    while True:
        sheet = sorted(days & window.visible_actions())
        for action in sheet:
            window.tap(action)
            assert told.pop() == view.actions[action]
        found += sheet
        if "days.later" not in window.visible_actions():
            break
        window.tap("days.later")
        window.frame()
    assert sorted(found) == sorted(days)
    assert told == []


def test_the_chosen_day_is_seen_when_the_screen_comes(window: Window) -> None:
    window.show(dict(CASES[State.CHOOSE_DAY])["chosen"])
    window.frame()
    assert [press.action for press in window.gate.presses() if press.chosen] == ["day.11"]


def test_the_ring_of_the_keys_turns_the_sheet(window: Window) -> None:
    window.show(dict(CASES[State.CHOOSE_DAY])["out"])
    window.frame()
    for action in ("day.60", "day.-30"):
        window.focus(action)
        assert action in window.visible_actions()


@pytest.mark.parametrize("name", ["prefecture", "many"])
def test_each_town_is_on_one_page(window: Window, told: list[Event], name: str) -> None:
    view = dict(CASES[State.CHOOSE_TOWN])[name]
    towns = {action for action in view.actions if action.startswith("town.")}
    window.show(view)
    window.frame()
    first = window.visible_actions() & towns
    window.tap("towns.more")
    window.frame()
    second = window.visible_actions() & towns
    assert first | second == towns
    assert not first & second
    for action in second:
        window.tap(action)
        assert told.pop() == on.TownChosen(action.removeprefix("town."))


def test_a_short_list_has_one_page(window: Window) -> None:
    window.show(replace(dict(CASES[State.CHOOSE_TOWN])["few"], serial=3))
    window.frame()
    assert "towns.more" not in window.visible_actions()
