"""Synthetic voices: Japanese by Open JTalk with the voice Mei (the only import of pyopenjtalk), others by eSpeak NG, a stop-gap.

A voice is text -> 16-bit samples, RATE a second. `NoVoice` where the program, the package or the language is not there: whoever makes
clips says so, and whoever speaks leaves it out.
"""

import contextlib
import io
import os
import subprocess
import wave
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from kiosk.speech.clips import RATE

Voice = Callable[[str], bytes]

# eSpeak NG's name of each language's voice. Its Chinese voice reads no characters but does read pinyin; Filipino has no voice at all.
ESPEAK = {
    "en": "en-gb",
    "zh-Hans": "cmn-latn-pinyin",
    "zh-Hant": "cmn-latn-pinyin",
    "ko": "ko",
    "vi": "vi",
    "pt": "pt-br",
    "pt-BR": "pt-br",
    "es": "es",
    "ne": "ne",
}
# Names are Japanese, whatever is spoken around them.
NAMES_ALOUD = "ja"
# The language that is spoken where one has no voice.
INSTEAD = "en"
# Loudest sample of a clip, of full scale: all voices equally loud, and no clip clipped by the card.
PEAK = 0.6
# VVSG 2.0 and EN 301 549 have 120 to 125 English words a minute as the usual pace.
WORDS_A_MINUTE = 125


class NoVoice(Exception):
    """`str()` says what is missing."""


def voice_of(language: str) -> tuple[str, Voice]:
    """Its name, and the voice. Raises NoVoice."""
    if language.startswith("ja"):
        _open_jtalk()
        return "Open JTalk, Mei", japanese
    if language not in ESPEAK:
        raise NoVoice(f"{language}: eSpeak NG has no voice for it; {INSTEAD} is spoken instead")
    name = ESPEAK[language]

    def say(text: str) -> bytes:
        return espeak(pinyin(text) if language.startswith("zh") else text, name)

    say("1")
    return f"eSpeak NG, {name}", say


def japanese(text: str) -> bytes:
    """Raises NoVoice."""
    tts = _open_jtalk()
    samples, rate = tts(text)
    return even(samples, rate)


@cache
def _open_jtalk() -> Any:
    try:
        with quiet():  # it tells of a package that it could use too
            from pyopenjtalk import tts
    except ImportError as error:
        raise NoVoice("pyopenjtalk-plus is not installed (the extra `speech`)") from error
    return tts


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Without what others write to the standard output and the standard error."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        yield


def espeak(text: str, voice: str) -> bytes:
    """Raises NoVoice."""
    command = ["espeak-ng", "-v", voice, "-s", str(WORDS_A_MINUTE), "--stdout"]
    try:
        said = subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise NoVoice(f"espeak-ng: {error}") from error
    return even(*_samples(said.stdout))


def pinyin(text: str) -> str:
    """Chinese characters as syllables with the number of their tone."""
    try:
        from pypinyin import Style, lazy_pinyin
    except ImportError as error:
        raise NoVoice("pypinyin is not installed (the extra `speech`)") from error
    return " ".join(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True))


def _samples(riff: bytes) -> tuple[Any, int]:
    """eSpeak writes to a pipe, so the header's length is a guess: what follows it counts."""
    import numpy

    with wave.open(io.BytesIO(riff)) as file:
        rate = file.getframerate()
    data = riff[44 : len(riff) - len(riff) % 2]
    return numpy.frombuffer(data, numpy.int16).astype(float), rate


def even(samples: Any, rate: int) -> bytes:
    """Brought to our rate (by its spectrum: nothing above the new limit remains) and loudness, without silence around it."""
    import numpy

    if not len(samples):
        return b""
    length = round(len(samples) * RATE / rate)
    spectrum = numpy.fft.rfft(samples)
    wanted = numpy.zeros(length // 2 + 1, complex)
    shared = min(len(spectrum), len(wanted))
    wanted[:shared] = spectrum[:shared]
    found = numpy.fft.irfft(wanted, length)
    loudest = float(numpy.abs(found).max())
    if loudest == 0:
        return b""
    sounding = numpy.nonzero(numpy.abs(found) > loudest / 100)[0]
    edge = RATE // 100
    found = found[max(0, sounding[0] - edge) : sounding[-1] + edge]
    return bytes((found / loudest * PEAK * 32767).astype("<i2").tobytes())
