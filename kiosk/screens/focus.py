"""For who works the terminal by keys: the ring round what select presses, and the dark screen of who needs none.

The ring is that of the Digital Agency's buttons: yellow, and black round it, so that one of them stands out from every ground. It lies
outside the button, in the gap that is there between any two.
"""

from kivy.lang import Builder
from kivy.metrics import mm
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.widget import Widget

from kiosk.screens.style import rgb
from kiosk.screens.widgets import Press

# Pixels of their design, a millimetre for four.
YELLOW_MM, BLACK_MM = 0.5, 1.0
YELLOW, BLACK = rgb("#FFD43D"), rgb("#000000")

Builder.load_string(
    """
<FocusRing>:
    size_hint: None, None
    canvas:
        Color:
            rgba: self.black
        Line:
            width: self.outer - 2 * self.inner
            joint: "miter"
            rectangle: self.x - self.outer, self.y - self.outer, self.width + 2 * self.outer, self.height + 2 * self.outer
        Color:
            rgba: self.yellow
        Line:
            width: self.inner
            joint: "miter"
            rectangle: self.x - self.inner, self.y - self.inner, self.width + 2 * self.inner, self.height + 2 * self.inner

<Dark>:
    canvas:
        Color:
            rgba: self.black
        Rectangle:
            pos: self.pos
            size: self.size
"""
)


class FocusRing(Widget):
    """Goes where its press goes. Takes no touch."""

    black, yellow = ListProperty(BLACK), ListProperty(YELLOW)
    # From the button's edge to the middle of each line; a line's width is given by its half.
    inner, outer = NumericProperty(0), NumericProperty(0)

    def __init__(self, press: Press) -> None:
        self.press = press
        yellow, black = max(1.0, float(mm(YELLOW_MM))), max(2.0, float(mm(BLACK_MM)))
        super().__init__(inner=yellow / 2, outer=yellow + black / 2)
        press.fbind("pos", self._follow)
        press.fbind("size", self._follow)
        self._follow()

    def leave(self) -> None:
        self.press.funbind("pos", self._follow)
        self.press.funbind("size", self._follow)

    def _follow(self, *_: object) -> None:
        self.size = self.press.size
        self.pos = self.press.to_window(*self.press.pos)


class Dark(Widget):
    """Over everything. The screen below stays as it is."""

    black = ListProperty(BLACK)
