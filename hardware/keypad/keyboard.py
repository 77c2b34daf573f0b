"""The development machine's keyboard in the keypad's place: whoever gets its keys (the window) types them in here."""

from collections.abc import Callable

from hardware.interfaces import Key, KeypadLevel


class Keyboard:
    def __init__(self) -> None:
        self._key: Callable[[Key, bool], None] = lambda key, down: None
        self._level: Callable[[KeypadLevel], None] = lambda level: None
        self._headphones = False

    def watch(self, key: Callable[[Key, bool], None], level: Callable[[KeypadLevel], None]) -> None:
        self._key, self._level = key, level
        level(KeypadLevel(connected=True, headphones=self._headphones))

    def type(self, key: Key, down: bool) -> None:
        self._key(key, down)

    def toggle_headphones(self) -> None:
        """No keyboard knows of a plug: a key says so."""
        self._headphones = not self._headphones
        self._level(KeypadLevel(connected=True, headphones=self._headphones))

    def close(self) -> None:
        self._key = lambda key, down: None
        self._level = lambda level: None
