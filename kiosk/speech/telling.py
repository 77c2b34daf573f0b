"""Whether somebody listens, by what, how fast and how loud; and how long it has been silent.

Nothing personal passes here to the loudspeaker: which of a line's two wordings is said is decided in one place, `say`.
"""

from collections.abc import Callable
from enum import Enum

from kiosk.speech.line import Line, line
from kiosk.speech.pace import Pace
from kiosk.speech.speaker import Speaker

# VxSuite reads again when nobody does anything; thrice is enough for somebody who is there.
IDLE_SECONDS, IDLE_TIMES = 30.0, 3


class Hearing(Enum):
    NOBODY = "nobody"
    ROOM = "room"
    EARS = "ears"


class Telling:
    """`speaker` None: there is no voice, and nobody ever hears. `spoken` says which language is spoken for one."""

    def __init__(self, speaker: Speaker | None, clock: Callable[[], float], spoken: Callable[[str], str]) -> None:
        self._speaker, self._clock, self._spoken = speaker, clock, spoken
        self.hearing = Hearing.NOBODY
        self.pace = Pace()
        self.language = ""  # of the view
        self._still = 0.0  # since when nobody says or presses anything
        self._idle = 0
        self._told = ""  # the language of which it was said that it has no voice

    @property
    def private(self) -> bool:
        return self.hearing is Hearing.EARS

    @property
    def listens(self) -> bool:
        return self.hearing is not Hearing.NOBODY

    def begin(self, hearing: Hearing) -> bool:
        """False: there is no voice."""
        if self._speaker is None:
            return False
        self.hush()
        self.hearing = hearing
        self._speaker.pace(self.pace)
        self.say(line("speech.on"))
        self.say(line("speech.keys"))
        return True

    def end(self) -> None:
        """After what is being said."""
        self.hearing = Hearing.NOBODY
        if self._speaker is not None:
            self._speaker.rest()

    def usual(self) -> None:
        """Pace and loudness of whoever comes."""
        self._told = ""
        self.change(Pace())

    def change(self, pace: Pace) -> None:
        self.pace = pace
        if self._speaker is not None:
            self._speaker.pace(pace)

    def say(self, said: Line) -> None:
        """To headphones its own words, to the room those it may hear."""
        parts = said.to(self.private)
        if self._speaker is not None and self.listens and self.language and parts:
            self._still = self._clock()
            self._speaker.say(parts, self._spoken(self.language), self.private)

    def say_language(self) -> None:
        """Once a visit, where another language has to stand in."""
        if self.language and self._spoken(self.language) != self.language != self._told:
            self._told = self.language
            self.say(line("speech.fallback"))

    def hush(self) -> None:
        """From any thread."""
        if self._speaker is not None and self.listens:
            self._speaker.hush()

    def close(self) -> None:
        if self._speaker is not None:
            self._speaker.close()

    # -- silence ------------------------------------------------------------------------------------------------------

    def somebody(self) -> None:
        """Something was pressed, or another screen came: silence begins anew."""
        self._still, self._idle = self._clock(), 0

    def again(self) -> bool:
        """Whether it has been silent long enough to read the screen again."""
        now = self._clock()
        if not self.listens or self._speaker is None or self._speaker.busy:
            self._still = now
        elif now - self._still >= IDLE_SECONDS:
            self._still = now
            self._idle += 1
            return self._idle <= IDLE_TIMES
        return False

    @property
    def nobody(self) -> bool:
        """All that reading again can do has been done."""
        return self._idle > IDLE_TIMES
