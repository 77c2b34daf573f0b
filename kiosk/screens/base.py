"""What all screens share: a header that says where in the visit we are, the screen's own part, and a footer that never moves.

A screen shows a View and tells the events of its actions; it knows nothing else. It is built for one state entered and one language, and
dropped whole; within that, a new View only changes what depends on it (kv expressions over `root.view`).
"""

from collections.abc import Callable
from importlib.resources import as_file, files
from typing import ClassVar

from kivy.lang import Builder
from kivy.metrics import mm
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.style import Kind
from kiosk.screens.widgets import Lines, Press, Push
from kiosk.session.events import Event
from kiosk.session.view import View
from kiosk.words import Words

# The five parts of a visit, as the header counts them.
STAGES = ("card", "pin", "choice", "confirm", "paper")


def load_kv(*names: str) -> None:
    """Loads `NAME.kv` from beside this file, once a process."""
    for name in names:
        with as_file(files("kiosk.screens").joinpath(f"{name}.kv")) as path:
            if str(path) not in Builder.files:
                Builder.load_file(str(path))


load_kv("style", "base")


class Header(BoxLayout):
    """The terminal's name and the line of stages; empty where there is no visit."""

    name = StringProperty("")


class Stage(Lines):
    """One part of the visit: done, now, or to come."""

    done = BooleanProperty(False)
    now = BooleanProperty(False)


class Footer(BoxLayout):
    """Back at the left, help in the middle, stop at the right, languages below: at the same place on every screen."""

    back = StringProperty("")
    help = StringProperty("")
    stop = StringProperty("")


class Board(BoxLayout):
    """Shows a View by words, and tells the events of its actions."""

    view = ObjectProperty(rebind=True)

    def __init__(self, view: View, words: Words, tell: Callable[[Event], None]) -> None:
        self.words = words
        self.tell = tell
        super().__init__(view=view, orientation="vertical")
        self.compose()
        self.refresh()
        self.fbind("view", lambda *_: self.refresh())

    # -- for kv -------------------------------------------------------------------------------------------------------

    def say(self, key: str, /, **placeholders: object) -> str:
        """The words of a key."""
        return self.words.text(key, **placeholders)

    def here(self, part: str, /, **placeholders: object) -> str:
        """The words of a key of this state."""
        return self.words.text(f"{self.view.state}.{part}", **placeholders)

    # -- for the screens ----------------------------------------------------------------------------------------------

    def compose(self) -> None:
        """Adds what depends on the view's lists. Called once."""

    def refresh(self) -> None:
        """Shows what the present view offers. Called at first and with each new view."""
        for press in self.presses():
            press.pressed = self.press
            press.offer(press.action in self.view.actions)

    # -- for the window -----------------------------------------------------------------------------------------------

    def presses(self) -> list[Press]:
        return [widget for widget in self.walk(restrict=True) if isinstance(widget, Press)]

    def press(self, press: Press) -> None:
        self.act(press.action)

    def act(self, action: str) -> None:
        """Tells the action's event, unless this board is gone or the view does not offer it any more."""
        event = self.view.actions.get(action)
        if event is not None and self.parent is not None:
            self.tell(event)


class KioskScreen(Board):
    """One state's screen. `view` may be replaced by a view of the same serial and language."""

    stage: ClassVar[str] = ""
    anywhere: ClassVar[str] = ""  # the action of a touch that meets no button

    def compose(self) -> None:
        self.add_widget(self._header(), index=len(self.children))
        self.add_widget(self._footer())

    def _header(self) -> Header:
        header = Header(name=self.say("frame.name"))
        if self.stage:
            now = STAGES.index(self.stage)
            for place, stage in enumerate(STAGES):
                header.ids.stages.add_widget(Stage(words=self.say(f"stage.{stage}"), done=place < now, now=place == now))
        return header

    def _footer(self) -> Footer:
        footer = Footer(back=self.say("frame.back"), help=self.say("frame.help"), stop=self.say("frame.stop"))
        for action in self.view.actions:
            if action.startswith("language."):
                chosen = action == f"language.{self.view.language}"
                footer.ids.languages.add_widget(Push(action=action, words=self.say(action), kind=Kind.CHOICE, chosen=chosen, height=mm(18)))
        return footer
