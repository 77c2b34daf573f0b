from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from hardware.printer.page import Bitmap
from kiosk.document.faces import IPAMJ, Face, faces_of
from kiosk.document.fonts import FULL, HALF, FontMissing, Fonts, NoGlyph, clusters, width_of


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("山田 太郎", ()),
        ("𠮷田髙﨑邉濵德", ()),
        ("葛\U000e0102飾", ()),
        ("葛\U000e0100飾", ("葛\U000e0100",)),  # Adobe-Japan1: the font has only the MJ forms
        ("カ\u3099", ()),  # composes to ガ
        ("A\u0301", ()),
        ("Q\u0301", ("Q\u0301",)),  # composes to nothing
        ("\ue000", ("\ue000",)),  # a town's own character
        ("龦田龦", ("龦",)),
        ("한글", ("한", "글")),
        ("a\nb", ("\n",)),
        ("\u200b", ("\u200b",)),
        ("\U000e0102", ("\U000e0102",)),
        ("ｱﾊﾟｰﾄ　１－２", ()),
        ("", ()),
    ],
)
def test_tells_what_it_cannot_draw(fonts: Fonts, text: str, missing: tuple[str, ...]) -> None:
    found = fonts.can_draw(text)
    assert [one.cluster for one in found] == clusters(text)
    assert dict.fromkeys(one.cluster for one in found if one.font is None) == dict.fromkeys(missing)
    assert {one.font for one in found} <= {"IPAmjMincho", None}


@pytest.mark.parametrize(
    ("language", "text", "fonts"),
    [
        ("ja", "岐é", ["IPAmjMincho", "IPAmjMincho"]),
        ("en", "aé岐", ["Noto Sans Mono", "Noto Sans Mono", "IPAmjMincho"]),
        ("vi", "ế", ["Noto Sans Mono"]),
        ("zh-Hans", "户証𠮷", ["Noto Sans Mono CJK SC", "Noto Sans Mono CJK SC", "Noto Sans Mono CJK SC"]),
        ("zh-Hant-TW", "戶", ["Noto Sans Mono CJK TC"]),
        ("ko", "한글", ["Noto Sans Mono CJK KR", "Noto Sans Mono CJK KR"]),
        ("ne", "नेa岐", ["Noto Sans Devanagari", "Noto Sans Devanagari", "Noto Sans Mono", "IPAmjMincho"]),
        ("ne", "葛\U000e0102\ue000", ["IPAmjMincho", None]),
    ],
)
def test_says_of_each_character_which_font_draws_it(language: str, text: str, fonts: list[str | None]) -> None:
    assert [one.font for one in Fonts(faces_of(language)).can_draw(text)] == fonts


def test_what_cannot_be_drawn_is_refused_without_naming_it(fonts: Fonts) -> None:
    for cluster in ("\ue000", "龦", "葛\U000e0100"):
        for draw in (fonts.glyph, lambda one: fonts.banner(one, 48, 0), lambda one: fonts.stretched(one, 40, 50)):
            with pytest.raises(NoGlyph) as refusal:
                draw(cluster)
            assert cluster[0] not in str(refusal.value)


def test_a_variation_sequence_is_its_own_form_in_one_cell(fonts: Fonts) -> None:
    forms = [fonts.glyph(form) for form in ("葛", "葛\U000e0102", "葛\U000e0103", "邉", "邉\U000e010f", "邉\U000e0110")]
    assert len({(form.width, form.height) for form in forms}) == 1
    # The plain character is one of its own forms; all the others differ.
    assert len(set(forms[:3])) >= 2
    assert len(set(forms[3:])) >= 2


def test_cells_are_24_or_12_dots_wide(fonts: Fonts) -> None:
    assert {fonts.glyph(one).width for one in "山アａ、①×"} == {FULL}
    assert {fonts.glyph(one).width for one in "aZ0-(~ｱﾞéÑ"} == {HALF}
    assert {fonts.glyph(one).height for one in "山a"} == {FULL}


def ink(bitmap: Bitmap) -> int:
    return sum(line.bit_count() for line in bitmap.lines)


def test_no_stroke_is_cut_off(fonts: Fonts) -> None:
    """What a cell shows is all the ink that the font has for the character at that size."""
    path = next(place for place in IPAMJ.places if place.is_file())
    font = ImageFont.truetype(str(path), 24, layout_engine=ImageFont.Layout.RAQM)
    for one in "鬱龍薔薇驫麤ヅガグボ一永國𠮷髙﨑邉。、（）":
        image = Image.new("L", (96, 96))
        ImageDraw.Draw(image).text((36, 36), one, fill=255, font=font)
        assert ink(fonts.glyph(one)) == sum(value >= 96 for value in image.tobytes()), one


@pytest.mark.parametrize("one", ["É", "Å", "ý", "Ḿ", "\\", "|", "ﾊ"])
def test_tall_letters_keep_their_marks(fonts: Fonts, one: str) -> None:
    glyph = fonts.glyph(one)
    assert ink(glyph) > 10
    assert (glyph.width, glyph.height) == (width_of(one), 24)


def test_a_banner_is_as_wide_as_its_characters_and_gaps(fonts: Fonts) -> None:
    assert (fonts.banner("住民票", 48, 36).width, fonts.banner("住民票", 48, 36).height) == (3 * 48 + 2 * 36, 48)
    assert fonts.banner("Receipt", 48, 0).width == 7 * 24


def test_stretched_ink_fills_its_room(fonts: Fonts) -> None:
    glyph = fonts.stretched("町", 40, 56)
    columns = 0
    for line in glyph.lines:
        columns |= line
    assert glyph.lines[0]
    assert glyph.lines[-1]
    assert columns >> 39 & 1
    assert columns & 1


@given(st.text())
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text
    assert width_of(text) == sum(map(width_of, clusters(text)))


def test_a_missing_font_names_its_package() -> None:
    with pytest.raises(FontMissing, match="fonts-ipamj-mincho"):
        Fonts((Face("IPAmjMincho", "fonts-ipamj-mincho", (Path("/nowhere/ipamjm.ttf"),)),))
