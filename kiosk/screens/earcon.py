"""The one sound: two soft tones that call somebody back to what was left in a slot.

`python -m kiosk.screens.earcon` writes it to assets/sounds/come_back.wav again; a town may put another file in its place.
"""

import math
import struct
import sys
import wave
from importlib.resources import as_file, files
from io import BytesIO
from pathlib import Path
from typing import Any

RATE = 22050  # samples a second
# A falling third, as doorbells have: Hz, seconds. Below 2 kHz, where most old ears still hear well.
TONES = ((880.0, 0.25), (698.5, 0.45))
PEAK = 0.6  # of full scale
ATTACK = 0.01  # seconds; without it a tone begins with a click
FADE = 5.0  # how fast a tone dies away, 1/s
OVERTONE = 0.25  # a little of the octave makes it a bell and no test tone
# The first call is not for the whole hall; each further one is louder.
FIRST_VOLUME, LOUDER = 0.5, 0.25


def volume(times: int) -> float:
    """0 to 1, of the `times`-th call (1, 2, …)."""
    return min(1.0, FIRST_VOLUME + LOUDER * (times - 1))


def samples() -> list[int]:
    """16-bit samples, one channel, RATE a second."""
    found = []
    for pitch, seconds in TONES:
        for number in range(round(seconds * RATE)):
            at = number / RATE
            swing = math.sin(math.tau * pitch * at) + OVERTONE * math.sin(2 * math.tau * pitch * at)
            shape = min(1.0, at / ATTACK, (seconds - at) / ATTACK) * math.exp(-FADE * at)
            found.append(round(32767 * PEAK * shape * swing / (1 + OVERTONE)))
    return found


def wav() -> bytes:
    """RIFF WAVE, PCM."""
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        waves = samples()
        sound.writeframes(struct.pack(f"<{len(waves)}h", *waves))
    return file.getvalue()


class Earcon:
    """Opens the sound card at the first call. Where there is none, it is silent: every call has its picture on the screen too."""

    def __init__(self) -> None:
        self._sound: Any = None

    def play(self, times: int) -> None:
        """From its beginning, as loud as the `times`-th call is. Returns at once."""
        if self._sound is None:
            from kivy.core.audio import SoundLoader  # only now: importing it looks for a sound card

            with as_file(files("assets").joinpath("sounds", "come_back.wav")) as path:
                self._sound = SoundLoader.load(str(path))
        if self._sound is not None and self._sound.length > 0:  # no provider, or no card
            self._sound.stop()
            self._sound.volume = volume(times)
            self._sound.play()


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "assets/sounds/come_back.wav").write_bytes(wav())
