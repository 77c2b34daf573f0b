"""Which fonts a paper is set in, by its language, and where they lie.

A certificate is set in IPAmj Mincho and nothing else: another font would draw another form of a name. Receipts and slips have the
languages of the visit; their fonts stand in the order in which a character is looked for.
"""

from dataclasses import dataclass
from pathlib import Path

_DEBIAN = Path("/usr/share/fonts")


@dataclass(frozen=True)
class Face:
    """`index` is the font's place in a collection. At `size` dots its half-width letters are 12 wide and its ink lies within 24 rows when
    the baseline is below `baseline` of them.

    A `shaped` face has letters that join and change with their neighbours: its words are drawn as a whole, not in cells, and it is asked
    for the letters of its own script only, `script` (first and last code point), so that figures and Latin words come from one font.
    """

    name: str
    package: str  # Debian's, named when it is missing
    places: tuple[Path, ...]
    index: int = 0
    size: int = 24
    baseline: int = 21
    script: tuple[int, int] = (0, 0x10FFFF)
    shaped: bool = False


def _noto(name: str) -> tuple[Path, ...]:
    return (
        _DEBIAN / "truetype/noto" / name,
        _DEBIAN / "noto" / name,  # Arch
        _DEBIAN / "google-noto" / name,  # Fedora
    )


def _cjk(name: str, index: int) -> Face:
    """The faces of one collection differ in the national forms of their characters."""
    file = "NotoSansCJK-Regular.ttc"
    return Face(name, "fonts-noto-cjk", (_DEBIAN / "opentype/noto" / file, _DEBIAN / "noto-cjk" / file), index)


IPAMJ = Face(
    "IPAmjMincho",
    "fonts-ipamj-mincho",
    (_DEBIAN / "truetype/ipamj/ipamjm.ttf", _DEBIAN / "ipa-mj-mincho/ipamjm.ttf"),
)
KOREAN = _cjk("Noto Sans Mono CJK KR", 6)
SIMPLIFIED = _cjk("Noto Sans Mono CJK SC", 7)
TRADITIONAL = _cjk("Noto Sans Mono CJK TC", 8)
LATIN = Face("Noto Sans Mono", "fonts-noto-mono", _noto("NotoSansMono-Regular.ttf"), size=20, baseline=19)
TALL_LATIN = Face("Noto Sans Mono", "fonts-noto-mono", _noto("NotoSansMono-Regular.ttf"), size=18, baseline=20)  # ế: two signs above
DEVANAGARI = Face("Noto Sans Devanagari", "fonts-noto-core", _noto("NotoSansDevanagari-Regular.ttf"), script=(0x900, 0x97F), shaped=True)
# Made for 8 x 8 dots: no other font can be read at this size, which microtext has.
MICRO = Face("Misaki", "fonts-misaki", (_DEBIAN / "truetype/misaki/misaki_gothic.ttf", _DEBIAN / "misaki/misaki_gothic.ttf"))

CERTIFICATE = (IPAMJ,)
_OTHERS = (LATIN, IPAMJ)
_BY_LANGUAGE: dict[str, tuple[Face, ...]] = {
    "ja": (IPAMJ, LATIN),
    "ko": (KOREAN, LATIN, IPAMJ),
    "zh": (SIMPLIFIED, LATIN, IPAMJ),
    "zh-hans": (SIMPLIFIED, LATIN, IPAMJ),
    "zh-hant": (TRADITIONAL, LATIN, IPAMJ),
    "zh-tw": (TRADITIONAL, LATIN, IPAMJ),
    "vi": (TALL_LATIN, IPAMJ),
    "ne": (DEVANAGARI, LATIN, IPAMJ),
}


def faces_of(language: str) -> tuple[Face, ...]:
    """By a language tag of BCP 47, its longest known beginning; Latin letters where none is."""
    subtags = language.lower().replace("_", "-").split("-")
    for length in range(len(subtags), 0, -1):
        found = _BY_LANGUAGE.get("-".join(subtags[:length]))
        if found:
            return found
    return _OTHERS
