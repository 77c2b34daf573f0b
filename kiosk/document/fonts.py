"""Text -> dots: the fonts of a paper, each opened once, asked in their order.

IPAmj Mincho holds the 58,862 characters of the MJ set with their 11,474 variation sequences, so that a name is drawn as the register
writes it. Cells are 24 dots high, 24 or 12 wide; at 203 dots an inch a full one is 3 mm, as large as newsprint.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from PIL import Image, ImageDraw, ImageFont, features

from hardware.printer.page import Bitmap
from kiosk.document.coverage import Coverage
from kiosk.document.faces import CERTIFICATE, Face

FULL = 24
HALF = 12
SHAPED, SHAPED_BASELINE = 32, 23  # rows of a line with shaped text: Devanagari has signs above and below its letters

# A dot is black from 3/8 of its area on. At half, thin strokes vanish on the paper; at 1/4, 鬱 fills up (looked at, 24 dots).
_INK = b"0" * 96 + b"1" * 160

# Variation selectors and combining marks: they belong to the character before them.
MARKS = "\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MARK = re.compile(f"[{MARKS}]")
_CLUSTER = re.compile(f".[{MARKS}]*", re.DOTALL)
_NARROW = re.compile("[ -~¡ªº¿À-ÖØ-öø-ɏḀ-ỿ\uff61-\uff9f]")

# What is no character by itself: controls, format characters, surrogates, private use (外字 of one town), unassigned.
_JOINERS = "\u200c\u200d"  # they tell shaped letters apart or together and are nothing elsewhere
_NO_CHARACTER = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class FontMissing(Exception):
    """The document's font, or what lays it out, is not installed. `str()` says which package to install."""


class NoGlyph(Exception):
    """No font can draw a character that was to be printed. Names no character: it may be part of a name."""


@dataclass(frozen=True)
class Drawable:
    """One cluster and the name of the font that draws it exactly, None where none does."""

    cluster: str
    font: str | None


class Font:
    """One font file, opened when something is drawn with it first."""

    def __init__(self, face: Face) -> None:
        """Raises FontMissing."""
        found = [place for place in face.places if place.is_file()]
        if not found:
            raise FontMissing(f"{face.places[0]}: install {face.package}")
        self.face = face
        self._path = found[0]
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}

    @cached_property
    def _coverage(self) -> Coverage:
        return Coverage(self._path, self.face.index)

    def has(self, cluster: str) -> bool:
        base, *marks = map(ord, composed(cluster))
        first, last = self.face.script
        if not first <= base <= last:
            return False
        match marks:
            case []:
                return self._coverage.has(base)
            case [mark] if _is_selector(mark):
                return self._coverage.has(base, mark)
            case _:
                return self.face.shaped and all(self._coverage.has(mark) for mark in (base, *marks))

    def length(self, text: str) -> int:
        """The dots that shaped text takes."""
        return round(self.at(self.face.size).getlength(text))

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        if size not in self._sizes:
            self._sizes[size] = ImageFont.truetype(str(self._path), size, self.face.index, layout_engine=ImageFont.Layout.RAQM)
        return self._sizes[size]

    def cell(self, cluster: str, width: int, height: int) -> Bitmap:
        """The glyph, moved, and if need be made smaller, until all its ink lies in the cell: accented capitals reach above it."""
        text = composed(cluster)
        full, baseline = self.face.size * height // FULL, self.face.baseline * height // FULL
        forms = ["hwid"] if width < height and self.face.size == FULL else None
        for size in range(full, 0, -1):
            font = self.at(size)
            left, top, right, bottom = map(int, font.getbbox(text, features=forms, anchor="ls"))
            if right - left <= width and bottom - top <= height:
                break
        x = (width - font.getlength(text, features=forms)) // 2 if size < full or forms is None else 0
        x, y = _inside(round(x), left, right, width), _inside(baseline, top, bottom, height)
        image = Image.new("L", (width, height))
        ImageDraw.Draw(image).text((x, y), text, fill=255, font=font, features=forms, anchor="ls")
        return _dots(image)

    def run(self, text: str, rows: int = SHAPED) -> Bitmap:
        """Shaped text, `rows` high and at SHAPED rows as wide as `length` says: HarfBuzz chooses and places its glyphs."""
        font = self.at(self.face.size * rows // SHAPED)
        _, top, _, bottom = map(int, font.getbbox(text, anchor="ls"))
        image = Image.new("L", (max(round(font.getlength(text)), 1), rows))
        baseline = _inside(SHAPED_BASELINE * rows // SHAPED, top, bottom, rows)
        ImageDraw.Draw(image).text((0, baseline), text, fill=255, font=font, anchor="ls")
        return _dots(image)

    def stretched(self, cluster: str, width: int, height: int) -> Bitmap:
        """One glyph whose ink fills `width` x `height` dots, as characters are cut into a seal."""
        scale = 4 * max(width, height)
        font, bold = self.at(scale), scale // 40
        image = Image.new("L", (2 * scale, 2 * scale))
        ImageDraw.Draw(image).text((scale // 2, scale // 2), cluster, fill=255, font=font, stroke_width=bold)
        return _dots(image.resize((width, height), Image.Resampling.BOX, box=image.getbbox()))


class Fonts:
    """Draws clusters with the first font that has them. Keeps no glyph: what was drawn belongs to the document that asked."""

    def __init__(self, faces: Sequence[Face] = CERTIFICATE) -> None:
        """Raises FontMissing."""
        # Without RAQM, Pillow draws an empty box for each variation selector instead of choosing the form.
        if not features.check_feature("raqm"):
            raise FontMissing("Pillow was built without RAQM: install libraqm0 and libfribidi0")
        self._fonts = tuple(Font(face) for face in faces)

    @property
    def shaped(self) -> bool:
        """Whether some of the text stands in no cells."""
        return any(font.face.shaped for font in self._fonts)

    def can_draw(self, text: str) -> tuple[Drawable, ...]:
        """Each cluster of `text` in order, and which font draws it exactly."""
        fonts = {cluster: self.font_of(cluster) for cluster in dict.fromkeys(clusters(text))}
        return tuple(Drawable(cluster, font.face.name if (font := fonts[cluster]) else None) for cluster in clusters(text))

    def font_of(self, cluster: str) -> Font | None:
        if cluster in _JOINERS:
            return next((font for font in self._fonts if font.face.shaped), None)
        if unicodedata.category(composed(cluster)[0]) in _NO_CHARACTER:
            return None
        return next((font for font in self._fonts if font.has(cluster)), None)

    def glyph(self, cluster: str) -> Bitmap:
        """One cell, `width_of(cluster)` x 24 dots. Raises NoGlyph, as all that draw here: a box is never printed."""
        return self._font(cluster).cell(cluster, width_of(cluster), FULL)

    def banner(self, text: str, size: int, gap: int) -> Bitmap:
        """One large line, `size` dots high with `gap` dots between the characters."""
        glyphs = [self._font(cluster).cell(cluster, width_of(cluster) * size // FULL, size) for cluster in clusters(text)]
        width = sum(glyph.width + gap for glyph in glyphs) - gap
        lines, right = [0] * size, width
        for glyph in glyphs:
            right -= glyph.width
            lines = [line | bits << right for line, bits in zip(lines, glyph.lines, strict=True)]
            right -= gap
        return Bitmap.of_lines(width, lines)

    def stretched(self, cluster: str, width: int, height: int) -> Bitmap:
        """One glyph whose ink fills `width` x `height` dots, as characters are cut into a seal."""
        return self._font(cluster).stretched(cluster, width, height)

    def _font(self, cluster: str) -> Font:
        font = self.font_of(cluster)
        if font is None:
            raise NoGlyph("a character that the font lacks")
        return font


def _dots(image: Image.Image) -> Bitmap:
    """A grey picture, 255 = ink, -> dots."""
    width, digits = image.width, image.tobytes().translate(_INK)
    return Bitmap.of_lines(width, [int(digits[at : at + width], 2) for at in range(0, len(digits), width)])


def clusters(text: str) -> list[str]:
    """What stands in one cell: a character with the variation selector and combining marks that follow it."""
    return _CLUSTER.findall(text)


def width_of(text: str) -> int:
    """The dots its cells take: 12 for Latin letters, ASCII and half-width kana, 24 for all else."""
    return FULL * (len(text) - len(_MARK.findall(text))) - HALF * len(_NARROW.findall(text))


def composed(cluster: str) -> str:
    """か with a combining ゛ -> が. Only clusters with combining marks: composing by itself would replace compatibility ideographs,
    which are different characters in a name (U+FA19 would become U+795E)."""
    if any(unicodedata.combining(character) for character in cluster):
        return unicodedata.normalize("NFC", cluster)
    return cluster


def _inside(place: int, first: int, last: int, room: int) -> int:
    """`place` moved as little as needed, so that the ink from `first` to `last` stays within 0 and `room`."""
    return max(min(place, room - last), -first)


def _is_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
