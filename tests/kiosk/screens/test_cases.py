"""Every state with every kind of thing it can show, in every language: it mounts, fits, and each of its actions can be pressed."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations

import pytest

from kiosk.screens.gallery import CASES, all_cases
from kiosk.screens.style import Look, TextSize, Theme
from kiosk.screens.window import Window
from kiosk.session.events import Event
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.words import LANGUAGES

LEAST_MM, LEAST_MAIN_MM, LEAST_GAP_MM = 15, 20, 3
ALL = [pytest.param(view, id=f"{state}-{name}") for state, name, view in all_cases()]
LARGE = Look(width=540, height=960, pixels_per_mm=2.0, text_size=TextSize.LARGE, theme=Theme.HIGH_CONTRAST)


def showing(window: Window, view: View, languages: Iterable[str] = LANGUAGES) -> Iterable[str]:
    """Shows the view in each language, laid out and drawn."""
    for serial, language in enumerate(languages, start=1):
        window.show(replace(view, language=language, serial=serial))
        window.frame()
        yield language


def test_every_state_has_a_screen_and_a_case(window: Window) -> None:
    from kiosk.screens.table import SCREENS  # importing a screen needs the window

    assert set(SCREENS) == set(CASES) == set(State)
    assert all(CASES.values())


@pytest.mark.parametrize("view", ALL)
def test_each_action_is_reachable_and_tells_its_event(window: Window, told: list[Event], view: View) -> None:
    expected = {"more_time", "stop"} if view.countdown is not None else set(view.actions)
    for _ in showing(window, view):
        assert window.visible_actions() == expected
        for action in sorted(expected):
            told.clear()
            window.tap(action)
            assert told == [view.actions[action]], action


@pytest.mark.parametrize("look", [None, LARGE], ids=["normal", "large"])
@pytest.mark.parametrize("view", ALL)
def test_nothing_is_cut_off_and_everything_can_be_hit(open_window: Callable[..., Window], view: View, look: Look | None) -> None:
    window = open_window(look) if look else open_window()
    from kiosk.screens.widgets import Press, Text

    for _ in showing(window, view):
        top = window.gate.warning or window.gate.screen
        assert top is not None
        shown = [widget for widget in top.walk(restrict=True) if widget.opacity]
        texts = [widget for widget in shown if isinstance(widget, Text) and widget.words and widget.parent.opacity]
        presses = [widget for widget in shown if isinstance(widget, Press)]
        for text in texts:
            assert text.texture_size[0] <= text.width + 1, text.words
            assert text.texture_size[1] <= text.height + 1, text.words
            assert len(text._label._cached_lines) == text.text.count("\n") + 1, text.words  # Kivy broke no line of its own
        boxes = [
            (widget, *widget.to_window(widget.x, widget.y), *widget.to_window(widget.right, widget.top)) for widget in (*texts, *presses)
        ]
        for widget, left, bottom, right, top_edge in boxes:
            assert -0.5 <= left <= right <= window.look.width + 0.5, widget
            assert -0.5 <= bottom <= top_edge <= window.look.height + 0.5, (widget, getattr(widget, "words", ""))
        for (one, l1, b1, r1, t1), (other, l2, b2, r2, t2) in combinations(boxes, 2):
            inside = one in other.walk(restrict=True) or other in one.walk(restrict=True)
            apart = l1 >= r2 - 1 or l2 >= r1 - 1 or b1 >= t2 - 1 or b2 >= t1 - 1
            assert inside or apart, (getattr(one, "words", one), getattr(other, "words", other))


@pytest.mark.parametrize("view", ALL)
def test_targets_are_large_and_apart(window: Window, view: View) -> None:
    from kiosk.screens.widgets import gap_mm

    for _ in showing(window, view):
        presses = window.gate.presses()
        for press in presses:
            least = LEAST_MAIN_MM if press.kind in ("main", "key") else LEAST_MM
            assert press.height / window.look.pixels_per_mm >= least, press.action
            assert press.width / window.look.pixels_per_mm >= least, press.action
        for one, other in combinations(presses, 2):
            assert gap_mm(one, other) >= LEAST_GAP_MM - 0.01, (one.action, other.action)


def test_back_and_stop_never_move(window: Window) -> None:
    places: dict[str, set[tuple[int, int]]] = {"back": set(), "stop": set()}
    for _, _, view in all_cases():
        for _ in showing(window, view, ["ja"]):
            for press in window.gate.presses():
                if press.action in places:
                    places[press.action].add((round(press.center_x), round(press.center_y)))
    assert {action: len(found) for action, found in places.items()} == {"back": 1, "stop": 1}
