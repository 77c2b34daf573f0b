"""What is said, as values: lines of parts. A part is a key of the catalogue, or words that no catalogue has.

`parts` go to headphones. What the room must not hear (names, whom the paper is for) has another wording for the loudspeaker: `aloud`,
which may be empty. None means: the same.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Phrase:
    """The words of `key`. `values` are its placeholders': how each is said stands in `kiosk.speech.saying`. `language` "" is the
    view's; the name of a language is said in that language."""

    key: str
    values: tuple[tuple[str, str | int], ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Given:
    """Words from the settings or the register: a town, a telephone number, a name in kana. Read by a Japanese voice, in any language."""

    text: str


Part = Phrase | Given


@dataclass(frozen=True)
class Line:
    parts: tuple[Part, ...]
    aloud: tuple[Part, ...] | None = None

    def to(self, headphones: bool) -> tuple[Part, ...]:
        return self.parts if headphones or self.aloud is None else self.aloud


@dataclass(frozen=True)
class Item:
    """A line to stop at, and what is pressed there; "" where nothing can be. `number` is the key that presses it at once, 0 for none."""

    line: Line
    action: str = ""
    number: int = 0


def phrase(key: str, **values: str | int) -> Phrase:
    return Phrase(key, tuple(sorted(values.items())))


def line(*parts: Part | str, aloud: tuple[Part, ...] | None = None) -> Line:
    """A `str` is a key without placeholders."""
    return Line(tuple(Phrase(part) if isinstance(part, str) else part for part in parts), aloud)
