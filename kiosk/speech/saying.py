"""Parts -> clips: what is recorded whole, and what is joined from pieces.

A clip is a phrase without placeholders, or with small numbers in each of its places ("2通", said as it is said, and not "に" and "つう").
Times, amounts and codes have too many values: their phrase is cut at its places, and numbers are joined from clips of their own. Where
the words of the screen say too little to ears ("＋"), the key `speech.` + KEY has others.
"""

import hashlib
import itertools
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.readings import bare
from kiosk.session.states import State
from kiosk.speech.line import Given, Part, Phrase
from kiosk.words import catalogue

# Names and towns are Japanese in every language.
NAMES = "ja"

# Placeholders that count, with their values in a clip; another value is joined.
COUNTS: dict[str, range] = {
    "copies": range(1, 11),
    "entered": range(1, 5),
    "hour": range(25),
    "length": range(4, 5),
    "minute": range(1, 60),
    "most": range(1, 11),
    "number": range(1, 20),
    "of": range(2, 7),  # the steps of the waits, the parts of a print
    "pages": range(1, 31),
    "part": range(1, 6),
    "percent": range(50, 201, 25),
    "tries": range(1, 4),
    "volume": range(1, 6),
}
TIMES = frozenset({"opens", "closes"})
AMOUNTS = frozenset({"fee", "yen"})
SPELLED = frozenset({"code"})
SPELLED_IN = frozenset({"help.number"})
NUMBERS = (*range(101), *range(200, 1000, 100), *range(1000, 10_000, 1000), *range(10_000, 100_000, 10_000))

# The first words of keys that residents hear: states, and what several of them say.
HEARD = {str(state) for state in State} | {
    "acts", "ease", "frame", "help", "info", "item", "language", "money", "names", "pin_name", "receipt_ask", "service", "speech", "step",
    "wait", "warning", "why",
}  # fmt: skip


@dataclass(frozen=True)
class Clip:
    """`id` is its file's name in the folder of `language`; `text` is what it must say: of other words it is no clip any more."""

    language: str
    id: str
    text: str


def said(key: str, language: str) -> str:
    """The key whose words are spoken for `key`."""
    other = f"speech.{key}"
    return other if other in catalogue(language) else key


def clips(part: Part, language: str) -> list[Clip]:
    """What has to be played for it, in order. Raises KeyError for a key that no catalogue has."""
    if isinstance(part, Given):
        return [given(part.text)]
    language = part.language or language
    key = said(part.key, language)
    words, values = catalogue(language)[key], dict(part.values)
    names = places(words)
    if all(values[name] in COUNTS.get(name, ()) for name in names) and key not in SPELLED_IN:
        return [_whole(language, key, {name: values[name] for name in names})]
    found: list[Clip] = []
    for number, (literal, name) in enumerate(pieces(words)):
        if is_speech(literal):
            found.append(Clip(language, f"{key}#{number}", plain(literal, language)))
        if name:
            found += _value(key, name, values[name], language)
    return found


def text(part: Part, language: str) -> str:
    """What is heard, to be read: for a log of a visit."""
    if isinstance(part, Given):
        return part.text
    language = part.language or language
    words = plain(catalogue(language)[said(part.key, language)], language)
    return words.format(**dict(part.values)) if places(words) else words


def fixed(language: str) -> Iterator[Clip]:
    """Everything that can be said in a language without knowing more than its catalogue."""
    for key, words in sorted(catalogue(language).items()):
        if key.partition(".")[0] not in HEARD or said(key, language) != key:
            continue
        names = places(words)
        if all(name in COUNTS for name in names) and key not in SPELLED_IN:
            for values in itertools.product(*(COUNTS[name] for name in names)):
                yield _whole(language, key, dict(zip(names, values, strict=True)))
        for number, (literal, _) in enumerate(pieces(words) if names else ()):
            if is_speech(literal):
                yield Clip(language, f"{key}#{number}", plain(literal, language))
    for number in NUMBERS:
        yield _number(number, language)
    for letter in string.ascii_uppercase:
        yield Clip(language, f"letter.{letter}", letter)


def given(words: str) -> Clip:
    """Words of the settings can be recorded too. Their clip's name says nothing about them."""
    return Clip(NAMES, f"given.{hashlib.sha256(words.encode()).hexdigest()[:16]}", words)


def plain(words: str, language: str) -> str:
    """Lines of a screen are one sentence to ears; Japanese and Chinese have no space between them. The voice knows the readings."""
    return bare(words).replace("\n", "" if language.startswith(("ja", "zh")) else " ")


def places(words: str) -> tuple[str, ...]:
    return tuple(name for _, name, _, _ in string.Formatter().parse(words) if name)


def pieces(words: str) -> list[tuple[str, str]]:
    """Words, and the placeholder after them ("" after the last)."""
    return [(literal, name or "") for literal, name, _, _ in string.Formatter().parse(words)]


def is_speech(words: str) -> bool:
    """More than signs and spaces."""
    return re.search(r"\w", words) is not None


def amount(number: int) -> list[int]:
    """A number as the sum of those that have a clip, the largest first; beyond 99,999 digit by digit."""
    if number > 99_999:
        return [int(digit) for digit in str(number)]
    found = []
    for size in (10_000, 1000):
        if number >= size:
            found.append(number // size * size)
            number %= size
    if number > 100 and number % 100:
        found.append(number // 100 * 100)
        number %= 100
    return [*found, number] if number or not found else found


def _whole(language: str, key: str, values: dict[str, str | int]) -> Clip:
    words = plain(catalogue(language)[key], language)
    if not values:
        return Clip(language, key, words)
    return Clip(language, f"{key}@{','.join(f'{name}={value}' for name, value in sorted(values.items()))}", words.format(**values))


def _number(number: int, language: str) -> Clip:
    return Clip(language, f"number.{number}", str(number))


def _value(key: str, name: str, value: str | int, language: str) -> list[Clip]:
    if name in TIMES:
        hour, _, minute = str(value).partition(":")
        if not int(minute):
            return clips(Phrase("speech.hour.sharp", (("hour", int(hour)),)), language)
        parts = Phrase("speech.hour", (("hour", int(hour)),)), Phrase("speech.minute", (("minute", int(minute)),))
        return [clip for part in parts for clip in clips(part, language)]
    if name in SPELLED or key in SPELLED_IN:
        signs = [sign for sign in str(value).upper() if sign in string.ascii_uppercase + string.digits]
        return [_number(int(sign), language) if sign.isdigit() else Clip(language, f"letter.{sign}", sign) for sign in signs]
    if isinstance(value, int):
        return [_number(number, language) for number in amount(value)]
    return [given(value)]
