"""What of speech is not ready is said to staff."""

from pathlib import Path

import pytest

from hardware.errors import Acts
from hardware.keypad.keyboard import Keyboard
from hardware.simulated.sound import SimulatedSound
from kiosk.speech.clips import Clips
from kiosk.speech.saying import fixed
from kiosk.staff.findings import Severity
from kiosk.staff.speech import check_speech
from kiosk.words import Words


@pytest.fixture
def japanese(tmp_path: Path) -> Path:
    clips = Clips(tmp_path)
    for clip in fixed("ja"):
        clips.keep(clip, b"\x00\x01")
    clips.note("ja", "somebody")
    return tmp_path


def test_all_is_there(japanese: Path) -> None:
    (found,) = check_speech(Keyboard(), SimulatedSound(), Clips(japanese), ("ja",))
    assert found.severity is Severity.GOOD
    assert "ja" in Words("ja").text(found.key, **found.details)


def test_a_language_without_all_its_clips_is_named(japanese: Path) -> None:
    (found,) = check_speech(Keyboard(), SimulatedSound(), Clips(japanese), ("ja", "en"))
    assert (found.severity, found.acts, found.details) == (Severity.WARNING, Acts.CONFIGURATION, {"languages": "en"})
    for language in ("ja", "en"):
        assert "en" in Words(language).text(found.key, **found.details)


def test_no_sound_card_in_the_settings(tmp_path: Path) -> None:
    (found,) = check_speech(Keyboard(), None, Clips(tmp_path), ("ja",))
    assert found.severity is Severity.WARNING
    assert Words("ja").text(found.key)


def test_a_terminal_without_a_keypad_has_nothing_to_say_about_it(tmp_path: Path) -> None:
    assert check_speech(None, None, Clips(tmp_path), ("ja",)) == []
