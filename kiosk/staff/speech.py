"""Whether the terminal can speak: a sound card in the settings, and clips of every language on offer that has a voice."""

from collections.abc import Sequence

from hardware.errors import Acts
from hardware.interfaces import Keypad, Sound
from kiosk.speech.clips import Clips
from kiosk.speech.saying import fixed
from kiosk.staff.findings import Finding, Severity


def check_speech(keypad: Keypad | None, sound: Sound | None, clips: Clips, languages: Sequence[str]) -> list[Finding]:
    """None for a terminal without a keypad: nobody could ask it to speak. Visits go on without speech, so this is never BAD."""
    if keypad is None:
        return []
    if sound is None:
        return [Finding("speech.card", Severity.WARNING, Acts.CONFIGURATION)]
    whole = [language for language in languages if all(clips.has(clip) for clip in fixed(language))]
    lacking = [language for language in languages if language not in whole]
    if lacking:
        return [Finding("speech", Severity.WARNING, Acts.CONFIGURATION, {"languages": ", ".join(lacking)})]
    return [Finding("speech", Severity.GOOD, None, {"languages": ", ".join(whole)})]
