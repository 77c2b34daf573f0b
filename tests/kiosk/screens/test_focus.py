"""The ring round what select presses, and the dark screen, as they are drawn."""

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from kivy.metrics import mm
from PIL import Image

from kiosk.screens.focus import BLACK, YELLOW, FocusRing
from kiosk.screens.gallery import CASES, all_cases
from kiosk.screens.window import Window
from kiosk.session import events as on
from kiosk.session.ease import Ease, Theme
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.speech.reading import layers, reading

OUTSIDE = {State.RECOVERING, State.ATTRACT, State.CLOSED, State.OUT_OF_SERVICE, State.VENDOR_MODE}  # no visit
CASE_LIST = [pytest.param(replace(view, number=0 if state in OUTSIDE else 7), id=f"{state}-{name}") for state, name, view in all_cases()]


# The layers of a state's cases are alike: they are walked over its first.
FIRST = {state: name for state, name, _ in reversed(list(all_cases()))}


def case(state: State, name: str = "") -> View:
    found = dict(CASES[state])
    return replace(found[name] if name else next(iter(found.values())), number=7)


def rings(window: Window) -> list[FocusRing]:
    return [child for child in window.gate.children if isinstance(child, FocusRing)]


def colours(window: Window, folder: Path) -> set[tuple[int, int, int]]:
    window.frame()
    window.screenshot(folder / "screen.png")
    with Image.open(folder / "screen.png") as picture:
        found = picture.convert("RGB").getcolors(1 << 24)
    assert found is not None
    return {colour for _, colour in found}  # type: ignore[misc]


def eight_bit(colour: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(round(255 * channel) for channel in colour[:3])


@pytest.mark.parametrize("theme", Theme)
def test_the_ring_is_seen_on_every_ground_and_gone_when_nothing_has_it(window: Window, tmp_path: Path, theme: Theme) -> None:
    window.show(replace(case(State.CHOOSE_COPIES, "two"), ease=Ease(theme=theme)))
    assert eight_bit(YELLOW) not in colours(window, tmp_path)
    window.focus("copies.more")
    assert {eight_bit(YELLOW), eight_bit(BLACK)} <= colours(window, tmp_path)
    window.focus("")
    assert eight_bit(YELLOW) not in colours(window, tmp_path)


def test_it_lies_round_its_button_and_touches_no_other(window: Window) -> None:
    window.show(case(State.CHOOSE_COPIES, "two"))
    window.focus("copies.more")
    window.frame()
    (ring,) = rings(window)
    around = {press.action: press for press in window.gate.presses()}
    press = around.pop("copies.more")
    assert (*ring.pos, *ring.size) == (*press.to_window(*press.pos), *press.size)
    for other in around.values():
        x, y = other.to_window(*other.pos)
        apart_x = max(x - ring.right, ring.x - x - other.width)
        apart_y = max(y - ring.top, ring.y - y - other.height)
        assert max(apart_x, apart_y) >= ring.outer, other.action


@pytest.mark.parametrize("view", CASE_LIST)
def test_whatever_can_be_walked_to_is_on_the_screen_and_gets_the_ring(window: Window, view: View) -> None:
    """Also on layers and on further pages; but for the digits, which are keys themselves."""
    window.show(view)
    window.frame()
    first = dict(CASES[view.state])[FIRST[view.state]]
    over = layers(view) if view.countdown is None and view.shown == first.shown else []
    for layer in ("", *over):
        window.lay(layer)
        window.frame()
        for item in reading(view, layer, speaking=False):
            if item.action:
                window.focus(item.action)
                assert [ring.press.action for ring in rings(window)] == [item.action]


@pytest.mark.parametrize(
    "view",
    [
        case
        for case in CASE_LIST
        if case.id not in ("choose_persons-crowd", "choose_persons-many", "attract-open") and "choose_service" not in str(case.id)
    ],
)
def test_the_ring_walks_down_the_screen(window: Window, view: View) -> None:
    """By rows, as eyes do: what can be pressed next is never above what was. (Two columns are walked one after the other; and ears hear
    how to begin before all the languages, and of the explanations with the services.)"""
    window.show(view)
    window.frame()
    window.frame()
    places = {press.action: press.to_window(*press.center)[1] for press in window.gate.presses()}
    walked = [places[item.action] for item in reading(view, "", speaking=False) if item.action in places]
    tolerance = float(mm(24))  # of one row, all are equal
    assert all(after <= before + tolerance for before, after in itertools.pairwise(walked)), [
        (item.action, round(places[item.action])) for item in reading(view, "", speaking=False) if item.action in places
    ]


def test_a_screen_that_is_built_anew_keeps_the_ring_only_where_it_is_told(window: Window) -> None:
    view = case(State.CHOOSE_COPIES, "two")
    window.show(view)
    window.focus("copies.more")
    window.show(replace(view, ease=Ease(theme=Theme.HIGH_CONTRAST)))
    window.frame()
    assert [ring.press.action for ring in rings(window)] == ["copies.more"]
    window.show(replace(case(State.CHOOSE_ITEMS), serial=view.serial + 1))
    assert rings(window) == []


def test_a_dark_screen_shows_nothing_and_takes_no_finger_and_the_visit_goes_on(window: Window, told: list, tmp_path: Path) -> None:
    view = case(State.CHOOSE_COPIES, "two")
    window.show(view)
    window.blank(True)
    assert colours(window, tmp_path) == {(0, 0, 0)}
    window.tap("copies.more")
    assert told == []
    window.show(replace(case(State.CHOOSE_ITEMS), serial=view.serial + 1))
    assert colours(window, tmp_path) == {(0, 0, 0)}
    window.blank(False)
    assert len(colours(window, tmp_path)) > 10
    window.tap("items.next")
    assert told == [on.Forward()]
