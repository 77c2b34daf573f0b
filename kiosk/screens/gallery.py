"""Every screen with invented people, for eyes and for tests: pictures, and pages that show them.

`OUT/LANGUAGE/THEME-SIZE/STATE-CASE.png`, an index for each such folder and one of all. The cases come from the same table of screens that
the terminal uses.
"""

import html
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kiosk.screens import invented
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.session.ease import Ease, TextSize, Theme
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.words import LANGUAGES

CASES: Mapping[State, list[tuple[str, View]]] = invented.views()


def all_cases() -> Iterable[tuple[State, str, View]]:
    return ((state, name, view) for state, cases in CASES.items() for name, view in cases)


@dataclass(frozen=True)
class Shelf:
    """The pictures of one language, theme and size."""

    language: str
    ease: Ease

    @property
    def name(self) -> str:
        return f"{self.language}/{self.ease.theme}-{self.ease.size}"


def shelves(languages: Iterable[str], themes: Iterable[Theme], sizes: Iterable[TextSize]) -> list[Shelf]:
    sizes, themes = tuple(sizes), tuple(themes)
    return [Shelf(language, Ease(theme=theme, size=size)) for language in languages for theme in themes for size in sizes]


def render_gallery(
    out: Path,
    languages: Iterable[str] = LANGUAGES,
    look: Look | None = None,
    themes: Iterable[Theme] = Theme,
    sizes: Iterable[TextSize] = TextSize,
    told: Callable[[int, int], None] = lambda done, of: None,
) -> list[Path]:
    """`out` is made if it is not there. `told` gets how many pictures of how many there are. Some 0.1 s of processor a picture."""
    wanted = shelves(languages, themes, sizes)
    cases = list(all_cases())
    pictures: list[Path] = []
    window = Window(look or Look(), lambda event: None, offscreen=True)
    for shelf in wanted:
        (out / shelf.name).mkdir(parents=True, exist_ok=True)
        for name, _ in shots(window, cases, shelf, len(pictures)):
            picture = out / shelf.name / f"{name}.png"
            window.screenshot(picture)
            pictures.append(picture)
            told(len(pictures), len(wanted) * len(cases))
        (out / shelf.name / "index.html").write_text(_page([f"{state}-{name}" for state, name, _ in cases], shelf), encoding="utf-8")
    window.close()
    (out / "index.html").write_text(_contents(wanted), encoding="utf-8")
    return pictures


def shots(window: Window, cases: Iterable[tuple[State, str, View]], shelf: Shelf, serial: int = 0) -> Iterator[tuple[str, View]]:
    """Shows each case in the window, laid out and drawn: its name, and the view."""
    for number, (state, name, view) in enumerate(cases, start=serial + 1):
        shown = replace(view, language=shelf.language, ease=shelf.ease, serial=number)
        window.show(shown)
        window.frame()
        window.still()
        yield f"{state}-{name}", shown


STYLE = (
    "body{font-family:sans-serif;background:#ddd;margin:1em}div{display:flex;flex-wrap:wrap;gap:1em}"
    "img{width:270px;border:1px solid #888;display:block}figure{margin:0}td{padding:.2em .8em}"
)


def _document(title: str, body: str) -> str:
    head = f'<!doctype html><meta charset="utf-8"><title>{html.escape(title)}</title><style>{STYLE}</style>'
    return f"{head}\n<h1>{html.escape(title)}</h1>\n{body}\n"


def _page(names: Iterable[str], shelf: Shelf) -> str:
    figures = (
        f'<figure><a href="{name}.png"><img src="{name}.png" alt="" loading="lazy"></a><figcaption>{name}</figcaption></figure>\n'
        for name in map(html.escape, names)
    )
    return _document(shelf.name, f"<div>{''.join(figures)}</div>")


def _contents(wanted: Iterable[Shelf]) -> str:
    rows: dict[str, list[str]] = {}
    for shelf in wanted:
        rows.setdefault(shelf.language, []).append(f'<td><a href="{shelf.name}/index.html">{shelf.ease.theme} {shelf.ease.size}</a></td>')
    table = "".join(f"<tr><th>{language}</th>{''.join(cells)}</tr>\n" for language, cells in rows.items())
    return _document("Screens", f"<table>{table}</table>")
