"""Rows of docs/coverage.md that are words on a screen."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.screens.gallery import all_cases
from kiosk.screens.widgets import Lines
from kiosk.screens.window import Window
from kiosk.session.states import State
from kiosk.words import LANGUAGES, Words


def said(window: Window, state: State, language: str) -> set[str]:
    """All words on the first case of a state."""
    view = next(view for of, _, view in all_cases() if of is state)
    window.show(replace(view, language=language, serial=view.serial + 1 + LANGUAGES.index(language)))
    window.frame()
    screen = window.gate.screen
    assert screen is not None
    return {str(widget.words) for widget in screen.walk(restrict=True) if isinstance(widget, Lines)}


@pytest.mark.parametrize(
    ("state", "key"),
    [
        (State.CHOOSE_ITEMS, "choose_items.never"),  # row 21: the registered domicile is never on this copy
        (State.ATTRACT, "attract.model"),  # row 68: a model, not joined to the real network
        (State.INFORMATION, "attract.model"),
    ],
)
def test_rows_21_and_68_are_said_on_the_screen_in_every_language(open_window: Callable[..., Window], state: State, key: str) -> None:
    window = open_window()
    for language in LANGUAGES:
        assert str(Words(language).text(key)) in said(window, state, language), language
