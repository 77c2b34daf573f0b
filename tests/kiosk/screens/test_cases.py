"""Every state with every kind of thing it can show, in every language: it mounts, fits, and each of its actions can be pressed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import Any

import pytest

from kiosk.screens.gallery import CASES, all_cases
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.session.ease import Ease, TextSize, Theme
from kiosk.session.events import EaseChosen, Event
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.words import LANGUAGES

LEAST_MM, LEAST_MAIN_MM, LEAST_GAP_MM = 15, 20, 3
MARGIN_MM, FOOTER_MM = 18, 34
ALL = [pytest.param(view, id=f"{state}-{name}") for state, name, view in all_cases()]
BEHIND = {"language.": "open.language", "ease.": "open.ease", "help.": "open.help"}
TWO = ("ja", "en")
SMALL_LOW = Ease(size=TextSize.S, low=True, theme=Theme.HIGH_CONTRAST)  # the largest text has a file of its own, test_fits
# The panels: 21.5 inch upright and lying, 18.5 inch upright; at half the pixels of the same millimetres.
PANELS = [Look(960, 540, 2.0), Look(384, 683, 1.665)]
UPRIGHT = Look(540, 960, 2.0)
HARDEST = ("ja-x-easy", "es", "ne")  # readings above every word, the longest words, the tallest script
# What stands on a second page is reached by turning it; its own test does that.
ONE_PAGE = [
    case
    for case in ALL
    if case.id not in ("choose_persons-many", "choose_persons-crowd", "choose_movers-many", "choose_town-prefecture", "choose_town-many")
    and not case.id.startswith("choose_day-")
]


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


@pytest.mark.parametrize("view", ONE_PAGE)
def test_each_action_is_reachable_and_tells_its_event(window: Window, told: list[Event], view: View) -> None:
    """In the first language; that words of others fit is a test of its own."""
    direct, layers = sorted_out(view)
    for _ in showing(window, view, LANGUAGES[:1]):
        assert window.visible_actions() == direct | set(layers)
        targets_are_large_and_apart(window)
        nothing_is_cut_off(window)
        for action in sorted(direct):
            told.clear()
            window.tap(action)
            assert told == [view.actions[action]], action
        for opener, behind in layers.items() if is_first(view) else ():
            window.tap(opener)
            window.frame()
            assert window.visible_actions() == behind | {"layer.close"}
            for action in sorted(behind):
                told.clear()
                window.tap(action)
                assert told == [view.actions[action]], action
            window.tap("layer.close")


def is_first(view: View) -> bool:
    """The layers of a state's cases are alike: they are gone through on its first."""
    return view.shown == CASES[view.state][0][1].shown


def sorted_out(view: View) -> tuple[set[str], dict[str, set[str]]]:
    """What lies on the screen itself, and the layers with what lies on them."""
    if view.countdown is not None:
        return {"more_time", "stop"}, {}
    layers: dict[str, set[str]] = {}
    for beginning, opener in BEHIND.items():
        if view.state is State.ATTRACT and beginning == "language.":
            continue  # there they lie open
        found = {action for action in view.actions if action.startswith(beginning)}
        if found:
            layers[opener] = found
    return set(view.actions) - set().union(*layers.values()), layers


# Each case in one of the two languages, and on one of the other panels, here; in both on each in `make soak`. The words of both, at their
# largest, are in test_fits.
IN_TURN = [pytest.param(case.values[0], TWO[place % 2 :][:1], id=str(case.id)) for place, case in enumerate(ALL)]
IN_BOTH = [pytest.param(case.values[0], TWO, id=f"{case.id}-both", marks=pytest.mark.soak) for case in ALL]


@pytest.mark.parametrize(("view", "languages"), [*IN_TURN, *IN_BOTH])
def test_it_fits_small_and_low(window: Window, view: View, languages: tuple[str, ...]) -> None:
    for _ in showing(window, replace(view, ease=SMALL_LOW), languages):
        nothing_is_cut_off(window)
        targets_are_large_and_apart(window)


@pytest.mark.parametrize(
    ("panel", "view", "languages"),
    [
        *(pytest.param(PANELS[place // 2 % 2], *case.values, id=str(case.id)) for place, case in enumerate(IN_TURN)),
        *(pytest.param(panel, *case.values, id=f"{case.id}-{panel.width}", marks=pytest.mark.soak) for panel in PANELS for case in IN_BOTH),
    ],
)
def test_it_fits_on_other_panels(open_window: Callable[..., Window], view: View, languages: tuple[str, ...], panel: Look) -> None:
    window = open_window(panel)
    for _ in showing(window, view, languages):
        nothing_is_cut_off(window)
        targets_are_large_and_apart(window)


@pytest.mark.parametrize("opener", sorted(set(BEHIND.values())))
@pytest.mark.parametrize(
    ("panel", "languages", "sizes"),
    [
        pytest.param(None, LANGUAGES, (TextSize.XL,), id="upright"),
        *(pytest.param(panel, HARDEST, (TextSize.XL,), id=f"{panel.width}-wide") for panel in PANELS),
        *(pytest.param(panel, LANGUAGES, TextSize, id=f"{panel.width}-wide-all", marks=pytest.mark.soak) for panel in (UPRIGHT, *PANELS)),
    ],
)
def test_layers_fit_in_every_language_and_size(
    open_window: Callable[..., Window], opener: str, panel: Look | None, languages: Sequence[str], sizes: Iterable[TextSize]
) -> None:
    window = open_window(*(() if panel is None else (panel,)))
    view = dict(CASES[State.CHOOSE_COPIES])["one"]
    for serial, (language, size) in enumerate(product(languages, sizes), start=1):
        window.show(replace(view, language=language, serial=serial, number=7, ease=Ease(size=size)))
        window.frame()
        window.tap(opener)
        window.frame()
        targets_are_large_and_apart(window)
        nothing_is_cut_off(window)


def test_low_buttons_are_in_the_lower_two_thirds(window: Window) -> None:
    """Where what is read leaves room for it: everywhere but in a household of more than six."""
    for state, name, view in all_cases():
        if name in ("many", "crowd", "warning") or not view.actions:
            continue
        window.show(replace(view, ease=Ease(low=True)))
        window.frame()
        for press in window.gate.presses():
            assert press.top <= window.look.height * 2 / 3, (state, name, press.action)


def test_what_was_chosen_shows_at_once_and_the_layer_stays(window: Window, told: list[Event]) -> None:
    view = dict(CASES[State.CHOOSE_COPIES])["one"]
    for _ in showing(window, view, ("ja",)):
        window.tap("ease.size.xl")
        assert told == [EaseChosen(Ease(size=TextSize.XL))]
        window.show(replace(view, serial=1, language="ja", ease=Ease(size=TextSize.XL)))
        window.frame()
        assert "layer.close" in window.visible_actions()
        chosen = {press.action for press in window.gate.presses() if press.chosen}
        assert chosen == {"ease.size.xl", "ease.theme.normal"}
        window.tap("layer.close")
        assert window.visible_actions() >= {"copies.more", "open.ease"}


def targets_are_large_and_apart(window: Window) -> None:
    from kiosk.screens.widgets import gap_mm

    presses = window.gate.presses()
    for press in presses:
        least = LEAST_MAIN_MM if press.kind in ("main", "key") else LEAST_MM
        assert press.height / window.look.pixels_per_mm >= least, press.action
        assert press.width / window.look.pixels_per_mm >= least, press.action
        if press.action in ("back", "stop"):  # they never move
            side = press.x if press.action == "back" else window.look.width - press.right
            footer = 10 if window.look.wide else FOOTER_MM
            unit = window.look.pixels_per_mm * window.look.fit
            assert (round(side / unit), round(press.y / unit)) == (MARGIN_MM, footer)
    for one, other in combinations(presses, 2):
        assert gap_mm(one, other) >= LEAST_GAP_MM - 0.01, (one.action, other.action)


def nothing_is_cut_off(window: Window) -> None:
    """Words are in the lines we broke, inside the window, and lie over nothing but what they stand on."""
    from kiosk.screens.pictures import CardSlot, CardTurn, PaperMouth
    from kiosk.screens.widgets import Press, Text

    pictures = CardSlot, CardTurn, PaperMouth
    top: Any = window.gate.warning or window.gate.layer or window.gate.screen
    boxes: list[tuple[Any, float, float, float, float]] = []
    for widget in top.walk(restrict=True):
        if isinstance(widget, Text) and widget.words and widget.parent.opacity:
            assert not widget.torn, widget.words
            assert widget.texture_size[0] <= widget.width + 1, widget.words
            assert widget.texture_size[1] <= widget.height + 1, widget.words
            if widget.composed is None:  # else Kivy has drawn nothing
                assert len(widget._label._cached_lines) == widget.text.count("\n") + 1, widget.words  # Kivy broke no line of its own
        elif not (isinstance(widget, (Press, *pictures)) and widget.opacity):
            continue
        boxes.append((widget, *widget.to_window(*widget.pos), *widget.to_window(widget.right, widget.top)))
    for widget, left, bottom, right, upper in boxes:
        assert -0.5 <= left <= right <= window.look.width + 0.5, widget
        assert -0.5 <= bottom <= upper <= window.look.height + 0.5, getattr(widget, "words", widget)
    for (one, l1, b1, r1, t1), (other, l2, b2, r2, t2) in combinations(boxes, 2):
        if l1 < r2 - 1 and l2 < r1 - 1 and b1 < t2 - 1 and b2 < t1 - 1:  # one lies over the other
            outer, inner = (one, (l2, b2, r2, t2)) if isinstance(one, Press) else (other, (l1, b1, r1, t1))
            held = outer.x - 1 <= inner[0] and outer.y - 1 <= inner[1] and inner[2] <= outer.right + 1 and inner[3] <= outer.top + 1
            held = held and isinstance(outer, Press)
            assert held, (getattr(one, "words", one), getattr(other, "words", other))
