"""A speaker that writes down what it would say: for machines without a sound card, and to compare a visit with its script."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kiosk.speech.line import Part
from kiosk.speech.pace import Pace
from kiosk.speech.saying import text

EARS, ROOM = "ears", "room"


@dataclass(frozen=True)
class Spoken:
    parts: tuple[Part, ...]
    language: str
    headphones: bool
    pace: Pace

    def __str__(self) -> str:
        """`ears: words` or `room: words`, as in a script."""
        words = " ".join(text(part, self.language) for part in self.parts)
        return f"{EARS if self.headphones else ROOM}: {words}"


class Transcript:
    """`wrote` gets each utterance. It is never busy: reading takes it no time."""

    busy = False

    def __init__(self, wrote: Callable[[Spoken], None], hushed: Callable[[], None] = lambda: None) -> None:
        self._wrote, self._hushed = wrote, hushed
        self._pace = Pace()

    def say(self, parts: Sequence[Part], language: str, headphones: bool) -> None:
        self._wrote(Spoken(tuple(parts), language, headphones, self._pace))

    def hush(self) -> None:
        self._hushed()

    def pace(self, pace: Pace) -> None:
        self._pace = pace

    def rest(self) -> None: ...

    def close(self) -> None: ...
