"""Every phrase is a clip, or is joined from clips, and the list of all of them is whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.screens.gallery import all_cases
from kiosk.speech.line import Given, Phrase, phrase
from kiosk.speech.reading import layers, reading
from kiosk.speech.saying import NUMBERS, amount, clips, fixed, text
from kiosk.words import LANGUAGES, catalogue


def ids(part: Phrase | Given, language: str = "ja") -> list[str]:
    return [clip.id for clip in clips(part, language)]


def test_words_without_places_are_one_clip() -> None:
    assert ids(Phrase("enter_pin.title")) == ["enter_pin.title"]


def test_a_small_number_is_in_its_clip_as_it_is_said_there() -> None:
    (clip,) = clips(phrase("enter_pin.tries", tries=2), "ja")
    assert (clip.id, clip.text) == ("enter_pin.tries@tries=2", "あと2回まちがえると使えなくなります。")


def test_a_time_an_amount_and_a_code_are_joined() -> None:
    assert ids(phrase("closed.hours", opens="08:30", closes="17:00")) == [
        "speech.closed.hours#0",
        "speech.hour@hour=8",
        "speech.minute@minute=30",
        "speech.closed.hours#1",
        "speech.hour.sharp@hour=17",
        "speech.closed.hours#2",
    ]
    assert ids(phrase("confirm.fee", fee=1350)) == ["number.1000", "number.300", "number.50", "confirm.fee#1"]
    assert ids(phrase("closed.code", code="T01-47")) == ["closed.code#0", "letter.T", "number.0", "number.1", "number.4", "number.7"]


def test_a_number_that_has_no_clip_is_joined() -> None:
    assert ids(phrase("confirm.pages", pages=131)) == ["confirm.pages#0", "number.100", "number.31", "confirm.pages#1"]


def test_a_sign_on_a_button_has_words_for_ears() -> None:
    assert catalogue("ja")["choose_copies.more"] == "＋"
    assert ids(Phrase("choose_copies.more")) == ["speech.choose_copies.more"]


def test_a_language_is_named_by_its_own_voice() -> None:
    (clip,) = clips(Phrase("language.ja", language="ja"), "en")
    assert (clip.language, clip.text) == ("ja", "日本語")


def test_the_name_of_a_given_clip_says_nothing() -> None:
    (clip,) = clips(Given("ヤマダ　ハナコ"), "en")
    assert clip.id.removeprefix("given.").isalnum()
    assert clip.language == "ja"


@given(st.integers(0, 99_999))
def test_an_amount_is_the_sum_of_its_clips(number: int) -> None:
    assert sum(amount(number)) == number
    assert set(amount(number)) <= set(NUMBERS)


@given(st.integers(100_000, 10**9))
def test_a_larger_one_is_said_digit_by_digit(number: int) -> None:
    assert "".join(str(digit) for digit in amount(number)) == str(number)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_clips_have_one_name(language: str) -> None:
    found = [clip.id for clip in fixed(language)]
    assert len(found) == len(set(found)) > 500


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_any_screen_says_is_in_the_list_that_is_recorded(language: str) -> None:
    recorded = {(clip.language, clip.id): clip for each in LANGUAGES for clip in fixed(each)}
    for state, name, view in all_cases():
        for layer in ("", *layers(view)):
            for item in reading(view, layer):
                for part in (*item.line.parts, *(item.line.aloud or ())):
                    for clip in clips(part, language):
                        assert clip.id.startswith("given.") or recorded.get((clip.language, clip.id)) == clip, (state, name, clip)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_for_ears_only_are_all_said_somewhere(language: str) -> None:
    """What begins with `speech.` and another key, and what only the voice says; of the last the source names each."""
    words = catalogue(language)
    own = {key for key in words if key.startswith("speech.") and key.removeprefix("speech.") not in words}
    assert {key.partition(".")[2].partition(".")[0] for key in own} <= {
        *("blank", "chosen", "enter_pin", "fallback", "faster", "hour", "keys", "louder", "minute", "number"),
        *("off", "on", "person", "private", "rate", "repeat", "slower", "softer", "volume"),
    }


def test_a_log_reads_as_it_sounds() -> None:
    assert text(phrase("closed.hours", opens="08:30", closes="17:00"), "ja") == "平日、08:30から17:00まで"
    assert text(Phrase("attract.title"), "ja") == "どこにお住まいでも証明書を受け取れます"
    assert text(Phrase("attract.title"), "en").count(" ") > 3
