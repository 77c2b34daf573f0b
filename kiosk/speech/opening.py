"""Settings and devices -> guide. What is missing for speech is a finding (`kiosk.staff.checks.check_speech`), never an error."""

import time
from collections.abc import Callable
from pathlib import Path

from hardware.devices import Devices
from hardware.errors import SettingsError
from kiosk.conductor import Conductor
from kiosk.log import Log
from kiosk.settings import Settings
from kiosk.speech.clips import Clips, folder_of
from kiosk.speech.eyes import Eyes
from kiosk.speech.guide import Guide
from kiosk.speech.speaker import SoundSpeaker, Voices
from kiosk.speech.synthesis import NAMES_ALOUD, Voice, voice_of
from kiosk.speech.transcript import Transcript


def living_voice() -> Voice:
    """For names. Raises NoVoice."""
    return voice_of(NAMES_ALOUD)[1]


def clips_of(settings: Settings) -> Clips:
    return Clips(folder_of(str(settings.path(settings.speech.clips)) if settings.speech.clips else ""))


def open_guide(
    settings: Settings,
    devices: Devices,
    log: Log,
    eyes: Eyes | None = None,
    transcript: Path | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Guide:
    """`transcript` gets what is said, line by line, in the place of the sound card: of invented residents only, since it holds names."""
    if transcript is not None:
        if devices.hands is None or devices.hands.slot is None:
            raise SettingsError("key `devices.reader`: a transcript holds names, so it is written with simulated cards only")
        out = transcript.open("w", encoding="utf-8", buffering=1)
        return Guide(devices.keypad, Transcript(lambda spoken: print(spoken, file=out)), clock, eyes)
    voices = Voices(clips_of(settings), living_voice, lambda clip: log.event("kiosk_clip_missing", clip=clip))
    if devices.sound is None or not voices.can(settings.town.languages[0]):
        return Guide(devices.keypad, None, clock, eyes)
    ears = devices.headphones or devices.sound
    speaker = SoundSpeaker(voices, devices.sound, ears, lambda: log.event("kiosk_sound_lost"))
    return Guide(devices.keypad, speaker, clock, eyes, voices.language)


def joined(guide: Guide, conductor: Conductor) -> Guide:
    """Presses are told as those of the screen, keys count as touches, and the keypad wakes whoever sleeps until something comes."""
    guide.wake = lambda: conductor.wake()
    guide.join(conductor.tell, conductor.touched)
    return guide
