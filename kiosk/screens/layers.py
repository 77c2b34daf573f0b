"""What lies over a screen for a moment: languages, display, help. The visit below stands still; it is told what was chosen."""

from collections.abc import Callable

from kivy.properties import StringProperty

from kiosk.screens.base import Board, load_kv
from kiosk.screens.content import Content
from kiosk.screens.looking import look
from kiosk.screens.style import Kind
from kiosk.screens.widgets import Press, Push
from kiosk.session.ease import is_chosen
from kiosk.session.events import Event
from kiosk.session.layers import CLOSE, SHARED
from kiosk.session.view import View
from kiosk.words import Said, Words

load_kv("layers")


class Layer(Board):
    """`close` is called when it has done what it was opened for."""

    title = StringProperty("")

    def __init__(self, view: View, words: Words, tell: Callable[[Event], None], close: Callable[[], None]) -> None:
        self._close = close
        super().__init__(view, words, tell)

    @property
    def local(self) -> frozenset[str]:
        return frozenset({CLOSE})

    def compose(self) -> None:
        for content in [child for child in self.children if isinstance(child, Content)]:
            content.arrange(look())

    def press(self, press: Press) -> None:
        if press.action == CLOSE:
            self._close()
        else:
            super().press(press)


class LanguageLayer(Layer):
    """Each language in its own script. The choice closes the layer, since the screen is built anew in that language."""

    def compose(self) -> None:
        for push in language_buttons(self):
            self.ids.languages.add_widget(push)
        super().compose()


class EaseLayer(Layer):
    """Size, colours, low buttons, more time. What is chosen shows at once, and here."""

    def refresh(self) -> None:
        super().refresh()
        for press in self.presses():
            if press.action.startswith("ease."):
                press.chosen = is_chosen(press.action, self.view.ease)


class HelpLayer(Layer):
    """What this screen wants, and somebody to come."""

    def hint(self) -> str:
        return self.say(f"help.{SHARED.get(self.view.state, self.view.state)}")


LAYERS: dict[str, type[Layer]] = {"open.language": LanguageLayer, "open.ease": EaseLayer, "open.help": HelpLayer}


def language_buttons(board: Board) -> list[Push]:
    """One for each language on offer, in its own script and font."""
    return [
        Push(
            action=action,
            words=Said(board.say(action), action.removeprefix("language.")),
            kind=Kind.CHOICE,
            chosen=action == f"language.{board.view.language}",
        )
        for action in board.view.actions
        if action.startswith("language.")
    ]
