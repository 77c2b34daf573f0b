"""What comes out of the sound cards, sample by sample, and how fast it ends."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware.errors import SoundLost
from hardware.simulated.sound import SimulatedSound
from kiosk.speech.clips import RATE, Clips
from kiosk.speech.line import Given, Part, Phrase
from kiosk.speech.pace import Pace, softened
from kiosk.speech.saying import clips
from kiosk.speech.speaker import PERIOD, SoundSpeaker, Voices

TITLE, NEXT, MORE = Phrase("enter_pin.title"), Phrase("frame.next"), Phrase("warning.more")
# Of different lengths, and no two samples alike enough to be taken for each other.
WORDS = {TITLE: b"\x10\x01" * 5000, NEXT: b"\x20\x02" * 3000, MORE: b"\x30\x03" * 2000}


class Lost:
    """A card that went away."""

    rate = RATE

    def write(self, samples: bytes) -> None:
        raise SoundLost("gone")

    def drop(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def recorded(tmp_path: Path) -> Clips:
    made = Clips(tmp_path)
    for part, samples in WORDS.items():
        for language in ("ja", "en"):
            made.keep(clips(part, language)[0], samples)
            made.note(language, "test")
    return made


@pytest.fixture
def speak() -> Iterator[Callable[..., SoundSpeaker]]:
    made: list[SoundSpeaker] = []

    def one(voices: Voices, room: object, ears: object, **others: object) -> SoundSpeaker:
        made.append(SoundSpeaker(voices, room, ears, **others))  # type: ignore[arg-type]
        made[-1].pace(Pace(volume=4))
        return made[-1]

    yield one
    for speaker in made:
        speaker.close()


def done(speaker: SoundSpeaker) -> None:
    assert speaker.quiet.wait(20)


def said(sound: SimulatedSound, part: Part) -> bool:
    return WORDS[part] in bytes(sound.heard)  # type: ignore[index]


def test_lines_come_one_after_the_other(recorded: Clips, speak: Callable[..., SoundSpeaker]) -> None:
    room, ears = SimulatedSound(), SimulatedSound()
    speaker = speak(Voices(recorded, None), room, ears)
    speaker.say([TITLE, NEXT], "ja", False)
    speaker.say([MORE], "ja", False)
    done(speaker)
    heard = bytes(room.heard)
    assert -1 < heard.find(WORDS[TITLE]) < heard.find(WORDS[NEXT]) < heard.find(WORDS[MORE])
    assert not ears.heard


def test_headphones_have_a_card_of_their_own(recorded: Clips, speak: Callable[..., SoundSpeaker]) -> None:
    room, ears = SimulatedSound(), SimulatedSound()
    speaker = speak(Voices(recorded, None), room, ears)
    speaker.say([TITLE], "ja", True)
    done(speaker)
    assert said(ears, TITLE)
    assert not room.heard


def test_hushed_within_a_tenth_of_a_second(recorded: Clips, speak: Callable[..., SoundSpeaker]) -> None:
    """Counted in samples of a card that plays only when it is told: what it takes after the hush is at most one period."""
    card = SimulatedSound(paced=True)
    speaker = speak(Voices(recorded, None), card, card)
    speaker.say([TITLE], "ja", False)
    speaker.say([NEXT], "ja", False)
    assert card.filled(card.buffer)
    card.hear(1000)
    assert card.filled(card.buffer - PERIOD // 2)
    speaker.hush()
    before = len(card.heard)
    card.hear(PERIOD // 2)  # lets the thread go on, if it waited for room
    done(speaker)
    assert card.waiting == 0
    assert len(card.heard) - before <= 2 * 2400 * RATE / 24_000
    assert not said(card, NEXT)
    card.end()


def test_after_a_hush_it_speaks_again(recorded: Clips, speak: Callable[..., SoundSpeaker]) -> None:
    card = SimulatedSound()
    speaker = speak(Voices(recorded, None), card, card)
    speaker.say([TITLE] * 50, "ja", False)
    speaker.hush()
    speaker.say([NEXT], "ja", False)
    done(speaker)
    assert said(card, NEXT)
    assert bytes(card.heard).count(WORDS[TITLE]) < 50


def test_volume_is_in_what_is_heard(recorded: Clips, speak: Callable[..., SoundSpeaker]) -> None:
    card = SimulatedSound()
    speaker = speak(Voices(recorded, None), card, card)
    speaker.pace(Pace())
    speaker.say([TITLE], "ja", False)
    done(speaker)
    assert softened(WORDS[TITLE], Pace().decibels) in bytes(card.heard)


def test_names_are_said_by_a_living_voice_and_left_out_without_one(recorded: Clips, speak: Callable[..., SoundSpeaker]) -> None:
    said_live: list[str] = []

    def voice(text: str) -> bytes:
        said_live.append(text)
        return b"\x40\x04" * 1000

    card = SimulatedSound()
    speaker = speak(Voices(recorded, lambda: voice), card, card)
    speaker.say([Given("ヤマダ　ハナコ"), NEXT], "en", True)
    done(speaker)
    assert said_live == ["ヤマダ　ハナコ"]
    assert b"\x40\x04" * 1000 in bytes(card.heard)
    other = SimulatedSound()
    dumb = speak(Voices(recorded, None), other, other)
    dumb.say([Given("ヤマダ　ハナコ"), NEXT], "en", True)
    done(dumb)
    assert said(other, NEXT)


def test_a_missing_clip_is_told_once_and_left_out(recorded: Clips, speak: Callable[..., SoundSpeaker]) -> None:
    missing: list[str] = []
    card = SimulatedSound()
    speaker = speak(Voices(recorded, None, missing.append), card, card)
    speaker.say([Phrase("frame.back"), Phrase("frame.back"), NEXT], "ja", False)
    done(speaker)
    assert missing == ["ja/frame.back"]
    assert said(card, NEXT)


def test_a_language_without_clips_is_spoken_in_english(recorded: Clips, speak: Callable[..., SoundSpeaker]) -> None:
    voices = Voices(recorded, None)
    assert (voices.language("fil"), voices.language("ja")) == ("en", "ja")
    assert voices.can("fil")
    assert not Voices(Clips(Path("/nowhere")), None).can("ja")


def test_a_card_that_is_lost_is_told_and_nothing_falls(recorded: Clips, speak: Callable[..., SoundSpeaker]) -> None:
    lost: list[bool] = []
    speaker = speak(Voices(recorded, None), Lost(), Lost(), lost=lambda: lost.append(True))
    speaker.say([TITLE], "ja", False)
    speaker.say([NEXT], "ja", False)
    done(speaker)
    assert lost == [True, True]


def test_between_visits_the_card_is_let_go(recorded: Clips, speak: Callable[..., SoundSpeaker]) -> None:
    card = SimulatedSound()
    speaker = speak(Voices(recorded, None), card, card)
    speaker.say([TITLE], "ja", False)
    done(speaker)
    assert card.opened
    speaker.rest()
    done(speaker)
    assert not card.opened
