"""Keys and plug -> presses and words, on views of the gallery and a clock that is set by hand."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hardware.interfaces import Key
from hardware.keypad.keyboard import Keyboard
from kiosk.screens.gallery import CASES, all_cases
from kiosk.session import events as on
from kiosk.session.events import Event
from kiosk.session.states import State
from kiosk.session.view import CopiesShown, PinShown, View
from kiosk.speech.guide import HOLD_SECONDS, Guide
from kiosk.speech.line import Phrase
from kiosk.speech.pace import Pace
from kiosk.speech.telling import IDLE_SECONDS, IDLE_TIMES, Hearing
from kiosk.speech.transcript import Spoken, Transcript


class Eyes:
    """Remembers where the ring is, what lies over the screen, and whether it is dark."""

    def __init__(self) -> None:
        self.ring, self.layer, self.dark = "", "", False

    def focus(self, action: str) -> None:
        self.ring = action

    def lay(self, layer: str) -> None:
        self.layer = layer

    def blank(self, dark: bool) -> None:
        self.dark = dark


class Desk:
    """A guide with everything around it. `keys` is its keypad."""

    def __init__(self, voice: bool = True, spoken: Callable[[str], str] = lambda language: language) -> None:
        self.said: list[Spoken] = []
        self.hushes = 0
        self.acts: list[Event] = []
        self.touches = 0
        self.now = 1000.0
        self.eyes, self.keys = Eyes(), Keyboard()
        speaker = Transcript(self.said.append, self._hushed) if voice else None
        self.guide = Guide(self.keys, speaker, lambda: self.now, self.eyes, spoken)
        self.guide.join(self.acts.append, self._touched)
        self.guide.turn()

    def _hushed(self) -> None:
        self.hushes += 1

    def _touched(self) -> None:
        self.touches += 1

    def show(self, view: View) -> "Desk":
        self.said.clear()
        self.guide.show(view)
        return self

    def plug(self) -> "Desk":
        self.said.clear()
        self.keys.toggle_headphones()
        self.guide.turn()
        return self

    def press(self, *keys: Key) -> "Desk":
        for key in keys:
            self.said.clear()
            self.now += 1
            self.keys.type(key, True)
            self.keys.type(key, False)
            self.guide.turn()
        return self

    def hold(self) -> "Desk":
        self.said.clear()
        self.keys.type(Key.HELP, True)
        self.guide.turn()
        self.wait(HOLD_SECONDS)
        self.keys.type(Key.HELP, False)
        self.guide.turn()
        return self

    def wait(self, seconds: float) -> "Desk":
        self.now += seconds
        self.guide.turn()
        return self

    def find(self, action: str) -> "Desk":
        """Walks there."""
        for _ in range(60):
            self.press(Key.DOWN)
            if self.eyes.ring == action:
                return self
        raise AssertionError(f"{action} cannot be walked to")

    @property
    def words(self) -> list[str]:
        """Keys of the catalogue that were said last."""
        return [part.key for spoken in self.said for part in spoken.parts if isinstance(part, Phrase)]


def case(state: State, name: str = "", number: int = 7) -> View:
    """In a visit, but for `number` 0."""
    found = dict(CASES[state])
    return replace(found[name] if name else next(iter(found.values())), number=number)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_headphones_begin_speech_and_their_end_ends_it(desk: Desk) -> None:
    desk.show(case(State.CHOOSE_ITEMS))
    assert not desk.said
    desk.plug()
    assert desk.words[:3] == ["speech.on", "speech.keys", "choose_items.title"]
    assert all(spoken.headphones for spoken in desk.said)
    before = desk.hushes
    desk.plug()
    assert desk.guide.telling.hearing is Hearing.NOBODY
    assert desk.hushes > before
    assert not desk.show(case(State.CHOOSE_COPIES)).said


def test_the_help_key_held_begins_it_by_the_loudspeaker_and_held_again_ends_it(desk: Desk) -> None:
    desk.show(case(State.CHOOSE_ITEMS)).hold()
    assert desk.words[0] == "speech.on"
    assert not any(spoken.headphones for spoken in desk.said)
    assert desk.eyes.layer == ""  # it was held, not pressed
    desk.hold()
    assert desk.words == ["speech.off"]
    assert not desk.show(case(State.CHOOSE_COPIES)).said


def test_a_key_held_a_moment_begins_nothing(desk: Desk) -> None:
    desk.show(case(State.CHOOSE_ITEMS))
    desk.keys.type(Key.HELP, True)
    desk.guide.turn()
    desk.wait(HOLD_SECONDS - 0.1)
    assert desk.guide.telling.hearing is Hearing.NOBODY


def test_headphones_out_silence_from_the_keypads_own_thread(desk: Desk) -> None:
    """Before the main thread has taken a turn."""
    desk.show(case(State.CHOOSE_PERSONS)).plug()
    before = desk.hushes
    desk.keys.toggle_headphones()
    assert desk.hushes == before + 1


@pytest.mark.parametrize("key", Key)
def test_any_key_silences_at_once_and_says_that_somebody_is_there(desk: Desk, key: Key) -> None:
    desk.show(case(State.CHOOSE_PERSONS)).plug()
    before = desk.hushes
    desk.keys.type(key, True)
    desk.guide.turn()
    assert desk.hushes > before
    assert desk.touches == 1


@pytest.mark.parametrize("view", [pytest.param(view, id=f"{state}-{name}") for state, name, view in all_cases()])
def test_every_screen_is_read_when_it_comes_and_every_press_is_reached_by_walking(desk: Desk, view: View) -> None:
    desk.plug().show(replace(view, number=7))
    assert desk.said
    reached = set()
    for _ in range(120):
        desk.press(Key.DOWN)
        reached.add(desk.eyes.ring)
    layers = ("language.", "ease.", "help.")
    wanted = {action for action in view.actions if not action.startswith(layers) and not action.removeprefix("pin.").isdigit()}
    assert (wanted if view.countdown is None else {"more_time"}) <= reached


def test_read_again_after_silence_but_not_for_ever(desk: Desk) -> None:
    desk.plug().show(case(State.INSERT_CARD))
    for _ in range(IDLE_TIMES):
        desk.said.clear()
        desk.wait(IDLE_SECONDS - 1)
        assert not desk.said
        desk.wait(1)
        assert "insert_card.title" in desk.words
    desk.said.clear()
    desk.wait(10 * IDLE_SECONDS)
    assert not desk.said
    desk.press(Key.DOWN)
    desk.said.clear()
    desk.wait(IDLE_SECONDS)
    assert desk.said


def test_nobody_is_spoken_to_for_ever_by_the_loudspeaker_before_a_visit(desk: Desk) -> None:
    desk.show(case(State.ATTRACT, number=0)).hold()
    for _ in range(IDLE_TIMES + 1):
        desk.wait(IDLE_SECONDS)
    assert desk.guide.telling.hearing is Hearing.NOBODY


def test_help_explains_and_pressed_again_reads_the_screen_anew(desk: Desk) -> None:
    desk.plug().show(case(State.INSERT_CARD)).press(Key.HELP)
    assert desk.eyes.layer == "open.help"
    assert "help.insert_card" in desk.words
    desk.press(Key.HELP)
    assert desk.eyes.layer == ""
    assert desk.words[0] == "insert_card.title"


def test_back_goes_back_and_from_a_layer_to_the_screen(desk: Desk) -> None:
    view = case(State.CHOOSE_ITEMS)
    desk.plug().show(view).press(Key.HELP, Key.BACK)
    assert desk.eyes.layer == ""
    assert on.Back() not in desk.acts
    desk.press(Key.BACK)
    assert desk.acts[-1] == on.Back()


def test_select_presses_what_has_the_ring(desk: Desk) -> None:
    view = case(State.CHOOSE_COPIES, "two")
    desk.plug().show(view).find("copies.more").press(Key.SELECT)
    assert desk.acts[-1] == on.CopiesChanged(1)


def test_of_a_screen_that_changed_only_what_is_new_is_said_and_the_ring_stays(desk: Desk) -> None:
    view = case(State.CHOOSE_COPIES, "two")
    desk.plug().show(view).find("copies.less")
    desk.show(replace(view, shown=CopiesShown(1, 3)))
    assert desk.words == ["choose_copies.count"]
    assert desk.eyes.ring == "copies.less"


def test_a_second_press_within_a_moment_is_a_trembling_hand(desk: Desk) -> None:
    view = case(State.CHOOSE_ITEMS)
    desk.plug().show(view)
    desk.acts.clear()
    for _ in range(2):
        desk.keys.type(Key.K1, True)
        desk.keys.type(Key.K1, False)
    desk.guide.turn()
    assert len(desk.acts) == 1


def test_digits_go_to_the_pin_and_which_is_never_said(desk: Desk) -> None:
    view = case(State.ENTER_PIN, "empty")
    desk.plug().show(view)
    desk.acts.clear()
    said = []
    for number, key in enumerate((Key.K7, Key.K3), 1):
        desk.press(key)
        assert not desk.said  # a key alone says nothing
        assert isinstance(view.shown, PinShown)
        desk.show(replace(view, shown=replace(view.shown, entered=number)))
        said.append([str(spoken) for spoken in desk.said])
    assert desk.acts == [on.PinKey(7), on.PinKey(3)]
    assert said == [["ears: 1桁、入力しました"], ["ears: 2桁、入力しました"]]


def test_the_loudspeaker_counts_no_digit(desk: Desk) -> None:
    view = case(State.ENTER_PIN, "empty")
    desk.show(view).hold().press(Key.K7)
    assert isinstance(view.shown, PinShown)
    desk.show(replace(view, shown=replace(view.shown, entered=1)))
    assert not desk.said


def test_a_whole_pin_takes_no_further_digit_and_select_sends_it(desk: Desk) -> None:
    empty, full = case(State.ENTER_PIN, "empty"), case(State.ENTER_PIN, "full")
    desk.plug().show(empty).show(full)
    desk.acts.clear()
    desk.press(Key.K5)
    assert not desk.acts
    assert desk.eyes.ring == "pin.done"
    desk.press(Key.SELECT)
    assert desk.acts == [on.Forward()]


def test_pace_and_loudness_are_told_heard_and_gone_with_the_visit(desk: Desk) -> None:
    view = case(State.INSERT_CARD)
    desk.plug().show(view).press(Key.HELP).find("speech.faster").press(Key.SELECT)
    assert desk.words == ["speech.rate"]
    assert desk.said[0].pace == Pace().faster(1)
    desk.find("speech.louder").press(Key.SELECT)
    assert desk.said[0].pace == Pace().faster(1).louder(1)
    desk.find("speech.blank").press(Key.SELECT)
    assert desk.eyes.dark
    desk.show(case(State.ATTRACT, number=0))
    assert {spoken.pace for spoken in desk.said} == {Pace()}
    assert not desk.eyes.dark
    assert desk.guide.telling.hearing is Hearing.EARS  # the plug is still in


def test_the_loudspeaker_falls_silent_with_the_visit(desk: Desk) -> None:
    desk.show(case(State.INSERT_CARD)).hold()
    desk.show(case(State.ATTRACT, number=0))
    assert desk.guide.telling.hearing is Hearing.NOBODY
    assert not desk.said


def test_who_listens_gets_three_times_the_time_once(desk: Desk) -> None:
    view = case(State.INSERT_CARD)
    desk.show(view).plug()
    (given,) = [event for event in desk.acts if isinstance(event, on.EaseChosen)]
    assert given.ease.slow
    desk.show(replace(view, ease=given.ease)).show(view)  # taken back by the resident
    assert len(desk.acts) == 1


def test_without_a_voice_keys_work_all_the_same() -> None:
    desk = Desk(voice=False)
    desk.plug().show(case(State.CHOOSE_COPIES, "two")).press(Key.DOWN)
    assert desk.eyes.ring == "copies.less"
    desk.press(Key.DOWN, Key.SELECT)
    assert desk.acts == [on.CopiesChanged(1)]
    desk.hold()
    assert desk.guide.telling.hearing is Hearing.NOBODY


def test_the_ring_is_there_while_keys_are_used_and_goes_with_a_finger(desk: Desk) -> None:
    desk.show(case(State.CHOOSE_COPIES, "two"))
    assert desk.eyes.ring == ""
    desk.press(Key.DOWN)
    assert desk.eyes.ring == "copies.less"
    desk.guide.touched()
    assert desk.eyes.ring == ""


def test_a_language_without_a_voice_is_told_once_and_read_in_another() -> None:
    desk = Desk(spoken=lambda language: "en")
    desk.plug()
    desk.show(case(State.INSERT_CARD))
    assert desk.words[0] == "speech.fallback"
    assert {spoken.language for spoken in desk.said} == {"en"}
    assert "speech.fallback" not in desk.show(case(State.CHOOSE_ITEMS)).words


def test_a_warning_is_read_and_its_seconds_are_not(desk: Desk) -> None:
    view = case(State.CHOOSE_PERSONS, "warning")
    desk.plug().show(view)
    assert desk.words[:2] == ["warning.title", "warning.lead"]
    assert not desk.show(replace(view, countdown=41)).said
