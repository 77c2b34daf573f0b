"""Every screen in every language at the largest text: nothing is cut off, nothing lies over anything else. On the panel as it stands and
as it lies; where the largest text has no room, the next smaller one must."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from kiosk.readings import runs
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.session.ease import Ease, TextSize
from kiosk.session.view import View
from kiosk.words import LANGUAGES, Said, catalogue
from tests.kiosk.screens.test_cases import ALL, nothing_is_cut_off, showing, targets_are_large_and_apart

PANELS = {"upright": Look(540, 960, 2.0), "lying": Look(960, 540, 2.0)}
LEAST_KANA_MM = 2.4


# Readings above every word are the highest, Spanish words the longest: one of the two for each case, and of the others one in turn. All of
# them: in `make soak`.
HARDEST = ("ja-x-easy", "es")
IN_TURN = [language for language in LANGUAGES if language not in HARDEST]


@pytest.mark.parametrize(
    ("panel", "view", "languages"),
    [
        pytest.param(panel, case.values[0], languages, id=f"{case.id}-{name}", marks=marks)
        for place, case in enumerate(ALL)
        for panel, languages, name, marks in (
            ("upright", (HARDEST[place % 2], IN_TURN[place % len(IN_TURN)]), "in turn", ()),
            ("upright", LANGUAGES, "all", pytest.mark.soak),
            ("lying", LANGUAGES, "lying", pytest.mark.soak),
        )
    ],
)
def test_every_screen_fits_at_the_largest_text(
    open_window: Callable[..., Window], view: View, panel: str, languages: tuple[str, ...]
) -> None:
    window = open_window(PANELS[panel])
    for _ in showing(window, replace(view, ease=Ease(size=TextSize.XL)), languages):
        nothing_is_cut_off(window)
        targets_are_large_and_apart(window)


# -- words that Kivy cannot draw ------------------------------------------------------------------------------------------


def composed(words: str, language: str, width: float = 300, size: float = 30):  # type: ignore[no-untyped-def]
    from kiosk.screens.composed import Composed, Style

    return Composed(Said(words, language), Style(size, False, 4.0), width)


@pytest.mark.parametrize("width", [60, 120, 300, 2000])
def test_no_line_ends_within_a_word_that_has_a_reading(width: int) -> None:
    for words in catalogue("ja-x-easy").values():
        text = composed(words, "ja-x-easy", width).text()
        for run in runs(words):
            assert not run.reading or run.text in text, words


def test_lines_are_no_wider_than_asked_where_words_allow() -> None:
    for language in ("ja-x-easy", "ko", "zh-Hans", "ne"):
        for words in catalogue(language).values():
            assert composed(words, language, 400).widest <= 400, words


def test_a_reading_stands_above_its_word_and_is_large_enough() -> None:
    """In rows of ink: the reading, a gap, the word; at the smallest text of all, where half of it would be too small to read."""
    both = composed("｜国《くに》", "ja-x-easy", size=24).draw(100, "left")
    word = composed("国", "ja", size=24).draw(100, "left")
    rows = [both.crop((0, row, 100, row + 1)).getbbox() is not None for row in range(both.height)]
    inked = [row for row, ink in enumerate(rows) if ink]
    gap = next(row for row in range(inked[0], inked[-1]) if not rows[row])
    _, top, _, bottom = word.getbbox()
    assert (gap - inked[0]) / 4.0 >= LEAST_KANA_MM - 0.25  # a row of dots
    assert inked[-1] - next(row for row in inked if row > gap) == bottom - top - 1


def test_each_language_has_the_forms_of_its_own_characters() -> None:
    """骨 is drawn in three ways, 直 in two."""
    drawn = {language: composed("骨直", language).draw(100, "left").tobytes() for language in ("zh-Hans", "zh-Hant", "ko")}
    assert len(set(drawn.values())) == 3


def test_devanagari_is_shaped() -> None:
    """The vowel of कि stands before its consonant, and both are narrower than one after the other."""
    together = composed("कि", "ne").widest
    assert together < composed("क", "ne").widest + composed("ि", "ne").widest


def test_a_word_that_is_longer_than_its_line_asks_for_smaller_letters(open_window: Callable[..., Window]) -> None:
    window = open_window(PANELS["upright"])
    from kiosk.screens.widgets import Text

    label = Text(words="Anspruchsberechtigung", size_hint=(None, None), width=60, font_size=30)
    window.panel(label)
    for _ in range(3):
        window.frame()
    assert label.torn
    label.width = 600
    for _ in range(3):
        window.frame()
    assert not label.torn
