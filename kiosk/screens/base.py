"""What all screens share: a header that says where in the visit we are, the screen's own part, and a footer that never moves.

A screen shows a View and tells the events of its actions; it knows nothing else. It is built for one state entered and one language, and
dropped whole; within that, a new View only changes what depends on it (kv expressions over `root.view`).
"""

from collections.abc import Callable
from importlib.resources import as_file, files
from typing import ClassVar

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.content import Column, Content
from kiosk.screens.looking import look
from kiosk.screens.widgets import Lines, Press
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
    """Back at the left, help in the middle, stop at the right, language and display below (on a wide screen beside): at the same place on
    every screen."""

    back = StringProperty("")
    help = StringProperty("")
    stop = StringProperty("")


class Globe(Widget):
    """The sign for languages, for those who can read none of those on the screen."""


class Glyphs(Widget):
    """A large and a small letter: the sign for how the screen looks."""


class Opener(Press, BoxLayout):
    """A button with a sign and words."""

    words = StringProperty("")


class LanguageOpener(Opener):
    pass


class EaseOpener(Opener):
    pass


class InfoSign(Widget):
    """The letter that everybody knows for information."""


class InfoOpener(Opener):
    pass


def _lines(widget: Widget) -> list[Lines]:
    return [found for found in widget.walk(restrict=True) if isinstance(found, Lines)]


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
            press.offer(press.action in self.view.actions or press.action in self.local)

    # -- for the window -----------------------------------------------------------------------------------------------

    @property
    def local(self) -> frozenset[str]:
        """Actions that are the board's own matter: the visit does not know of them."""
        return frozenset()

    def overflows(self) -> bool:
        """Whether something needs more room than there is, or a word more than its line. After layout."""
        for widget in self.walk(restrict=True):
            if isinstance(widget, Content | Column) and widget.orientation == "vertical" and widget.minimum_height > widget.height + 1:
                return True
            if isinstance(widget, Lines) and widget.torn:
                return True
            if isinstance(widget, Press) and widget.opacity and any(text.texture_size[1] > widget.height + 1 for text in _lines(widget)):
                return True
        return False

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
    """One state's screen. `view` may be replaced by a view of the same serial, language and ease. `opens` gets the id of a layer."""

    stage: ClassVar[str] = ""
    anywhere: ClassVar[str] = ""  # the action of a touch that meets no button

    def __init__(self, view: View, words: Words, tell: Callable[[Event], None]) -> None:
        self.opens: Callable[[str], None] = lambda layer: None
        super().__init__(view, words, tell)

    def reveal(self, action: str) -> None:
        """Brings what has this action onto the screen, where there is more than one page of it."""

    @property
    def local(self) -> frozenset[str]:
        """A layer can be opened where there is something in it."""
        actions = self.view.actions
        found = {f"open.{layer}" for layer in ("language", "ease") if any(action.startswith(f"{layer}.") for action in actions)}
        return frozenset(found | ({"open.help"} if self.view.number or found else set()))

    def press(self, press: Press) -> None:
        if press.action in self.local:
            self.opens(press.action)
        else:
            super().press(press)

    def compose(self) -> None:
        for content in [child for child in self.children if isinstance(child, Content)]:
            content.arrange(look())
        self.add_widget(self._header(), index=len(self.children))
        self.add_widget(self._footer())

    def _header(self) -> Header:
        header = Header(name=self.say("frame.name"))
        if self.stage:
            now = STAGES.index(self.stage)
            for place, stage in enumerate(STAGES):
                header.ids.stages.add_widget(Stage(words=self.say(f"stage.{stage}"), done=place < now, now=place == now))
        return header

    def openers(self) -> tuple[Opener, ...]:
        """Of what lies behind the screen, at the bottom."""
        return LanguageOpener(words=self.say("frame.language")), EaseOpener(words=self.say("frame.ease"))

    def _footer(self) -> Footer:
        footer = Footer(**{name: self.say(f"frame.{name}") for name in ("back", "help", "stop")})
        place = footer.ids.beside if look().wide else footer.ids.below
        for opener in self.openers():
            place.add_widget(opener)
        spare = footer.ids.below if look().wide else footer.ids.beside
        spare.parent.remove_widget(spare)
        return footer
