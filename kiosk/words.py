"""Every word a person reads, by key and language.

The words stand in gettext catalogues, `assets/words/LANGUAGE.po`: msgid is the key (`insert_card.title`), msgstr the words. They are read
at run time, so that a town can have its wording changed without building anything. Placeholders are those of `str.format`.
"""

from functools import lru_cache
from importlib.resources import files

from babel.messages.pofile import read_po

LANGUAGES = ("ja", "en")


class Words:
    """The words of one language, read when the first is asked for."""

    def __init__(self, language: str) -> None:
        self.language = language

    def text(self, key: str, /, **placeholders: object) -> str:
        """Raises KeyError when the catalogue has no such key or the words want a placeholder that was not given."""
        words = catalogue(self.language)[key]
        return words.format(**placeholders) if placeholders or "{" in words else words


@lru_cache(maxsize=16)
def catalogue(language: str) -> dict[str, str]:
    """Key -> words. Raises FileNotFoundError for a language without a file; a key without words is no key."""
    with files("assets").joinpath("words", f"{language}.po").open("rb") as source:
        entries = read_po(source, locale=language)
    return {str(entry.id): str(entry.string) for entry in entries if entry.id and entry.string}
