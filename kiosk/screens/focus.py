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

# Pixels of their design, a millimetre for four: an offset, for the edges of what is chosen reach over, and the two lines.
OFFSET_MM, YELLOW_MM, BLACK_MM = 0.5, 0.5, 1.0
YELLOW, BLACK = rgb("#FFD43D"), rgb("#000000")

Builder.load_string(
    """
<FocusRing>:
    size_hint: None, None
    canvas:
        Color:
            rgba: self.black
        Mesh:
            mode: "triangle_strip"
            indices: range(10)
            vertices: self.frame(self.pos, self.size, self.middle, self.outer)
        Color:
            rgba: self.yellow
        Mesh:
            mode: "triangle_strip"
            indices: range(10)
            vertices: self.frame(self.pos, self.size, self.inner, self.middle)

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
    # Pixels outside the button's edge: where yellow begins, where black does, where that ends.
    inner, middle, outer = NumericProperty(0), NumericProperty(0), NumericProperty(0)

    def __init__(self, press: Press) -> None:
        self.press = press
        inner = float(mm(OFFSET_MM))
        middle = inner + max(1.0, float(mm(YELLOW_MM)))
        super().__init__(inner=inner, middle=middle, outer=middle + max(2.0, float(mm(BLACK_MM))))
        press.fbind("pos", self._follow)
        press.fbind("size", self._follow)
        self._follow()

    def frame(self, pos: tuple[float, float], size: tuple[float, float], inner: float, outer: float) -> list[float]:
        """Round a rectangle, from `inner` to `outer` pixels outside its edge: corner by corner, inside and outside, as x, y, u, v."""
        (x, y), (width, height) = pos, size
        corners = ((x, y, -1, -1), (x + width, y, 1, -1), (x + width, y + height, 1, 1), (x, y + height, -1, 1), (x, y, -1, -1))
        return [number for x, y, across, up in corners for far in (inner, outer) for number in (x + across * far, y + up * far, 0, 0)]

    def leave(self) -> None:
        self.press.funbind("pos", self._follow)
        self.press.funbind("size", self._follow)

    def _follow(self, *_: object) -> None:
        self.size = self.press.size
        self.pos = self.press.to_window(*self.press.pos)


class Dark(Widget):
    """Over everything. The screen below stays as it is."""

    black = ListProperty(BLACK)
