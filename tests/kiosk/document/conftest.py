"""The composer, the sample answers, and an eye that reads text back from a page's cells."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

import msgspec
import pytest

from hardware.printer.page import Art, Bitmap, Cell, Item, Page
from jukinet.messages import Extract, Issue
from kiosk.document.answer import load_answer
from kiosk.document.certificate import Composer
from kiosk.document.dates import japanese
from kiosk.document.faces import faces_of
from kiosk.document.fields import values_of
from kiosk.document.fonts import FULL, HALF, Fonts, clusters
from kiosk.document.form import read_form, words_of
from kiosk.document.sections import BESIDE_AT, VALUES_AT
from kiosk.document.strip import LEADING
from kiosk.words import LANGUAGES, catalogue

ANSWERS = Path(__file__).parents[2] / "answers"


class Eye:
    """Tells which cluster a cell shows, of those that may stand there, drawn by any of its fonts."""

    def __init__(self, *fonts: Fonts) -> None:
        self._fonts = fonts
        self._glyphs: dict[str, list[Bitmap]] = {}

    def lines(self, page: Page, alphabet: Iterable[str]) -> list[str]:
        """The text line by line, spaces inside a line kept. A cell that shows nothing of `alphabet` fails."""
        names = self._names(alphabet)
        return [_text(row, names) for row in _rows(page)]

    def entries(self, page: Page, alphabet: Iterable[str]) -> list[tuple[str, str]]:
        """(label, value) of everything written in two columns, or twice that, lines joined. A line far from the one before begins an
        entry, and so does 続柄 beside the sex."""
        names = self._names(alphabet)
        found: list[tuple[str, str]] = []
        last = None
        for row in _rows(page):
            label = _text([cell for cell in row if cell.x < VALUES_AT], names)
            value = _text([cell for cell in row if cell.x >= VALUES_AT], names)
            second = _text([cell for cell in row if cell.x >= BESIDE_AT], names)
            y = row[0].y
            if last is not None and y - last == FULL + LEADING:
                label, value = found[-1][0] + label, found.pop()[1] + value
            if label and second.startswith("続柄 "):
                found += [(label, value.removesuffix(second)), ("続柄", second.removeprefix("続柄 "))]
            else:
                found.append((label, value))
            last = y
        return found

    def _names(self, alphabet: Iterable[str]) -> dict[Bitmap, str]:
        wanted = sorted({one for one in clusters("".join(alphabet)) if not one.isspace()})
        for one in wanted:
            if one not in self._glyphs:
                self._glyphs[one] = [fonts.glyph(one) for fonts in self._fonts if fonts.font_of(one)]
        return {glyph: one for one in wanted for glyph in self._glyphs[one]}


def _rows(page: Page) -> list[list[Cell]]:
    cells = sorted((cell for item in page.items for cell in written(item)), key=lambda cell: (cell.y, cell.x))
    return [list(row) for _, row in groupby(cells, key=lambda cell: cell.y)]


def written(item: Item) -> tuple[Cell, ...]:
    """The text in it: a cell, or a line of the form's own words, which is art made of cells."""
    match item:
        case Cell():
            return (item,)
        case Art(name="words"):
            return item.cells
        case _:
            return ()


def _text(row: list[Cell], names: dict[Bitmap, str]) -> str:
    text, at = "", None
    for cell in row:
        text += names[cell.glyph] if at is None else " " * ((cell.x - at) // HALF) + names[cell.glyph]
        at = cell.x + cell.glyph.width
    return text


@pytest.fixture(scope="session")
def fonts() -> Fonts:
    return Fonts()


@pytest.fixture(scope="session")
def composer(fonts: Fonts) -> Composer:
    return Composer(fonts=fonts)


@pytest.fixture(scope="session")
def eye(fonts: Fonts) -> Eye:
    return Eye(fonts)


@pytest.fixture(scope="session")
def answer() -> Callable[[str], tuple[Extract, Issue]]:
    return lambda name: load_answer(ANSWERS / f"{name}.json")


@pytest.fixture(scope="session")
def every_text() -> Callable[[Extract, Issue], list[str]]:
    """All that may stand on a copy."""
    form = list(words_of(read_form("wide_area")))

    def texts(extract: Extract, issue: Issue) -> list[str]:
        record = [extract.address, extract.building, extract.head or ""]
        record += [value for person in extract.persons for value in values_of(person).values() if value]
        issued = [issue.statement, issue.issuer.title, issue.issuer.name, japanese(issue.date), *(copy.number for copy in issue.copies)]
        return [*form, *record, *issued, "0123456789/*"]

    return texts


@pytest.fixture(scope="session")
def text(fonts: Fonts) -> Callable[[Page, str, object], str]:
    """All text of a small paper without its spaces; `data` is what it was made from."""
    eyes = {language: Eye(fonts, Fonts(faces_of(language))) for language in LANGUAGES}

    def read(page: Page, language: str, data: object) -> str:
        words = [*catalogue(language).values(), *strings(msgspec.to_builtins(data)), "0123456789abcdef:-/,・○△×令和元年月日"]
        return "".join("".join(eyes[language].lines(page, words)).split())

    return read


def strings(tree: object) -> Iterator[str]:
    match tree:
        case str():
            yield tree
        case dict():
            for branch in tree.values():
                yield from strings(branch)
        case list() | tuple():
            for branch in tree:
                yield from strings(branch)
