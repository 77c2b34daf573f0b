"""The pictures in docs/screens are what the terminal shows, and no state can be taken for another, not even without colours.

To make them again, and to see what has changed: `make screens`. Decoded pixels may differ by two levels, as they do between rasterisers.
"""

import html
import os
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from kiosk.screens.gallery import CASES, Shelf, all_cases, shots
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.session.ease import USUAL, Ease, Theme

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "screens"
DIFFERENCES = ROOT / "build" / "screens"
SMALL = Look(width=540, height=960, pixels_per_mm=2.0)
LANGUAGES = ("ja", "en")
TOLERANCE = 2
# Of two states' pictures in grey, at a quarter of the size: this many pixels at least, that much apart.
APART, LEVELS = 60, 60
# These say the same on purpose: a card or a paper that is still there is asked away in the same words.
ALIKE = {frozenset({"take_card_back", "card_left"})}


def reference(language: str, name: str) -> Path:
    return REFERENCE / language / f"{name}.webp"


def difference(one: Image.Image, other: Image.Image) -> Image.Image | None:
    """What differs by more than the tolerance, in white on black; None when nothing does."""
    if one.size != other.size:
        return Image.new("L", one.size, 255)
    bands = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).split()
    worst = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2]).point(lambda level: 255 if level > TOLERANCE else 0)
    return worst if worst.getbbox() else None


@pytest.mark.parametrize("language", LANGUAGES)
def test_pictures_in_the_docs_are_what_is_shown(language: str, tmp_path: Path) -> None:
    window = Window(SMALL, lambda event: None, offscreen=True)
    differing: list[str] = []
    names: set[str] = set()
    made_anew = bool(os.environ.get("MAKE_SCREENS"))
    for name, _ in shots(window, all_cases(), Shelf(language, USUAL)):
        names.add(name)
        now = tmp_path / "now.png"
        window.screenshot(now)
        kept = reference(language, name)
        with Image.open(now) as image:
            image.load()
            if kept.exists():
                with Image.open(kept) as before:
                    apart = difference(before, image)
                    if apart is None:
                        continue
                    _keep(language, name, before, image, apart)
            differing.append(name)
            if made_anew:
                kept.parent.mkdir(parents=True, exist_ok=True)
                image.save(kept, lossless=True, method=4, quality=60)
    window.close()
    surplus = {path.stem for path in (REFERENCE / language).glob("*.webp")} - names
    if made_anew:
        for name in surplus:
            reference(language, name).unlink()
        return
    assert not differing, _page(language, differing)
    assert not surplus


def _keep(language: str, name: str, before: Image.Image, now: Image.Image, apart: Image.Image) -> None:
    folder = DIFFERENCES / language
    folder.mkdir(parents=True, exist_ok=True)
    for kind, image in (("before", before), ("now", now), ("differs", apart)):
        image.save(folder / f"{name}.{kind}.png")


def _page(language: str, names: list[str]) -> str:
    """Side by side, for a person to judge. Where the page lies."""
    folder = DIFFERENCES / language
    folder.mkdir(parents=True, exist_ok=True)
    rows = "".join(
        "<tr>"
        + "".join(f'<td><img width="270" src="{html.escape(name)}.{kind}.png"></td>' for kind in ("before", "now", "differs"))
        + f"<td>{html.escape(name)}</td></tr>\n"
        for name in names
    )
    page = folder / "index.html"
    page.write_text(f'<!doctype html><meta charset="utf-8"><table>{rows}</table>\n', encoding="utf-8")
    return f"{len(names)} screens differ from docs/screens/{language}: {', '.join(names[:5])}…; see {page}. If that is meant: make screens"


@pytest.mark.parametrize("theme", Theme)
def test_without_colours_every_state_is_still_told_apart(theme: Theme, tmp_path: Path) -> None:
    window = Window(SMALL, lambda event: None, offscreen=True)
    first: dict[str, Image.Image] = {}
    cases = [(state, *of_state[0]) for state, of_state in CASES.items()]
    for (state, _, _), _ in zip(cases, shots(window, cases, Shelf("ja", Ease(theme=theme))), strict=True):
        window.screenshot(tmp_path / "now.png")
        with Image.open(tmp_path / "now.png") as image:
            first[state] = image.convert("L").resize((270, 480), Image.Resampling.BOX)
    window.close()
    for (one, picture), (other, second) in combinations(first.items(), 2):
        if frozenset({one, other}) in ALIKE:
            continue
        apart = ImageChops.difference(picture, second).point(lambda level: 255 if level > LEVELS else 0).histogram()[255]
        assert apart >= APART, (one, other, apart)


def test_a_difference_is_found_and_a_slight_one_is_none() -> None:
    grey = Image.new("RGB", (4, 4), (100, 100, 100))
    slight, plain = grey.copy(), grey.copy()
    slight.putpixel((1, 1), (102, 98, 100))
    plain.putpixel((1, 1), (103, 100, 100))
    assert difference(grey, slight) is None
    assert difference(grey, plain) is not None


def test_no_two_cases_have_one_name() -> None:
    names = [(state, name) for state, name, _ in all_cases()]
    assert len(names) == len(set(names))
