"""The field's driver on a pipe that carries what a device does."""

import os
import queue
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.interfaces import Key, KeypadLevel
from hardware.keypad.evdev import EvdevKeypad, plugged
from hardware.simulated.keypad import SimulatedKeypad

HERE, PLUGGED, AWAY = KeypadLevel(True, False), KeypadLevel(True, True), KeypadLevel(False, False)


class Watched:
    def __init__(self, path: Path) -> None:
        self.told: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.driver = EvdevKeypad(str(path))
        self.driver.watch(lambda key, down: self.told.put((key, down)), self.told.put)

    def next(self) -> object:
        return self.told.get(timeout=10)


@pytest.fixture
def keypad() -> Iterator[SimulatedKeypad]:
    made = SimulatedKeypad()
    yield made
    made.close()


@pytest.fixture
def watched(keypad: SimulatedKeypad) -> Iterator[Watched]:
    made = Watched(keypad.path)
    yield made
    made.driver.close()


def test_each_key_down_and_up(keypad: SimulatedKeypad, watched: Watched) -> None:
    assert watched.next() == HERE
    for key in Key:
        keypad.press(key)
        assert [watched.next(), watched.next()] == [(key, True), (key, False)]


def test_headphones_are_a_level(keypad: SimulatedKeypad, watched: Watched) -> None:
    assert watched.next() == HERE
    keypad.headphones(True)
    keypad.headphones(True)  # again: no news
    keypad.headphones(False)
    keypad.press(Key.HELP)
    assert [watched.next() for _ in range(3)] == [PLUGGED, HERE, (Key.HELP, True)]


def test_headphones_that_were_in_before_are_known(keypad: SimulatedKeypad) -> None:
    keypad.unplug()
    keypad.headphones(True)
    keypad.plug()
    watched = Watched(keypad.path)
    try:
        while watched.next() != PLUGGED:
            pass
    finally:
        watched.driver.close()


def test_a_keypad_that_is_pulled_is_away_and_comes_back(keypad: SimulatedKeypad, watched: Watched) -> None:
    assert watched.next() == HERE
    keypad.unplug()
    assert watched.next() == AWAY
    keypad.press(Key.UP)  # nobody hears that
    keypad.plug()
    assert watched.next() == HERE
    keypad.press(Key.DOWN)
    assert watched.next() == (Key.DOWN, True)


def test_a_keypad_that_was_never_there_is_a_level(tmp_path: Path) -> None:
    watched = Watched(tmp_path / "nothing")
    assert watched.next() == AWAY
    watched.driver.close()
    watched.driver.close()  # twice is fine


def test_an_event_in_two_pieces(keypad: SimulatedKeypad, watched: Watched) -> None:
    assert watched.next() == HERE
    event = struct.pack("@llHHi", 0, 0, 1, 103, 1)
    wire = os.open(keypad.path, os.O_WRONLY)
    try:
        os.write(wire, event[:7])
        os.write(wire, event[7:])
    finally:
        os.close(wire)
    assert watched.next() == (Key.UP, True)


def test_what_has_no_switch_has_no_headphones(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    device = os.open(file, os.O_RDONLY)
    try:
        assert not plugged(device)
    finally:
        os.close(device)
