"""The catalogues say the same in every language, say all that is asked for, and nothing that nobody asks for."""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest

from kiosk.document.coverage import Coverage
from kiosk.readings import bare, runs
from kiosk.screens.composed import by_face
from kiosk.screens.fonts import FontFile, faces_of
from kiosk.screens.gallery import all_cases
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.words import LANGUAGES, WORK_LANGUAGES, Said, Words, catalogue, is_for_work

LONGEST_TITLE = 60
MOST_KANJI = 13
KANJI, KANA = re.compile("[一-鿿々]"), re.compile("[ぁ-ヿ]+")


class Asked(Words):
    """The field's words, remembering what was asked for."""

    def __init__(self, language: str, keys: set[str]) -> None:
        super().__init__(language)
        self.keys = keys

    def text(self, key: str, /, **placeholders: object) -> Said:
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
        window.frame()  # or all that is scheduled of all of them stays alive
    window.close()
    return keys


def for_all(words: dict[str, str]) -> set[str]:
    return {key for key in words if not is_for_work(key)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_have_the_same_keys_and_placeholders(language: str) -> None:
    first, words = catalogue(LANGUAGES[0]), catalogue(language)
    assert (set(words) if language in WORK_LANGUAGES else for_all(words)) == (set(first) if language in WORK_LANGUAGES else for_all(first))
    assert {key for key in words if placeholders(words[key]) != placeholders(first[key])} == set()


def test_no_language_lies_about_without_being_offered() -> None:
    assert {path.name for path in (files("assets") / "words").iterdir() if path.name.endswith(".po")} == {
        f"{each}.po" for each in LANGUAGES
    }


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


# -- fonts ----------------------------------------------------------------------------------------------------------------


@cache
def coverage(face: FontFile) -> Coverage:
    return Coverage(face.path, face.index)


@pytest.mark.parametrize("bold", [False, True], ids=["regular", "bold"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_character_is_in_the_font_that_draws_it(language: str, bold: bool) -> None:
    others = {f"language.{other}" for other in LANGUAGES if other != language}  # in fonts of their own
    for key, words in catalogue(language).items():
        text = "".join(run.text + run.reading for run in runs(words)).replace("\n", "")
        for face, part in by_face(text, faces_of(language, bold)) if key not in others else ():
            missing = [character for character in part if not coverage(face).has(ord(character))]
            assert not missing, (key, missing)


def test_words_know_their_language_and_names_are_japanese() -> None:
    said = Words("ko").text("choose_persons.lead", town="垂井町")
    assert said.language == "ko"
    assert faces_of(said.language, bold=False)[0].index == 1


# -- what residents read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_of_what_went_wrong_are_short(language: str) -> None:
    titles = {key: bare(words) for key, words in catalogue(language).items() if re.fullmatch(r"(refused|why|print_failed)\..*title", key)}
    assert len(titles) > 30
    assert {key: words for key, words in titles.items() if len(words) > LONGEST_TITLE} == {}


def test_easy_japanese_has_a_reading_on_each_kanji_and_few_of_them() -> None:
    """The guideline of the Immigration Services Agency and the Agency for Cultural Affairs (2020); the number is Hirosaki University's."""
    for key, words in catalogue("ja-x-easy").items():
        if key.startswith("language."):
            continue
        assert not [run.text for run in runs(words) if not run.reading and KANJI.search(run.text)], key
        assert not [run.reading for run in runs(words) if run.reading and not KANA.fullmatch(run.reading)], key
        for sentence in re.split(r"[。\n]", bare(words)):
            assert len(KANJI.findall(sentence)) <= MOST_KANJI, (key, sentence)
        assert not re.search("ないことは|なくはな|ません(?:では|が)", bare(words)), key


def test_the_screens_hold_no_words_of_their_own() -> None:
    """Letters of another script than ours stand in catalogues; so do words that kv shows as they are."""
    for path in (files("kiosk") / "screens").iterdir():
        if not path.name.endswith((".py", ".kv")) or path.name == "invented.py":  # people and places, as in a register
            continue
        text = path.read_text(encoding="utf-8")
        literals = strings(text) if path.name.endswith(".py") else re.findall(r'"([^"]*)"', text)
        assert [each for each in literals if re.search(r"[^\W\d_a-zA-Z]", each)] == [], path.name
        assert re.findall(r"""\b(?:words|text|label)[:=] *["'][^"']*[a-zA-Z]{2}""", text) == [], path.name


def strings(source: str) -> list[str]:
    """Without those that stand alone, which are documentation."""
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone
    ]
