"""Words with their readings beside them (furigana): data in the catalogues of those who read few kanji, never guessed.

The mark is that of Aozora Bunko, ｜住民票《じゅうみんひょう》: its signs stand in no other words, and placeholders keep their braces.
"""

import re
from dataclasses import dataclass

_MARKED = re.compile("｜([^｜《》]+)《([^｜《》]+)》")


@dataclass(frozen=True)
class Run:
    """`reading` is "" where the words need none."""

    text: str
    reading: str = ""


def runs(words: str) -> list[Run]:
    """In order; joined, their texts are the words without marks. A mark that is not whole stays as it is."""
    found, place = [], 0
    for match in _MARKED.finditer(words):
        if match.start() > place:
            found.append(Run(words[place : match.start()]))
        found.append(Run(match.group(1), match.group(2)))
        place = match.end()
    if place < len(words):
        found.append(Run(words[place:]))
    return found


def bare(words: str) -> str:
    """Without readings: for the voice, which knows them, and where there is no room."""
    return _MARKED.sub(r"\1", words)


def bracketed(words: str) -> str:
    """Each reading after its word, in brackets: for paper, which has no row above its letters."""
    return _MARKED.sub(r"\1（\2）", words)
