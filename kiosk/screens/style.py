"""How the screens look: colours, sizes of type, millimetres. A `Look` is the terminal's screen and what its present visitor chose.

Colours are those of the Digital Agency's design tokens; every pair of text and ground here has a contrast of at least 7:1 (WCAG 2.2,
1.4.6), in the high-contrast theme 21:1. The type scale is short on purpose: each size of a Japanese font costs a texture cache of
some 2.5 MB.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from kiosk.session.ease import USUAL, Ease, TextSize, Theme

Colour = tuple[float, float, float, float]

MM_PER_PT = 25.4 / 72


class Kind(StrEnum):
    """What a button is to the eye."""

    MAIN = "main"  # the one way on
    PLAIN = "plain"  # other ways
    KEY = "key"  # of the PIN pad: never changes its face, so that no key can be told from another by watching
    CHOICE = "choice"  # can be on or off


def rgb(hexadecimal: str) -> Colour:
    """ "#0017C1" -> channels from 0 to 1, opaque."""
    red, green, blue = (int(hexadecimal[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue, 1.0


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of WCAG 2.2 ("relative luminance"), 1 to 21."""

    def luminance(colour: Colour) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@dataclass(frozen=True)
class Palette:
    ground: Colour
    panel: Colour  # quiet areas
    text: Colour
    soft: Colour  # second-rank text
    line: Colour  # edges, never text
    main: Colour
    pressed: Colour
    on_main: Colour
    chosen: Colour  # ground of what is chosen
    attention: Colour
    on_attention: Colour
    good: Colour  # of signs
    card: Colour
    chip: Colour
    metal: Colour  # the terminal's front in the pictures
    paper: Colour
    printed: Colour  # what stands on the paper of the pictures


PALETTES = {
    Theme.NORMAL: Palette(
        ground=rgb("#FFFFFF"),
        panel=rgb("#F2F2F2"),
        text=rgb("#1A1A1A"),
        soft=rgb("#4D4D4D"),
        line=rgb("#949494"),
        main=rgb("#0017C1"),
        pressed=rgb("#00118F"),
        on_main=rgb("#FFFFFF"),
        chosen=rgb("#E8F1FE"),
        attention=rgb("#A90000"),
        on_attention=rgb("#FFFFFF"),
        good=rgb("#115A36"),
        card=rgb("#D9E6FF"),
        chip=rgb("#B78F00"),
        metal=rgb("#E6E6E6"),
        paper=rgb("#FFFFFF"),
        printed=rgb("#949494"),
    ),
    Theme.HIGH_CONTRAST: Palette(
        ground=rgb("#000000"),
        panel=rgb("#000000"),
        text=rgb("#FFFFFF"),
        soft=rgb("#FFFFFF"),
        line=rgb("#FFFFFF"),
        main=rgb("#FFFFFF"),
        pressed=rgb("#FFFFFF"),
        on_main=rgb("#000000"),
        chosen=rgb("#000000"),
        attention=rgb("#FFFFFF"),
        on_attention=rgb("#000000"),
        good=rgb("#FFFFFF"),
        card=rgb("#FFFFFF"),
        chip=rgb("#000000"),
        metal=rgb("#333333"),
        paper=rgb("#FFFFFF"),
        printed=rgb("#000000"),
    ),
}


@dataclass(frozen=True)
class TypeScale:
    """Heights of type, in points or pixels."""

    small: float
    body: float
    lead: float
    title: float
    number: float


# Points. Capitals of Noto Sans are 0.733 of the body: in M those of the smallest are 5.2 mm high (VVSG 2.0, medium: 4.8 to 5.6) and those
# of body 6.7 mm (EN 301 549, 5.1.4: 0.7 degrees at 50 cm); in XL body's are 8.8 mm (VVSG: 8.5 to 9.0). Titles are large in every size.
POINTS = {
    TextSize.S: TypeScale(small=17, body=22, lead=27, title=40, number=80),
    TextSize.M: TypeScale(small=20, body=26, lead=32, title=46, number=88),
    TextSize.L: TypeScale(small=24, body=30, lead=36, title=48, number=88),
    TextSize.XL: TypeScale(small=28, body=34, lead=40, title=50, number=88),
}
LEAST_POINTS = 17  # no text below, on no screen
LYING_NUMBER = 0.65  # three amounts stand beside the words and not below them
# The panel that the layout was drawn for: 21.5 inch, full HD.
SHORT_MM, LONG_MM = 270.0, 480.0


@dataclass(frozen=True)
class Face:
    """A button's colours."""

    fill: Colour
    edge: Colour
    ink: Colour


@dataclass(frozen=True)
class Look:
    """The screen in pixels, how many of them make a millimetre, and what the resident chose."""

    width: int = 1080
    height: int = 1920
    pixels_per_mm: float = 4.0  # 21.5 inch, full HD, upright
    ease: Ease = USUAL

    def smaller(self) -> "Look | None":
        """With the next smaller text; None when there is none."""
        sizes = list(TextSize)
        place = sizes.index(self.ease.size)
        return self.eased(replace(self.ease, size=sizes[place - 1])) if place else None

    def eased(self, ease: Ease) -> "Look":
        return self if ease == self.ease else replace(self, ease=ease)

    @property
    def wide(self) -> bool:
        """A panel that lies: what can be pressed stands beside the words, not below them."""
        return self.width > self.height

    @cached_property
    def fit(self) -> float:
        """Of the millimetres of the layout, where the panel is smaller than the one it was drawn for."""
        short, long = sorted((self.width / self.pixels_per_mm, self.height / self.pixels_per_mm))
        return min(1.0, short / SHORT_MM, long / LONG_MM)

    @cached_property
    def colour(self) -> Palette:
        return PALETTES[self.ease.theme]

    @cached_property
    def type(self) -> TypeScale:
        points = POINTS[self.ease.size]
        points = replace(points, number=points.number * LYING_NUMBER) if self.wide else points
        return TypeScale(*(self._pixels(size) for size in (points.small, points.body, points.lead, points.title, points.number)))

    def _pixels(self, points: float) -> int:
        return round(max(points * self.fit, LEAST_POINTS) * MM_PER_PT * self.pixels_per_mm)

    def face(self, kind: str, down: bool, disabled: bool, chosen: bool = False) -> Face:
        """What a button of this kind shows now."""
        colour = self.colour
        if kind == Kind.KEY:
            return Face(colour.panel, colour.line, colour.text)
        if disabled:
            return Face(colour.panel, colour.panel, colour.soft)
        if kind == Kind.MAIN:
            return Face(colour.pressed if down else colour.main, colour.main, colour.on_main)
        if kind == Kind.CHOICE:
            return Face(colour.chosen if chosen or down else colour.ground, colour.main if chosen else colour.line, colour.text)
        return Face(colour.chosen if down else colour.ground, colour.main, colour.main)
