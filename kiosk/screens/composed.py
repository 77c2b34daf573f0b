"""Words that Kivy's label cannot draw: with readings above them, in another face of a collection than its first, or in two fonts at once.

Kivy opens a collection's first face only, and has one font a label and no furigana. Pillow, with HarfBuzz, has the faces and the shapes
(the vowel before its consonant in कि); lines, readings and places are ours. Sizes are pixels.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont

from kiosk.linebreak import break_lines
from kiosk.readings import Run, runs
from kiosk.screens.fonts import FACES, Faces, FontFile, faces_of
from kiosk.words import Said

# A reading is half as large as its word (JIS X 4051), but its kana never less than 2.4 mm high, and kana fill 0.85 of their square.
READING, LEAST_READING_MM = 0.5, 2.4 / 0.85
# Where readings begin, of the word's size above its baseline: kanji end at 0.88.
ABOVE = 0.9
# One character for each word with a reading while lines are broken: no line ends in it.
_FIRST = 0xE000


def is_composed(words: str) -> bool:
    return isinstance(words, Said) and (words.language in FACES or any(run.reading for run in runs(words)))


@dataclass(frozen=True)
class Style:
    """`size` of the words, and a millimetre, in pixels."""

    size: float
    bold: bool
    mm: float

    @property
    def reading(self) -> float:
        return max(self.size * READING, LEAST_READING_MM * self.mm)


@lru_cache(maxsize=64)
def _font(face: FontFile, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), size, face.index, layout_engine=ImageFont.Layout.RAQM)


class Composed:
    """Words in lines of at most `width`; `widest` of them, and the `height` of all."""

    def __init__(self, words: Said, style: Style, width: float, line_height: float = 1) -> None:
        self._faces = faces_of(words.language, style.bold)
        self._style = style
        self._widths: dict[Run, float] = {}  # what is asked of a line while it grows is mostly what was asked before
        parts = runs(words)
        self._held = {chr(_FIRST + place): run for place, run in enumerate(parts) if run.reading}
        text = "".join(chr(_FIRST + place) if run.reading else run.text for place, run in enumerate(parts))
        self.lines = break_lines(text, width, self._measure, phrases=True)
        self.widest = max(map(self._measure, self.lines))
        main = _font(self._faces[-1], style.size)
        ascent, descent = main.getmetrics()
        self._baseline = max(ascent, round(style.size * ABOVE + style.reading * 1.05)) if self._held else ascent
        self._pitch = round((self._baseline + descent) * line_height)
        self.height = self._pitch * len(self.lines)

    def text(self) -> str:
        """The lines without readings."""
        return "\n".join("".join(run.text for run in self._runs(line)) for line in self.lines)

    def draw(self, width: int, align: str) -> Image.Image:
        """How much ink there is, 0 to 255, over `width` pixels."""
        ink = Image.new("L", (max(width, 1), self.height), 0)
        pen = ImageDraw.Draw(ink)
        for row, line in enumerate(self.lines):
            left = (width - self._measure(line)) / 2 if align == "center" else 0.0
            for run in self._runs(line):
                left += self._draw_run(pen, left, row * self._pitch + self._baseline, run)
        return ink

    # -- one line -----------------------------------------------------------------------------------------------------

    def _runs(self, line: str) -> Iterator[Run]:
        for held, text in groupby(line, key=self._held.get):
            if held is None:
                yield Run("".join(text))
            else:
                yield from (held for _ in text)

    def _measure(self, text: str) -> float:
        return sum(map(self._width, self._runs(text)))

    def _width(self, run: Run) -> float:
        if run not in self._widths:
            self._widths[run] = max(self._length(run.text, self._style.size), self._length(run.reading, self._style.reading))
        return self._widths[run]

    def _length(self, text: str, size: float) -> float:
        return sum(_font(face, size).getlength(part) for face, part in by_face(text, self._faces))

    def _draw_run(self, pen: ImageDraw.ImageDraw, left: float, baseline: float, run: Run) -> float:
        width = self._width(run)
        if run.reading:
            self._spread(
                pen, left, baseline - self._style.size * ABOVE - self._style.reading * 0.12, run.reading, self._style.reading, width
            )
            self._spread(pen, left, baseline, run.text, self._style.size, width)
        else:
            self._write(pen, left, baseline, run.text, self._style.size)
        return width

    def _spread(self, pen: ImageDraw.ImageDraw, left: float, baseline: float, text: str, size: float, width: float) -> None:
        """Character by character, evenly over the width, half a gap at each end."""
        gap = (width - self._length(text, size)) / len(text)
        left += gap / 2
        for character in text:
            left += self._write(pen, left, baseline, character, size) + gap

    def _write(self, pen: ImageDraw.ImageDraw, left: float, baseline: float, text: str, size: float) -> float:
        start = left
        for face, part in by_face(text, self._faces):
            font = _font(face, size)
            pen.text((left, baseline), part, fill=255, font=font, anchor="ls")
            left += font.getlength(part)
        return left - start


def by_face(text: str, faces: Faces) -> Iterable[tuple[FontFile, str]]:
    """Runs of characters, each with the first face that is asked for them. Joiners belong to what is before them."""
    found: list[tuple[FontFile, str]] = []
    for character in text:
        face = next((face for face in faces if face.draws(character)), faces[-1])
        if found and (face == found[-1][0] or character in "\u200c\u200d"):
            found[-1] = (found[-1][0], found[-1][1] + character)
        else:
            found.append((face, character))
    return found
