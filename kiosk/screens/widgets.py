"""The few widgets of which every screen is made: words that break well, things to press, quiet panels.

Words from outside go through `Text` too; markup is off everywhere, so that a name that looks like markup stays a name.
"""

import re
from functools import cache
from time import monotonic

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.core.text import LabelBase
from kivy.graphics.texture import Texture
from kivy.metrics import mm
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.widget import Widget
from PIL import Image

from kiosk.linebreak import break_lines
from kiosk.screens.composed import Composed, Style, is_composed
from kiosk.screens.fonts import MINCHO, NAMES, SANS, SANS_BOLD, WORDS
from kiosk.screens.style import Face

DOUBLE_TAP_SECONDS = 0.3
# Words of the languages that put spaces between them and nowhere else.
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
NO_FACE = Face((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0))


def register_fonts() -> None:
    """Raises FontMissing. Doing it again changes nothing."""
    LabelBase.register(WORDS, fn_regular=str(SANS.path), fn_bold=str(SANS_BOLD.path))
    LabelBase.register(NAMES, fn_regular=str(MINCHO.path))


def advance(character: str, font: str, size: float, bold: bool) -> float:
    """Width of one character in pixels."""
    return float(CoreLabel(font_name=font, font_size=size, bold=bold).get_extents(character)[0])


# Our own words are measured again and again. Names are not remembered, not even by their characters.
remembered_advance = cache(advance)


class Lines(Label):
    """Words broken into lines of the widget's width. `words` is what it says, `text` the same in lines.

    What a label of Kivy's cannot draw, `composed` draws: which, the words' own language says.
    """

    words = StringProperty("")
    inset = NumericProperty(0)  # left and right, in pixels

    def __init__(self, **properties: object) -> None:
        self._break_soon = Clock.create_trigger(self._break, -1)  # once, however many of these change before the next frame
        self.composed: Composed | None = None
        super().__init__(**properties)
        for name in ("words", "width", "inset", "font_size", "font_name", "bold"):
            self.fbind(name, self._break_soon)
        self._break_soon()

    def _break(self, *_: object) -> None:
        width = self.width - 2 * self.inset
        if width < 1:
            return
        self.text_size = (width, None)
        if self.font_name == WORDS and is_composed(self.words):
            self.composed = Composed(self.words, Style(self.font_size, self.bold, mm(1)), width, self.line_height)
            self.text = self.composed.text()
            self._trigger_texture()  # other words may have the same lines
            return
        self.composed = None
        widths: dict[str, float] = {}

        def measure(text: str) -> float:
            return sum(self._advance(character, widths) for character in text)

        self.text = "\n".join(break_lines(self.words, width, measure, phrases=True))

    def texture_update(self, *_: object) -> None:
        if self.composed is None:
            super().texture_update()
            return
        left, above, right, below = self.padding
        width, height = int(self.text_size[0]), int(self.composed.height + above + below)
        colour = self.disabled_color if self.disabled else self.color
        picture = Image.new("RGBA", (width, height), tuple(round(part * 255) for part in (*colour[:3], 0)))
        ink = Image.new("L", (width, height), 0)
        ink.paste(self.composed.draw(int(width - left - right), self.halign), (int(left), int(above)))
        picture.putalpha(ink.point(lambda level: level * colour[3]))
        self.texture = Texture.create(size=picture.size, colorfmt="rgba")
        self.texture.blit_buffer(picture.tobytes(), colorfmt="rgba")
        self.texture.flip_vertical()
        self.texture_size = list(picture.size)

    @property
    def torn(self) -> bool:
        """Whether a word is longer than the line and goes on in the next."""
        return bool(self.text) and _LATIN.findall(self.words) != _LATIN.findall(self.text)

    def wipe(self) -> None:
        """The picture of the words goes at once, not when Python finds that nobody holds it."""
        self._break_soon.cancel()
        self._trigger_texture.cancel()
        self.texture = self._label.texture = None
        self.canvas.clear()

    def _advance(self, character: str, widths: dict[str, float]) -> float:
        if character not in widths:
            known = advance if self.font_name == NAMES else remembered_advance
            widths[character] = 0 if is_selector(character) else known(character, self.font_name, self.font_size, self.bold)
        return widths[character]


class Text(Lines):
    """Lines as high as they need to be."""


def is_selector(character: str) -> bool:
    """Variation selectors choose a glyph and have no width of their own."""
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


class Press(ButtonBehavior):
    """Something to press, with an id of `View.actions`. Counts when the finger comes up inside.

    `fades` says what becomes of it when the view does not offer its action: grey, or gone. A second press within 300 ms is a
    trembling hand and is ignored, but where pressing often is meant (`repeats`).
    """

    action = StringProperty("")
    kind = StringProperty("plain")
    chosen = BooleanProperty(False)
    fades = BooleanProperty(False)
    repeats = BooleanProperty(False)
    face = ObjectProperty(NO_FACE, rebind=True)  # style.kv sets it
    pressed = ObjectProperty(None)  # Callable[[Press], None], given by the screen

    def __init__(self, **properties: object) -> None:
        self._last = 0.0
        super().__init__(**properties)
        self.min_state_time = 0

    def offer(self, offered: bool) -> None:
        self.disabled = not offered
        self.opacity = 0 if self.fades and not offered else 1

    def on_release(self) -> None:
        now = monotonic()
        if self.pressed is None or (not self.repeats and now - self._last < DOUBLE_TAP_SECONDS):
            return
        self._last = now
        self.pressed(self)


class Push(Press, Lines):
    """A button with words on it."""


class PressBox(Press, BoxLayout):
    """A button that holds other widgets."""


class Area(BoxLayout):
    """A quiet area for what belongs together."""


class Fact(BoxLayout):
    """A label and what it says, side by side."""

    label = StringProperty("")
    words = StringProperty("")
    font_name = StringProperty(WORDS)
    font_size = NumericProperty(0)  # 0: that of a lead


class Rule(Widget):
    """A thin line across."""


def gap_mm(one: Widget, other: Widget) -> float:
    """The distance between two widgets' edges in millimetres, 0 when they touch."""
    across = max(one.x - other.right, other.x - one.right, 0)
    along = max(one.y - other.top, other.y - one.top, 0)
    return float(max(across, along)) / float(mm(1))
