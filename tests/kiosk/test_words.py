"""The catalogues say the same in every language, say all that is asked for, and nothing that nobody asks for."""

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest

from kiosk.screens.gallery import all_cases
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.words import LANGUAGES, Words, catalogue


class Asked(Words):
    """The field's words, remembering what was asked for."""

    def __init__(self, language: str, keys: set[str]) -> None:
        super().__init__(language)
        self.keys = keys

    def text(self, key: str, /, **placeholders: object) -> str:
        self.keys.add(key)
        return super().text(key, **placeholders)


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


def sources(folder: Traversable) -> Iterator[str]:
    for path in folder.iterdir():
        if path.is_dir():
            yield from sources(path)
        elif path.name.endswith((".py", ".kv", ".html", ".js")):
            yield path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def asked() -> set[str]:
    """All keys that the screens ask for when they show every case. A missing one raises here."""
    keys: set[str] = set()
    window = Window(Look(540, 960, 2.0), lambda event: None, offscreen=True, words=lambda language: Asked(language, keys))
    for serial, (_, _, view) in enumerate(all_cases()):
        window.show(replace(view, serial=serial))
    window.close()
    return keys


def test_all_languages_have_the_same_keys_and_placeholders() -> None:
    first, *others = (catalogue(language) for language in LANGUAGES)
    for other in others:
        assert set(first) == set(other)
        assert {key for key in first if placeholders(first[key]) != placeholders(other[key])} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_entries_are_sorted_so_that_two_people_can_add_some(language: str) -> None:
    text = files("assets").joinpath("words", f"{language}.po").read_text(encoding="utf-8")
    keys = re.findall(r'^msgid "(.+)"$', text, re.MULTILINE)
    assert keys == sorted(set(keys))


def test_no_key_is_unused(asked: set[str]) -> None:
    """What the screens do not ask for stands literally in the source, or is made of a literal beginning (`slip.class.` + reason)."""
    text = "\n".join((*sources(files("kiosk")), *sources(files("assets") / "verify")))
    literal = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)+)"', text))
    beginnings = tuple(set(re.findall(r"""f["\']([a-z_]+\.(?:[a-z_]+\.)*)\{""", text)))
    unused = {key for key in catalogue(LANGUAGES[0]) if key not in asked | literal and not key.startswith(beginnings)}
    assert unused == set()


def test_screens_ask_for_much_of_what_is_there(asked: set[str]) -> None:
    assert {"attract.title", "refused.pin_locked.now", "why.printer_jam", "warning.more", "frame.back"} <= asked


def test_words_that_are_not_there_are_an_error() -> None:
    with pytest.raises(KeyError):
        Words("en").text("no.such.key")
    with pytest.raises(KeyError):
        Words("en").text("choose_copies.lead")  # wants a number
    with pytest.raises(FileNotFoundError):
        Words("xx").text("frame.back")
