"""The screens' fonts, found by file: Debian's Noto for words, fonts-ipamj-mincho for names of people and places.

Only IPAmj Mincho draws the register's characters with their Moji_Joho variants. Of Noto Sans CJK's faces one is right for each of Japanese,
Korean and the two Chinese scripts: a character has other forms there. The Japanese one draws Latin letters too, all Vietnamese ones.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PLACES = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
WORDS, NAMES = "words", "names"  # as Kivy's labels call them


class FontMissing(Exception):
    """`str()` says which Debian package brings it."""


@dataclass(frozen=True)
class FontFile:
    """`index` is the face's place in a collection; `script` the first and last code point it is asked for."""

    name: str
    package: str
    index: int = 0
    script: tuple[int, int] = (0, 0x10FFFF)

    @cached_property
    def path(self) -> Path:
        """Where it lies. Raises FontMissing."""
        for place in PLACES:
            found = next(place.rglob(self.name), None)
            if found is not None:
                return found
        raise FontMissing(f"{self.name} is not installed: apt-get install {self.package}")

    def draws(self, character: str) -> bool:
        """Whether it is asked for this one."""
        return self.script[0] <= ord(character) <= self.script[1]


def _cjk(weight: str, index: int) -> FontFile:
    return FontFile(f"NotoSansCJK-{weight}.ttc", "fonts-noto-cjk", index)


def _devanagari(weight: str) -> FontFile:
    """Without its figures and signs, so that those come from the font of the Latin words among them."""
    return FontFile(f"NotoSansDevanagari-{weight}.ttf", "fonts-noto-core", script=(0x900, 0x97F))


SANS, SANS_BOLD = _cjk("Regular", 0), _cjk("Bold", 0)
MINCHO = FontFile("ipamjm.ttf", "fonts-ipamj-mincho")

Faces = tuple[FontFile, ...]
# Regular and bold, each in the order in which a character is looked for; languages that are not here have SANS.
FACES: dict[str, tuple[Faces, Faces]] = {
    "ko": ((_cjk("Regular", 1),), (_cjk("Bold", 1),)),
    "zh-Hans": ((_cjk("Regular", 2),), (_cjk("Bold", 2),)),
    "zh-Hant": ((_cjk("Regular", 3),), (_cjk("Bold", 3),)),
    "ne": ((_devanagari("Regular"), SANS), (_devanagari("Bold"), SANS_BOLD)),
}


def faces_of(language: str, bold: bool) -> Faces:
    return FACES.get(language, ((SANS,), (SANS_BOLD,)))[bold]
