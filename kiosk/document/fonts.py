"""Text -> dots: the one font of the paper, opened once.

IPAmj Mincho holds the 58,862 characters of the MJ set with their 11,474 variation sequences, so that a name is drawn as the register
writes it. Cells are 24 dots high, 24 or 12 wide; at 203 dots an inch a full one is 3 mm, as large as newsprint.
"""

import unicodedata
from functools import cached_property
from itertools import groupby
from math import ceil
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
_INK = [0] * 96 + [255] * 160

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
        """One cell, `cell_width(cluster)` x 24 dots. Raises NoGlyph, as all that draw here: a box is never printed."""
        return self._drawn(cluster, cell_width(cluster), FULL)

    def banner(self, text: str, size: int, gap: int) -> Bitmap:
        """A large line of full-width characters, `size` dots high with `gap` dots between them."""
        glyphs = [self._drawn(cluster, size, size) for cluster in clusters(text)]
        width = len(glyphs) * (size + gap) - gap
        lines = [0] * size
        for number, glyph in enumerate(glyphs):
            right = width - number * (size + gap) - size
            lines = [line | bits << right for line, bits in zip(lines, glyph.lines, strict=True)]
        return Bitmap.of_lines(width, lines)

    def stretched(self, cluster: str, width: int, height: int) -> Bitmap:
        """One glyph whose ink fills `width` x `height` dots, as characters are cut into a seal."""
        self._check(cluster)
        scale = 4 * max(width, height)
        font, bold = self._font(scale), scale // 40
        box = font.getbbox(cluster, stroke_width=bold)
        image = Image.new("L", (ceil(box[2] - box[0]), ceil(box[3] - box[1])))
        ImageDraw.Draw(image).text((-box[0], -box[1]), cluster, fill=255, font=font, stroke_width=bold)
        return packed(image.resize((width, height), Image.Resampling.BOX))

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
        return packed(image)

    def _check(self, cluster: str) -> None:
        if not self._can_draw(cluster):
            raise NoGlyph("a character that the font lacks")

    def _font(self, size: int) -> ImageFont.FreeTypeFont:
        if size not in self._sizes:
            self._sizes[size] = ImageFont.truetype(str(self._path), size, layout_engine=ImageFont.Layout.RAQM)
        return self._sizes[size]


def packed(image: Image.Image) -> Bitmap:
    """A grey picture, 255 = ink, -> dots."""
    dots = image.point(_INK).convert("1", dither=Image.Dither.NONE)
    return Bitmap(image.width, image.height, dots.tobytes())


def clusters(text: str) -> list[str]:
    """What stands in one cell: a character with the variation selector and combining marks that follow it."""
    found: list[str] = []
    for mark, run in groupby(text, key=_is_mark):
        if mark and found:
            found[-1] += "".join(run)
        else:
            found.extend(run)
    return found


def composed(cluster: str) -> str:
    """か with a combining ゛ -> が. Only clusters with combining marks: composing by itself would replace compatibility ideographs,
    which are different characters in a name (U+FA19 would become U+795E)."""
    if any(unicodedata.combining(character) for character in cluster):
        return unicodedata.normalize("NFC", cluster)
    return cluster


def cell_width(cluster: str) -> int:
    """12 for ASCII and half-width kana, 24 for all else, in dots (Unicode Standard Annex 11)."""
    return HALF if unicodedata.east_asian_width(cluster[0]) in ("Na", "H") else FULL


def _inside(place: int, first: int, last: int, room: int) -> int:
    """`place` moved as little as needed, so that the ink from `first` to `last` stays within 0 and `room`."""
    return max(min(place, room - last), -first)


def _is_mark(character: str) -> bool:
    return bool(unicodedata.combining(character)) or _is_selector(ord(character))


def _is_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF
