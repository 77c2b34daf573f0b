"""Every word a person reads, by key and language.

The words stand in gettext catalogues, `assets/words/LANGUAGE.po`: msgid is the key (`insert_card.title`), msgstr the words. They are read
at run time, so that a town can have its wording changed without building anything. Placeholders are those of `str.format`; readings are
marked as `kiosk.readings` says. Languages are named by their tags of BCP 47; `ja-x-easy` is やさしい日本語.
"""

from functools import lru_cache
from importlib.resources import files

from babel.messages.pofile import read_po

# In the order in which they are offered.
LANGUAGES = ("ja", "ja-x-easy", "en", "zh-Hans", "zh-Hant", "ko", "vi", "fil", "pt-BR", "es", "ne")
# Some words are for those who work with the terminal and its papers, not for residents, and stand in these languages only.
WORK_LANGUAGES = ("ja", "en")
WORK = frozenset({"bench", "check", "demo", "report", "verify"})  # the first words of their keys


class Said(str):
    """Words that know their language: the font follows it. Names and addresses are plain `str`, they are Japanese wherever they stand."""

    language: str

    def __new__(cls, words: str, language: str) -> "Said":
        said = super().__new__(cls, words)
        said.language = language
        return said


class Words:
    """The words of one language, read when the first is asked for."""

    def __init__(self, language: str) -> None:
        self.language = language

    def text(self, key: str, /, **placeholders: object) -> Said:
        """Raises KeyError when the catalogue has no such key or the words want a placeholder that was not given."""
        words = catalogue(self.language)[key]
        return Said(words.format(**placeholders) if placeholders or "{" in words else words, self.language)


@lru_cache(maxsize=16)
def catalogue(language: str) -> dict[str, str]:
    """Key -> words. Raises FileNotFoundError for a language without a file; a key without words is no key."""
    with files("assets").joinpath("words", f"{language}.po").open("rb") as source:
        entries = read_po(source)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}


def is_for_work(key: str) -> bool:
    """Whether residents never read it."""
    return key.partition(".")[0] in WORK
