"""The reader of `cmap` against fontTools, over everything the font has."""

import time
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from kiosk.document.coverage import Coverage
from kiosk.document.faces import DEVANAGARI, IPAMJ, KOREAN, LATIN, MICRO, SIMPLIFIED, TRADITIONAL, Face


def place(face: Face) -> Path:
    return next(place for place in face.places if place.is_file())


FONT = place(IPAMJ)


@pytest.fixture(scope="module")
def coverage() -> Coverage:
    return Coverage(FONT)


@pytest.fixture(scope="module")
def reference() -> TTFont:
    return TTFont(FONT, lazy=True)


def test_has_every_code_point_of_the_font_and_no_other(coverage: Coverage, reference: TTFont) -> None:
    has = reference.getBestCmap()
    assert [code for code in range(0x32000) if coverage.has(code) != (code in has)] == []


@pytest.mark.parametrize("face", [KOREAN, SIMPLIFIED, TRADITIONAL, LATIN, DEVANAGARI, MICRO], ids=lambda face: face.name)
def test_other_fonts_have_what_font_tools_says_they_have(face: Face) -> None:
    has = TTFont(place(face), fontNumber=face.index, lazy=True).getBestCmap()
    coverage = Coverage(place(face), face.index)
    assert len(has) > 200
    assert [code for code in range(0x32000) if coverage.has(code) != (code in has)] == []


def test_has_every_variation_sequence_of_the_font_and_no_neighbour(coverage: Coverage, reference: TTFont) -> None:
    sequences = next(table.uvsDict for table in reference["cmap"].tables if table.format == 14)
    assert sum(map(len, sequences.values())) > 11_000
    for selector, pairs in sequences.items():
        bases = {base for base, _ in pairs}
        asked = bases | {base + 1 for base in bases} | {base - 1 for base in bases}
        assert {base for base in asked if coverage.has(base, selector)} == bases, hex(selector)


def test_an_unknown_selector_is_never_drawn_as_the_base(coverage: Coverage) -> None:
    assert coverage.has(ord("葛"))
    assert coverage.has(ord("葛"), 0xE0102)
    assert not coverage.has(ord("葛"), 0xE0100)  # another registry's form
    assert not coverage.has(ord("葛"), 0xE01EF)


def test_is_there_before_a_tap_ends() -> None:
    start = time.perf_counter()
    assert Coverage(FONT).has(0x20BB7)
    assert time.perf_counter() - start < 0.1


def test_what_is_no_font_is_said_so(tmp_path: Path) -> None:
    other = tmp_path / "font.ttf"
    for content in (b"", b"OTTO", b"\0\1\0\0\0\0\0\0\0\0\0\0", b"PK\3\4" + b"\0" * 100):
        other.write_bytes(content)
        with pytest.raises(ValueError, match=r"font\.ttf"):
            Coverage(other)
