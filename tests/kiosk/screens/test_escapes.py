"""Nobody gets out of the terminal by its glass, its keys, or by what a card or a node says. (The machine around it is for its units.)"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.screens.gallery import CASES, all_cases
from kiosk.screens.window import Window
from kiosk.session import view as show
from kiosk.session.events import CopiesChanged, Event, PersonToggled
from kiosk.session.states import State
from kiosk.session.view import View

# SDL's numbers of keys as Kivy hands them on; F1 opens Kivy's settings, F11 and F12 its inspector and screenshots, 27 ends an App.
KEYS = {
    "Escape": 27,
    **{f"F{number}": 281 + number for number in range(1, 13)},
    "Tab": 9,
    "Enter": 13,
    "Delete": 127,
    "Print": 316,
    "Menu": 319,
    "Super": 309,
    "Power": 320,
    "SysRq": 317,
    "Back": 1073742094,
    "e": ord("e"),
    "q": ord("q"),
    "w": ord("w"),
}
MODIFIERS = ([], ["ctrl"], ["alt"], ["ctrl", "alt"], ["shift", "meta"])
ODD_NAMES = {
    "markup": "[b]見本[/b] [ref=x]太郎[/ref] [color=ff0000]",
    "brackets": "{0} %s {name} \\n ${HOME}",
    "zero": "見本\x00太郎",
    "lines": "見本\n太郎\r\n花子\t",
    "right to left": "\u202e見本太郎\u202c \u2066x\u2069",
    "combining": "は\u309a" + "\u0301" * 60,
    "long": "見" * 10_000,
    "long word": "A" * 10_000,
}


def shown(window: Window, view: View) -> Window:
    window.show(view)
    window.frame()
    return window


def case(state: State, name: str) -> View:
    return replace(dict(CASES[state])[name], serial=1)


@pytest.mark.parametrize("modifiers", MODIFIERS, ids="+".join)
def test_no_key_leads_out_of_any_state(window: Window, told: list[Event], modifiers: list[str]) -> None:
    from kivy.base import EventLoop
    from kivy.core.window import Window as KivyWindow

    seen = set()
    for serial, (state, _, view) in enumerate(all_cases(), start=1):
        if state in seen:
            continue
        seen.add(state)
        shown(window, replace(view, serial=serial))
        before = list(KivyWindow.children)
        for key in KEYS.values():
            KivyWindow.dispatch("on_key_down", key, 0, "", modifiers)
            KivyWindow.dispatch("on_keyboard", key, 0, "", modifiers)
            KivyWindow.dispatch("on_key_up", key, 0)
        window.frame()
        assert (EventLoop.quit, EventLoop.status) == (False, "started")
        assert list(KivyWindow.children) == before
    assert told == []
    assert seen == set(State)


def test_files_dropped_on_the_window_are_not_taken(window: Window, told: list[Event]) -> None:
    from kivy.core.window import Window as KivyWindow

    shown(window, case(State.ATTRACT, "open"))
    for name in ("on_drop_begin", "on_drop_file", "on_drop_text", "on_drop_end"):
        KivyWindow.dispatch(name, b"/etc/passwd", 10, 10)
    window.frame()
    assert told == []


def test_five_fingers_a_palm_and_edges(window: Window, told: list[Event]) -> None:
    """A hand laid on the glass, taps along all four edges: only what lies under them, once each, and nothing leads elsewhere."""
    surface, (width, height) = window._surface, (window.look.width, window.look.height)
    shown(window, case(State.CHOOSE_COPIES, "two"))
    palm = [surface.down(width * (0.2 + 0.15 * finger), height * 0.55) for finger in range(5)]
    for finger in palm:
        surface.up(finger)
    for x, y in ((1, height / 2), (width - 2, height / 2), (width / 2, 1), (width / 2, height - 2)):
        surface.up(surface.down(x, y))
    window.frame()
    assert len(told) <= 2
    assert {type(event) for event in told} <= {CopiesChanged}


def test_twenty_taps_a_second_for_a_minute_tell_each_once(window: Window, told: list[Event]) -> None:
    view = case(State.ENTER_PIN, "two")
    shown(window, view)
    for turn in range(1_200):
        window.tap(f"pin.{turn % 10}")
    assert len(told) == 1_200
    told.clear()
    for _ in range(1_200):
        window.tap("stop")
    assert 1 <= len(told) < 600  # a trembling hand presses once in 0.3 s


def test_a_finger_that_never_lifts_presses_nothing_and_stops_nobody(window: Window, told: list[Event]) -> None:
    shown(window, case(State.CHOOSE_COPIES, "two"))
    window._surface.down(3, 3)  # somebody's gum, for ever
    window.tap("copies.next")
    assert len(told) == 1


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES)
def test_a_name_stays_a_name(window: Window, told: list[Event], name: str) -> None:
    """Names come from outside: nothing in them is obeyed, and no screen fails for them or loses its buttons."""
    from kivy.uix.label import Label

    persons = show.PersonsShown((show.PersonChoice(1, name, name, True, True),), name)
    actions = {**case(State.CHOOSE_PERSONS, "family").actions, "persons.1": PersonToggled(1)}
    shown(window, View(State.CHOOSE_PERSONS, 1, "ja", persons, actions))
    window.tap("persons.1")
    window.tap("stop")
    assert len(told) == 2
    shown(window, View(State.CONFIRM, 2, "ja", show.ConfirmShown((name,), (), 1, 0, 1), case(State.CONFIRM, "free").actions))
    assert {"confirm.yes", "stop"} <= window.visible_actions()
    assert window.gate.screen is not None
    assert not any(widget.markup for widget in window.gate.screen.walk() if isinstance(widget, Label))


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES)
def test_a_town_s_words_stay_words(window: Window, name: str) -> None:
    shown(window, View(State.OUT_OF_SERVICE, 1, "ja", show.ClosedShown("reader", "clear", name[:40], "8:30", "17:00", name[:200]), {}))


def test_staff_screens_are_not_behind_a_gesture(open_window: Callable[..., Window], told: list[Event]) -> None:
    """Every corner, any number of times: the way to the staff's side is a card and a PIN, never the glass."""
    window = open_window()
    shown(window, case(State.OUT_OF_SERVICE, "staff"))
    width, height = window.look.width, window.look.height
    for _ in range(20):
        for x, y in ((2, 2), (width - 3, 2), (2, height - 3), (width - 3, height - 3), (width / 2, height / 2)):
            window.touch(x, y)
    assert told == []
