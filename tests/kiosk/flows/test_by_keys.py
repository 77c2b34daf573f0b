"""A whole visit without seeing: the keypad's bytes at one end, the paper and what was said at the other."""

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hardware.interfaces import Key
from kiosk.session.states import State
from kiosk.session.view import PersonsShown, View
from kiosk.speech.guide import Guide
from kiosk.speech.line import Given
from kiosk.speech.telling import Hearing
from kiosk.speech.transcript import Spoken, Transcript

# What was pressed (>) and said, by keys of the catalogue: another wording is no other visit.
SCRIPT = Path(__file__).with_name("by_keys.txt")


class KeyBench:
    """A terminal worked by its keypad. `press` returns when the guide has heard it and the session has answered."""

    def __init__(self, bench) -> None:
        self.bench = bench
        self.said: list[Spoken | str] = []
        self.keypad = bench.devices.need_hands().keypad
        self._came = threading.Semaphore(0)
        self.guide = Guide(bench.devices.keypad, Transcript(self.said.append), bench.clock)
        self.names: set[str] = set()
        bench.shows = self._show
        self.guide.wake = self._came.release
        self.guide.join(bench.terminal.conductor.tell, bench.terminal.conductor.touched)
        self._hear()  # the first level
        self.guide.show(bench.terminal.conductor.view)

    def _show(self, view: View) -> None:
        if isinstance(view.shown, PersonsShown):
            self.names |= {name for person in view.shown.persons for name in (person.name, person.kana) if name}
        self.guide.show(view)

    def _hear(self, times: int = 1) -> None:
        for _ in range(times):
            assert self._came.acquire(timeout=20)
        self.guide.turn()
        self.bench.terminal.conductor.drain()

    def press(self, *keys: str) -> "KeyBench":
        for key in keys:
            self.said.append(f"> {key}")
            self.bench.clock.ahead += 1  # nobody presses twice within a third of a second
            self.keypad.press(Key(key))
            self._hear(2)
        return self

    def headphones(self, inserted: bool) -> "KeyBench":
        self.said.append(f"> headphones {'in' if inserted else 'out'}")
        self.keypad.headphones(inserted)
        self._hear()
        return self

    def hold_help(self) -> "KeyBench":
        self.said.append("> help, held")
        self.keypad.hold(Key.HELP)
        self._hear()
        self.bench.clock.ahead += 3.5
        self.guide.turn()
        self.keypad.let_go(Key.HELP)
        self._hear()
        return self

    def until(self, state: State) -> "KeyBench":
        self.bench.until(state)
        return self

    def by_hand(self, script: str) -> "KeyBench":
        self.said.append(f"> {script}")
        self.bench.follow(script)
        return self

    @property
    def last(self) -> list[str]:
        """What was said since the last key."""
        found: list[str] = []
        for said in reversed(self.said):
            if isinstance(said, str):
                break
            found.insert(0, str(said))
        return found


@pytest.fixture
def keys(network, tmp_path, bench_type) -> Iterator[KeyBench]:
    town = msgspec.structs.replace(network.settings.town, services=("copy",), ordinance=(), languages=("ja", "en"))  # the script names them
    settings = msgspec.structs.replace(network.settings, town=town)
    made = bench_type(settings, tmp_path / "state", "simulated:custom-vkp80?baud=0", keypad="simulated:")
    yield KeyBench(made.until(State.ATTRACT))
    made.close()


def walk_to(keys: KeyBench, words: str) -> None:
    """Down until it is said."""
    for _ in range(40):
        keys.press("down")
        if keys.last and words in keys.last[-1]:
            return
    raise AssertionError(f"{words} is nowhere: {keys.last}")


def written(said: Spoken | str) -> str:
    if isinstance(said, str):
        return said
    parts = (part.text if isinstance(part, Given) else " ".join([part.key, *(f"{n}={v}" for n, v in part.values)]) for part in said.parts)
    return f"{'ears' if said.headphones else 'room'}: {' / '.join(parts)}"


def copy_by_keys(keys: KeyBench) -> None:
    """To the paper in the mouth: every step by a key, but for the card."""
    keys.press("select")  # attract: anywhere
    keys.press("1")  # the first service
    keys.until(State.INSERT_CARD).by_hand("card hanako").until(State.ENTER_PIN)
    keys.press("1", "2", "3", "4", "select")
    keys.until(State.CHOOSE_PERSONS)
    walk_to(keys, "次へ")
    keys.press("select").until(State.CHOOSE_ITEMS)
    keys.press("1", "back").until(State.CHOOSE_PERSONS)
    walk_to(keys, "次へ")
    keys.press("select").until(State.CHOOSE_ITEMS)
    keys.press("1")  # and away again
    walk_to(keys, "次へ")
    keys.press("select").until(State.CHOOSE_COPIES)
    walk_to(keys, "次へ")
    keys.press("select").until(State.CONFIRM)
    walk_to(keys, "発行する")
    keys.press("select").until(State.TAKE_CARD)
    keys.by_hand("pull").until(State.TAKE_PAPER)


def test_the_whole_visit_is_said_as_its_script_says(keys: KeyBench) -> None:
    keys.headphones(True)
    copy_by_keys(keys)
    keys.by_hand("take").until(State.RECEIPT)
    walk_to(keys, "不要です")
    keys.press("select").until(State.GOODBYE)
    assert len(keys.bench.papers) == 1
    assert [written(said) for said in keys.said] == SCRIPT.read_text(encoding="utf-8").splitlines()


def test_the_same_by_loudspeaker_names_nobody_and_counts_no_digit(keys: KeyBench) -> None:
    keys.hold_help()
    assert keys.guide.telling.hearing is Hearing.ROOM
    copy_by_keys(keys)
    assert len(keys.bench.papers) == 1
    spoken = [said for said in keys.said if isinstance(said, Spoken)]
    assert {said.headphones for said in spoken} == {False}
    words = " ".join(str(said) for said in spoken)
    assert keys.names
    assert [name for name in keys.names if name in words] == []
    assert "桁、入力" not in words
    assert "選択されています" not in " ".join(str(said) for said in spoken if "人目" in str(said))
