"""A scripted resident: reads steps, waits until each can be done, does it with the same hands as a person.

One step a line; # begins a remark.
    tap ID              press what has this id (waits until it is there)          tap service.copy
    see STATE           wait until the terminal shows this state                  see choose_persons
    gone ID             wait until nothing of this id can be pressed any more     gone slip.print
    card CASE           put in the simulated card of this name                    card hanako
    pull                take the card out
    pin DIGITS          press the digits and the main button                      pin 1234
    take                take the paper out of the mouth
    key NAME            press a key of the keypad: a digit, up, down, select, back or help
    wait SECONDS        stand there
    hands WORK [N]      anything else the simulated devices can be made to do     hands paper_out 400
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from hardware.errors import SettingsError
from kiosk.session.view import View


class ScriptFailed(Exception):
    """A step could not be done in time. Says the step, its line and what was there instead."""


@dataclass(frozen=True)
class Step:
    line: int
    verb: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"line {self.line}: {' '.join((self.verb, *self.words))}"


class Hands(Protocol):
    """What a person at the terminal, or an engineer behind it, can do to simulated devices."""

    def insert(self, case: str) -> None: ...
    def pull(self) -> None: ...
    def take_paper(self) -> None: ...
    def press(self, key: str) -> None: ...
    def work(self, name: str, *numbers: int) -> None:
        """Anything else, by name; raises SettingsError for a name that does not exist."""


# verb -> least and most words after it
VERBS = {
    "tap": (1, 1),
    "see": (1, 1),
    "gone": (1, 1),
    "card": (1, 1),
    "pull": (0, 0),
    "pin": (1, 1),
    "take": (0, 0),
    "key": (1, 1),
    "wait": (1, 1),
    "hands": (1, 2),
}
# Longest wait for a step's condition, seconds.
PATIENCE = 60.0


def read_script(text: str, name: str) -> list[Step]:
    """Raises SettingsError with file and line."""
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        verb, *words = line.split("#")[0].split() or [""]
        if not verb:
            continue
        least, most = VERBS.get(verb, (-1, -1))
        if not least <= len(words) <= most:
            raise SettingsError(f"{name}:{number}: `{line.strip()}` is no step; known are {', '.join(VERBS)}")
        steps.append(Step(number, verb, tuple(words)))
    return steps


def load_script(path: Path) -> list[Step]:
    try:
        return read_script(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}; a script file is needed") from error


class Resident:
    """`step(view)` is called again and again; it does what can be done and says whether the script is at its end."""

    def __init__(self, steps: list[Step], hands: Hands, tap: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._hands, self._tap, self._clock = hands, tap, clock
        self._seen = ""  # the wait that has begun
        self._until = 0.0
        self._patience = 0.0
        self._view: View | None = None
        self._course = self._go(steps)
        self.done = False

    def step(self, view: View) -> bool:
        """Raises ScriptFailed."""
        self._view = view
        if not self.done:
            self.done = next(self._course, True)
        return self.done

    def _go(self, steps: list[Step]) -> Iterator[bool]:
        """Yields False each time it has to wait."""
        for step in steps:
            for one in self._parts(step):
                self._patience = self._clock() + PATIENCE
                while not self._can(one):
                    if self._clock() > self._patience:
                        state = self._view.state if self._view else "nothing"
                        raise ScriptFailed(f"{step}: not possible within {PATIENCE:.0f} s; the terminal shows {state}")
                    yield False
                self._do(one)
                yield False

    def _parts(self, step: Step) -> Iterator[Step]:
        if step.verb != "pin":
            yield step
            return
        for digit in step.words[0]:
            yield Step(step.line, "tap", (f"pin.{digit}",))
        yield Step(step.line, "tap", ("pin.done",))

    def _can(self, step: Step) -> bool:
        view = self._view
        if view is None:
            return False
        match step.verb:
            case "tap":
                return step.words[0] in view.actions
            case "see":
                return view.state == step.words[0]
            case "gone":
                return step.words[0] not in view.actions
            case "wait":
                if self._seen != str(step):
                    self._seen = str(step)
                    self._until = self._clock() + float(step.words[0])
                return self._clock() >= self._until
        return True

    def _do(self, step: Step) -> None:
        match step.verb:
            case "tap":
                self._tap(step.words[0])
            case "card":
                self._hands.insert(step.words[0])
            case "pull":
                self._hands.pull()
            case "take":
                self._hands.take_paper()
            case "key":
                self._hands.press(step.words[0])
            case "hands":
                self._hands.work(step.words[0], *(int(word) for word in step.words[1:]))
