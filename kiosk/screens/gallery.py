"""Every screen with invented people, for eyes and for tests: pictures, and a page that shows them all."""

import html
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from kiosk.screens import invented
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.words import LANGUAGES

CASES: Mapping[State, list[tuple[str, View]]] = invented.views()


def all_cases() -> Iterable[tuple[State, str, View]]:
    return ((state, name, view) for state, cases in CASES.items() for name, view in cases)


def render_gallery(out: Path, languages: Iterable[str] = LANGUAGES, look: Look | None = None) -> list[Path]:
    """`STATE-CASE.LANGUAGE.png` for each case and language, and index.html. `out` is made if it is not there."""
    out.mkdir(parents=True, exist_ok=True)
    languages = tuple(languages)
    window = Window(look or Look(), lambda event: None, offscreen=True)
    pictures: list[Path] = []
    for serial, (state, name, view) in enumerate(all_cases(), start=1):
        for language in languages:
            window.show(replace(view, language=language, serial=serial))
            window.frame()
            picture = out / f"{state}-{name}.{language}.png"
            window.screenshot(picture)
            pictures.append(picture)
    window.close()
    (out / "index.html").write_text(_page(pictures), encoding="utf-8")
    return pictures


STYLE = (
    "body{display:flex;flex-wrap:wrap;gap:1em;font-family:sans-serif;background:#ddd}img{width:270px;border:1px solid #888}figure{margin:0}"
)


def _page(pictures: Iterable[Path]) -> str:
    figures = (
        f'<figure><img src="{html.escape(picture.name)}" alt="" loading="lazy">'
        f"<figcaption>{html.escape(picture.stem)}</figcaption></figure>\n"
        for picture in pictures
    )
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>\n{"".join(figures)}'
