"""Clips on disk, made by whatever voice."""

import json
import wave
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.speech.build import make
from kiosk.speech.clips import RATE, Clips, folder_of
from kiosk.speech.line import Phrase, phrase
from kiosk.speech.saying import clips, fixed, given
from kiosk.speech.synthesis import PEAK, NoVoice, voice_of

TITLE, TRIES = clips(Phrase("enter_pin.title"), "ja")[0], clips(phrase("enter_pin.tries", tries=2), "ja")[0]
SAMPLES = bytes(range(200))


@pytest.fixture
def kept(tmp_path: Path) -> Clips:
    made = Clips(tmp_path)
    made.keep(TITLE, SAMPLES)
    made.note("ja", "somebody")
    return made


def test_what_was_kept_is_there(kept: Clips, tmp_path: Path) -> None:
    assert Clips(tmp_path).samples(TITLE) == SAMPLES
    assert Clips(tmp_path).speaks("ja")
    assert Clips(tmp_path).samples(TRIES) is None


def test_a_clip_of_other_words_is_none(kept: Clips, tmp_path: Path) -> None:
    assert Clips(tmp_path).samples(replace(TITLE, text="数字を入れてください")) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"clips": 3}', "\x00"])
def test_a_folder_that_is_none_of_ours_has_no_clips(tmp_path: Path, content: str) -> None:
    (tmp_path / "ja").mkdir()
    (tmp_path / "ja" / "voice.json").write_text(content)
    assert not Clips(tmp_path).speaks("ja")
    assert Clips(tmp_path).samples(TITLE) is None


def test_a_file_that_is_no_sound_of_ours_is_no_clip(kept: Clips, tmp_path: Path) -> None:
    kept.path(TITLE).write_bytes(b"RIFF")
    assert Clips(tmp_path).samples(TITLE) is None
    with wave.open(str(kept.path(TITLE)), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(SAMPLES)
    assert Clips(tmp_path).samples(TITLE) is None
    kept.path(TITLE).unlink()
    assert Clips(tmp_path).samples(TITLE) is None


def test_where_the_settings_say_or_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert folder_of("/somewhere") == Path("/somewhere")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert folder_of("") == tmp_path / "juki-kiosk" / "speech"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_handful_is_synthesised_once_and_of_new_words_again(tmp_path: Path, language: str) -> None:
    wanted = [clip for clip in fixed(language) if clip.id in ("enter_pin.title", "frame.next", "number.7")]
    assert make(Clips(tmp_path), language, wanted) == (3, 0)
    assert make(Clips(tmp_path), language, wanted) == (0, 0)
    assert make(Clips(tmp_path), language, [replace(wanted[0], text="8"), *wanted[1:]]) == (1, 0)
    assert make(Clips(tmp_path), language, wanted[1:]) == (0, 1)
    found = Clips(tmp_path).samples(wanted[1])
    assert found is not None
    values = memoryview(found).cast("h")
    assert 0.2 < len(values) / RATE < 4
    assert max(abs(value) for value in values) == pytest.approx(PEAK * 32767, rel=0.01)


def test_names_of_the_settings_stay_when_phrases_are_made_anew(tmp_path: Path) -> None:
    name = given("垂井町")
    assert make(Clips(tmp_path), "ja", [name], only=False) == (1, 0)
    assert make(Clips(tmp_path), "ja", [TITLE]) == (1, 0)
    assert Clips(tmp_path).has(name)
    assert "垂井町" not in (tmp_path / "ja" / "voice.json").read_text()
    assert json.loads((tmp_path / "ja" / "voice.json").read_text())["voice"].startswith("Open JTalk")


def test_a_language_without_a_voice_says_so() -> None:
    with pytest.raises(NoVoice, match="fil"):
        voice_of("fil")


def test_chinese_is_read_by_its_sounds() -> None:
    from kiosk.speech.synthesis import pinyin

    assert pinyin("请输入密码").split() == ["qing3", "shu1", "ru4", "mi4", "ma3"]
