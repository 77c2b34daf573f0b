"""Says parts, one after the other, on a thread of its own, and falls silent at once.

What is said lies in a queue of utterances; `hush` empties it and drops what is in the card's buffer. A period of samples is written at
a time (20 ms), and the buffer holds three: whoever presses a key hears nothing more after 20 ms at most.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from hardware.errors import SoundLost
from hardware.interfaces import Sound
from kiosk.speech.clips import RATE, Clips
from kiosk.speech.line import Part
from kiosk.speech.pace import Pace, paced
from kiosk.speech.saying import Clip, clips
from kiosk.speech.synthesis import INSTEAD, NoVoice, Voice

PERIOD = RATE // 50 * 2  # bytes
# Between two lines a listener needs a breath; between joined pieces only the edge of a word.
AFTER_LINE, BETWEEN_PIECES = 0.35, 0.04  # seconds


class Speaker(Protocol):
    """Who says what the guide wants said. Methods from any thread."""

    def say(self, parts: Sequence[Part], language: str, headphones: bool) -> None:
        """After what is being said. Returns at once."""

    def hush(self) -> None:
        """What is being said and waits to be said is not said. Returns at once."""

    def pace(self, pace: Pace) -> None:
        """For what is said from now on."""

    @property
    def busy(self) -> bool:
        """Something is being said, or waits."""

    def rest(self) -> None:
        """Nobody listens after what is still to be said: the sound card is let go."""

    def close(self) -> None: ...


@dataclass(frozen=True)
class Utterance:
    parts: tuple[Part, ...]
    language: str
    headphones: bool


class Voices:
    """Clips first. `live` (a Japanese voice, where it is installed) says what nobody could record: names. Never on disk."""

    def __init__(self, recorded: Clips, live: Callable[[], Voice] | None, missing: Callable[[str], None] = lambda name: None) -> None:
        self._recorded, self._live, self._missing = recorded, live, missing
        self._told: set[str] = set()

    def samples(self, clip: Clip) -> bytes:
        """b"" when it cannot be said; `missing` is told once of each recorded clip that should be there."""
        found = self._recorded.samples(clip)
        if found is not None:
            return found
        if clip.id.startswith("given."):
            try:
                return self._live()(clip.text) if self._live is not None else b""
            except NoVoice:
                self._live = None
                return b""
        if clip.id not in self._told:
            self._told.add(clip.id)
            self._missing(f"{clip.language}/{clip.id}")
        return b""

    def language(self, language: str) -> str:
        """The one that is spoken for it."""
        return language if self._recorded.speaks(language) else INSTEAD

    def can(self, language: str) -> bool:
        return self._recorded.speaks(self.language(language))


class SoundSpeaker:
    """`room` is the loudspeaker's card, `ears` that of the headphones. Where they are one, the plug turns the loudspeaker off. `lost` is
    told when a card is not there."""

    def __init__(self, voices: Voices, room: Sound, ears: Sound, lost: Callable[[], None] = lambda: None) -> None:
        self._voices, self._room, self._ears, self._lost = voices, room, ears, lost
        self._queue: deque[Utterance | None] = deque()  # None: let the cards go
        self._changed = threading.Condition()
        self._turn = 0  # grows with each hush: what was begun before is not gone on with
        self._closed = False
        self.quiet = threading.Event()  # nothing is being said, and nothing waits
        self.quiet.set()
        self._pace = Pace()
        self._thread = threading.Thread(target=self._run, name="speaker", daemon=True)
        self._thread.start()

    def say(self, parts: Sequence[Part], language: str, headphones: bool) -> None:
        with self._changed:
            self._queue.append(Utterance(tuple(parts), language, headphones))
            self.quiet.clear()
            self._changed.notify_all()

    def hush(self) -> None:
        with self._changed:
            self._queue.clear()
            self._turn += 1

    def pace(self, pace: Pace) -> None:
        self._pace = pace

    @property
    def busy(self) -> bool:
        return not self.quiet.is_set()

    def rest(self) -> None:
        with self._changed:
            self._queue.append(None)
            self.quiet.clear()
            self._changed.notify_all()

    def close(self) -> None:
        self._closed = True
        self.hush()
        self.rest()
        self._thread.join()

    # -- its thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._changed:
                if not self._queue:
                    self.quiet.set()
                self._changed.wait_for(lambda: self._queue)
                said, turn = self._queue.popleft(), self._turn
            try:
                if said is not None:
                    self._say(said, turn)
                    continue
            except SoundLost:
                self._lost()
                continue
            self._room.close()
            self._ears.close()
            if self._closed:
                self.quiet.set()
                return

    def _say(self, said: Utterance, turn: int) -> None:
        sound = self._ears if said.headphones else self._room
        language = self._voices.language(said.language)
        for part in said.parts:
            for clip in clips(part, language):
                samples = self._voices.samples(clip)
                if samples and not self._write(sound, paced(samples, self._pace) + silence(BETWEEN_PIECES), turn):
                    return
        self._write(sound, silence(AFTER_LINE), turn)

    def _write(self, sound: Sound, samples: bytes, turn: int) -> bool:
        """False: hushed."""
        for start in range(0, len(samples), PERIOD):
            if self._turn != turn:
                sound.drop()
                return False
            sound.write(samples[start : start + PERIOD])
        if self._turn != turn:
            sound.drop()
            return False
        return True


def silence(seconds: float) -> bytes:
    return bytes(2 * round(RATE * seconds))
