"""Text -> dots: the one font of the paper, opened once.

IPAmj Mincho holds the 58,862 characters of the MJ set with their 11,474 variation sequences, so that a name is drawn as the register
writes it. Cells are 24 dots high, 24 or 12 wide; at 203 dots an inch a full one is 3 mm, as large as newsprint.
"""

import re
import unicodedata
from functools import cached_property
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from hardware.printer.page import Bitmap
from kiosk.document.coverage import Coverage

PLACES = (
    Path("/usr/share/fonts/truetype/ipamj/ipamjm.ttf"),  # Debian, package fonts-ipamj-mincho
    Path("/usr/share/fonts/ipa-mj-mincho/ipamjm.ttf"),  # Fedora, Arch
)

FULL = 24
HALF = 12

# A dot is black from 3/8 of its area on. At half, thin strokes vanish on the paper; at 1/4, 鬱 fills up (looked at, 24 dots).
_INK = b"0" * 96 + b"1" * 160

# Variation selectors and combining marks: they belong to the character before them.
_MARKS = "\u0300-\u036f\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
_MARK = re.compile(f"[{_MARKS}]")
_CLUSTER = re.compile(f".[{_MARKS}]*", re.DOTALL)
_NARROW = re.compile("[ -~\uff61-\uff9f]")

# What is no character by itself: controls, format characters, surrogates, private use (外字 of one town), unassigned.
_NO_CHARACTER = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class FontMissing(Exception):
    """The document's font, or what lays it out, is not installed. `str()` says which package to install."""


class NoGlyph(Exception):
    """The font cannot draw a character that was to be printed. Names no character: it may be part of a name."""


class Fonts:
    """Draws clusters. Keeps no glyph: what was drawn belongs to the document that asked."""

    def __init__(self, places: tuple[Path, ...] = PLACES) -> None:
        # Without RAQM, Pillow draws an empty box for each variation selector instead of choosing the form.
        if not features.check_feature("raqm"):
            raise FontMissing("Pillow was built without RAQM: install libraqm0 and libfribidi0")
        found = [place for place in places if place.is_file()]
        if not found:
            raise FontMissing(f"{places[0]}: install fonts-ipamj-mincho")
        self._path = found[0]
        self._sizes: dict[int, ImageFont.FreeTypeFont] = {}

    @cached_property
    def _coverage(self) -> Coverage:
        return Coverage(self._path)

    def can_draw(self, text: str) -> tuple[str, ...]:
        """The clusters of `text` that cannot be drawn exactly, each once, in their order; nothing means all can be."""
        return tuple(dict.fromkeys(cluster for cluster in clusters(text) if not self._can_draw(cluster)))

    def _can_draw(self, cluster: str) -> bool:
        base, *marks = map(ord, composed(cluster))
        if unicodedata.category(chr(base)) in _NO_CHARACTER:
            return False
        match marks:
            case []:
                return self._coverage.has(base)
            case [mark] if _is_selector(mark):
                return self._coverage.has(base, mark)
            case _:
                return False

    def glyph(self, cluster: str) -> Bitmap:
        """One cell, `width_of(cluster)` x 24 dots. Raises NoGlyph, as all that draw here: a box is never printed."""
        return self._drawn(cluster, width_of(cluster), FULL)

    def banner(self, text: str, size: int, gap: int) -> Bitmap:
        """One large line, `size` dots high with `gap` dots between the characters."""
        glyphs = [self._drawn(cluster, width_of(cluster) * size // FULL, size) for cluster in clusters(text)]
        width = sum(glyph.width + gap for glyph in glyphs) - gap
        lines, right = [0] * size, width
        for glyph in glyphs:
            right -= glyph.width
            lines = [line | bits << right for line, bits in zip(lines, glyph.lines, strict=True)]
            right -= gap
        return Bitmap.of_lines(width, lines)

    def stretched(self, cluster: str, width: int, height: int) -> Bitmap:
        """One glyph whose ink fills `width` x `height` dots, as characters are cut into a seal."""
        self._check(cluster)
        scale = 4 * max(width, height)
        font, bold = self._font(scale), scale // 40
        image = Image.new("L", (2 * scale, 2 * scale))
        ImageDraw.Draw(image).text((scale // 2, scale // 2), cluster, fill=255, font=font, stroke_width=bold)
        return _dots(image.resize((width, height), Image.Resampling.BOX, box=image.getbbox()))

    def _drawn(self, cluster: str, width: int, height: int) -> Bitmap:
        """The glyph, moved, and if need be made smaller, until all its ink lies in the cell: accented capitals reach above it."""
        self._check(cluster)
        text = composed(cluster)
        forms = ["hwid"] if width < height else None
        for size in range(height, 0, -1):
            font = self._font(size)
            left, top, right, bottom = map(int, font.getbbox(text, features=forms))
            if right - left <= width and bottom - top <= height:
                break
        x = (width - font.getlength(text, features=forms)) // 2 if size < height or forms is None else 0
        # One row up: then the ink of every kanji lies in the cell (measured over the whole font).
        x, y = _inside(round(x), left, right, width), _inside(-height // FULL, top, bottom, height)
        image = Image.new("L", (width, height))
        ImageDraw.Draw(image).text((x, y), text, fill=255, font=font, features=forms)
        return _dots(image)

    def _check(self, cluster: str) -> None:
        if not self._can_draw(cluster):
            raise NoGlyph("a character that the font lacks")

    def _font(self, size: int) -> ImageFont.FreeTypeFont:
        if size not in self._sizes:
            self._sizes[size] = ImageFont.truetype(str(self._path), size, layout_engine=ImageFont.Layout.RAQM)
        return self._sizes[size]


def _dots(image: Image.Image) -> Bitmap:
    """A grey picture, 255 = ink, -> dots."""
    width, digits = image.width, image.tobytes().translate(_INK)
    return Bitmap.of_lines(width, [int(digits[at : at + width], 2) for at in range(0, len(digits), width)])


def clusters(text: str) -> list[str]:
    """What stands in one cell: a character with the variation selector and combining marks that follow it."""
    return _CLUSTER.findall(text)


def width_of(text: str) -> int:
    """The dots its cells take: 12 for ASCII and half-width kana, 24 for all else."""
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
