"""Colours can be read, and there are few sizes of type."""

import re
from importlib.resources import files

import pytest

from kiosk.screens.style import PALETTES, Kind, Look, contrast, rgb
from kiosk.session.ease import Ease, TextSize, Theme

LEAST = {Theme.NORMAL: 7.0, Theme.HIGH_CONTRAST: 21.0}


def test_contrast_is_that_of_the_standard() -> None:
    assert round(contrast(rgb("#000000"), rgb("#FFFFFF")), 2) == 21
    assert round(contrast(rgb("#666666"), rgb("#FFFFFF")), 1) == 5.7


@pytest.mark.parametrize("theme", Theme)
def test_text_can_be_read_on_every_ground(theme: Theme) -> None:
    colour, least = PALETTES[theme], LEAST[theme] - 0.01
    grounds = (colour.ground, colour.panel, colour.chosen)
    assert all(contrast(text, ground) >= least for text in (colour.text, colour.soft, colour.main) for ground in grounds)
    assert contrast(colour.attention, colour.ground) >= least


@pytest.mark.parametrize("theme", Theme)
@pytest.mark.parametrize("kind", Kind)
def test_every_face_of_a_button_can_be_read(theme: Theme, kind: Kind) -> None:
    look = Look(ease=Ease(theme=theme))
    for down in (False, True):
        for disabled in (False, True):
            for chosen in (False, True):
                face = look.face(kind, down, disabled, chosen)
                assert contrast(face.ink, face.fill) >= LEAST[theme] - 0.01


def test_a_key_of_the_pad_never_changes_its_face() -> None:
    faces = {Look().face(Kind.KEY, down, disabled) for down in (False, True) for disabled in (False, True)}
    assert len(faces) == 1


CAP = 0.733  # height of Noto Sans' capitals, of its body


@pytest.mark.parametrize(
    ("size", "small", "body"), [(TextSize.S, 4.3, 5.6), (TextSize.M, 4.8, 6.1), (TextSize.L, 5.9, 7.1), (TextSize.XL, 7.0, 8.6)]
)
def test_capitals_are_as_high_as_the_standards_ask(size: TextSize, small: float, body: float) -> None:
    """Millimetres: VVSG 2.0's four sizes for what is read, and nothing below 17 points."""
    look = Look(ease=Ease(size=size))
    assert look.type.small * CAP / look.pixels_per_mm >= small
    assert look.type.body * CAP / look.pixels_per_mm >= body


def test_no_panel_makes_text_small() -> None:
    """18.5 inch, 768 x 1366: the layout shrinks to 0.85, its smallest text does not."""
    look = Look(width=768, height=1366, pixels_per_mm=3.33, ease=Ease(size=TextSize.S))
    assert 0.84 < look.fit < 0.86
    assert look.type.small * CAP / look.pixels_per_mm >= 4.3


def test_layout_holds_no_words_no_colours_and_no_pixels() -> None:
    for path in files("kiosk.screens").iterdir():
        if path.name.endswith(".kv"):
            for line in path.read_text(encoding="utf-8").splitlines():
                code = line.split("#")[0] if "#:import" not in line else ""
                assert not re.search(r'\bwords: "[^"]', code), (path.name, line)
                assert not re.search(r"rgba: [\d.(]", code), (path.name, line)
                assert not re.search(r"\b(height|width|spacing|font_size): [1-9]", code), (path.name, line)
                assert not re.search(r"[ぁ-んァ-ヶ一-龥]", code), (path.name, line)
