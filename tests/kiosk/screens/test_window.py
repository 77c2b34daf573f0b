"""What a window does with fingers, keys, new views and faults."""

import gc
import statistics
import time
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from kiosk.screens.gallery import CASES
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.session.events import Back, Event, Forward, PinKey, Stop, Touched
from kiosk.session.states import State
from kiosk.session.view import View

TAPS = 15


def case(state: State, name: str, serial: int = 1) -> View:
    return replace(dict(CASES[state])[name], serial=serial)


PIN = case(State.ENTER_PIN, "empty")
ATTRACT = case(State.ATTRACT, "open")
FAMILY = case(State.CHOOSE_PERSONS, "family", serial=2)


def shown(window: Window, view: View) -> Window:
    window.show(view)
    window.frame()
    return window


def centre(window: Window, action: str) -> tuple[float, float]:
    press = next(press for press in window.gate.presses() if press.action == action)
    x, y = press.to_window(*press.center)
    return float(x), float(y)


# -- views ------------------------------------------------------------------------------------------------------------


def test_the_same_serial_changes_in_place(window: Window) -> None:
    shown(window, PIN)
    screen = window.gate.screen
    shown(window, case(State.ENTER_PIN, "full"))
    assert window.gate.screen is screen
    assert "pin.done" in window.visible_actions()


@pytest.mark.parametrize("change", [{"serial": 2}, {"language": "en"}])
def test_another_serial_or_language_is_a_new_screen(window: Window, change: dict[str, object]) -> None:
    shown(window, PIN)
    screen = window.gate.screen
    shown(window, replace(PIN, **change))  # type: ignore[arg-type]
    assert window.gate.screen is not screen


def test_nothing_of_a_screen_lives_on(window: Window) -> None:
    shown(window, FAMILY)
    former = weakref.ref(window.gate.screen)
    shown(window, case(State.GOODBYE, "now", serial=3))
    window.frame()
    gc.collect()
    assert former() is None


def test_what_is_not_offered_cannot_be_pressed(window: Window) -> None:
    shown(window, PIN)
    with pytest.raises(KeyError):
        window.tap("pin.done")


def test_a_large_household_is_turned_over_page_by_page(window: Window, told: list[Event]) -> None:
    view = case(State.CHOOSE_PERSONS, "crowd")
    shown(window, view)
    first = window.visible_actions()
    window.tap("persons.more")
    window.frame()
    second = window.visible_actions()
    assert first - second
    assert second - first
    assert {action for action in view.actions if action.startswith("persons.")} <= first | second
    assert told == []


def test_the_warning_covers_the_screen_and_goes_away(window: Window, told: list[Event]) -> None:
    warned = case(State.CHOOSE_PERSONS, "warning", serial=2)
    shown(window, FAMILY)
    place = centre(window, "persons.next")
    shown(window, warned)
    assert window.visible_actions() == {"more_time", "stop"}
    window.touch(*place)
    assert [event for event in told if isinstance(event, Forward)] == []
    shown(window, replace(warned, countdown=41))
    shown(window, FAMILY)
    assert window.visible_actions() >= {"persons.2", "persons.next", "back", "stop"}


# -- fingers ----------------------------------------------------------------------------------------------------------


def test_the_first_touch_only_starts(window: Window, told: list[Event]) -> None:
    shown(window, ATTRACT)
    window.touch(20, 900)  # nothing lies there
    assert told == [Touched()]


def test_a_finger_that_brought_a_screen_presses_nothing_on_it(window: Window, told: list[Event]) -> None:
    surface = window._surface
    shown(window, PIN)
    x, y = centre(window, "stop")
    finger = surface.down(x, y)
    shown(window, replace(PIN, serial=2))
    second = surface.down(x, y)  # another finger, while the first still lies there
    surface.up(second)
    surface.up(finger)
    assert told == []
    window.tap("stop")
    assert told == [Stop()]


def test_a_screen_that_is_gone_tells_nothing(window: Window, told: list[Event]) -> None:
    shown(window, PIN)
    finger = window._surface.down(*centre(window, "back"))
    shown(window, case(State.INSERT_CARD, "first", serial=2))
    window._surface.up(finger)
    assert told == []


def test_a_trembling_hand_presses_once_but_types_as_fast_as_it_likes(window: Window, told: list[Event]) -> None:
    shown(window, PIN)
    for action in ("back", "back", "pin.7", "pin.7", "pin.7"):
        window.tap(action)
    assert told == [Back(), PinKey(7), PinKey(7), PinKey(7)]


def test_a_finger_that_slides_off_presses_nothing(window: Window, told: list[Event]) -> None:
    from kivy.base import EventLoop

    shown(window, PIN)
    finger = window._surface.down(*centre(window, "stop"))
    finger.move({"sx": 0.5, "sy": 0.99, "button": ""})
    EventLoop.post_dispatch_input("update", finger)
    window._surface.up(finger)
    assert told == []


@pytest.mark.parametrize("button", ["right", "middle", "scrollup", "scrolldown"])
def test_only_what_a_finger_can_do_counts(window: Window, told: list[Event], button: str) -> None:
    shown(window, PIN)
    window.touch(*centre(window, "stop"), button=button)
    assert told == []


def test_every_touch_is_somebody_there(open_window: Callable[..., Window]) -> None:
    touches: list[int] = []
    window = open_window(touched=lambda: touches.append(1))
    shown(window, PIN)
    window.touch(2, 950)
    assert touches == [1]


# -- no way out -------------------------------------------------------------------------------------------------------

ESC, F1, F12, MENU, PRINT = 27, 282, 293, 319, 316


@pytest.mark.parametrize("key", [ESC, F1, F12, MENU, PRINT, ord("e")])
def test_no_key_leads_out(window: Window, told: list[Event], key: int) -> None:
    from kivy.base import EventLoop
    from kivy.core.window import Window as KivyWindow

    shown(window, PIN)
    before = list(KivyWindow.children)
    for name in ("on_key_down", "on_keyboard", "on_key_up"):
        assert KivyWindow.dispatch(name, key, 0, "", ["ctrl", "alt"])
    window.frame()
    assert (EventLoop.quit, EventLoop.status) == (False, "started")
    assert list(KivyWindow.children) == before
    assert told == []


def test_the_window_system_cannot_close_it_but_where_it_may(open_window: Callable[..., Window]) -> None:
    from kivy.core.window import Window as KivyWindow

    open_window()
    assert KivyWindow.dispatch("on_request_close")
    open_window(closes=True)
    assert not KivyWindow.dispatch("on_request_close")


def test_kivy_brings_nothing_of_its_own(window: Window) -> None:
    import os

    from kivy.config import Config

    assert Config.getint("kivy", "exit_on_escape") == 0
    assert Config.items("modules") == []
    assert Config.items("input") == []
    assert os.environ["KIVY_NO_ARGS"] == os.environ["KIVY_NO_CONFIG"] == os.environ["KIVY_NO_FILELOG"] == "1"


# -- faults, calls, pictures ------------------------------------------------------------------------------------------


class Broken(Exception):
    pass


def test_a_fault_in_a_callback_is_told_and_the_window_goes_on(open_window: Callable[..., Window]) -> None:
    faults: list[Exception] = []
    window = open_window(on_fault=faults.append)

    def fail() -> None:
        raise Broken

    window.call_soon(fail)
    shown(window, PIN)
    window.frame()
    assert [type(fault) for fault in faults] == [Broken]
    assert "pin.1" in window.visible_actions()


def test_run_ends_when_it_is_stopped(window: Window) -> None:
    shown(window, ATTRACT)
    ran: list[int] = []
    window.call_soon(lambda: ran.append(1))
    window.call_soon(window.stop)
    window.run()
    assert ran == [1]
    shown(window, PIN)  # and the window is still there
    assert "pin.1" in window.visible_actions()


def test_markup_in_a_name_stays_a_name(window: Window) -> None:
    from kivy.uix.label import Label

    shown(window, FAMILY)
    assert window.gate.screen is not None
    assert not any(widget.markup for widget in window.gate.screen.walk() if isinstance(widget, Label))


def test_pressing_a_digit_changes_nothing_but_the_dots(window: Window, tmp_path: Path) -> None:
    """An onlooker, or a camera, cannot tell one key from another."""
    shown(window, PIN)
    pictures = []
    for digit in (1, 5, 9):
        finger = window._surface.down(*centre(window, f"pin.{digit}"))
        window.frame()
        window.screenshot(tmp_path / "held.png")
        window._surface.up(finger)
        with Image.open(tmp_path / "held.png") as picture:
            pictures.append(picture.tobytes())
    assert pictures[0] == pictures[1] == pictures[2]


def test_a_tap_shows_within_the_blink_of_an_eye(open_window: Callable[..., Window]) -> None:
    """At the terminal's own size. The bound is loose (100 ms, where a change is felt as immediate): other work shares the machine."""
    window = open_window(Look())
    shown(window, PIN)
    times = []
    for turn in range(TAPS):
        view = case(State.ENTER_PIN, ("two", "empty")[turn % 2])
        start = time.perf_counter()
        window.tap("pin.5")
        shown(window, view)
        times.append(time.perf_counter() - start)
    assert statistics.median(times) < 0.1
