"""The screens' fonts, found by file: Debian's fonts-noto-cjk for words, fonts-ipamj-mincho for names of people and places.

Only IPAmj Mincho draws the register's characters with their Moji_Joho variants; Noto covers the words of every language we speak.
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
    name: str
    package: str

    @cached_property
    def path(self) -> Path:
        """Where it lies. Raises FontMissing."""
        for place in PLACES:
            found = next(place.rglob(self.name), None)
            if found is not None:
                return found
        raise FontMissing(f"{self.name} is not installed: apt-get install {self.package}")


SANS = FontFile("NotoSansCJK-Regular.ttc", "fonts-noto-cjk")
SANS_BOLD = FontFile("NotoSansCJK-Bold.ttc", "fonts-noto-cjk")
MINCHO = FontFile("ipamjm.ttf", "fonts-ipamj-mincho")
