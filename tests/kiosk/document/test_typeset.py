import re

from hypothesis import given
from hypothesis import strategies as st

from hardware.printer.page import Cell, Picture, size
from kiosk.document.faces import faces_of
from kiosk.document.fonts import FULL, Fonts, clusters, width_of
from kiosk.document.typeset import Setting, even_lines, lines_of, name_lines
from kiosk.linebreak import NOT_AT_END, NOT_AT_HEAD

WIDTH = 16 * FULL

texts = st.text(alphabet="岐阜県大垣市見本町葛\U000e0102、。（）「」ーッャABC 0123４５６ｱﾟ", max_size=80)


@given(texts)
def test_even_lines_fit_and_are_no_more_than_needed(text: str) -> None:
    lines = even_lines(text, WIDTH)
    assert len(lines) == len(lines_of(text, WIDTH))
    assert all(width_of(line) <= WIDTH for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(texts)
def test_no_form_is_parted_from_its_character(text: str) -> None:
    for lines in (even_lines(text, WIDTH), name_lines(text, WIDTH)):
        assert [one for line in lines for one in clusters(line) if not one.isspace()] == [
            one for one in clusters(text) if not one.isspace()
        ]


def test_signs_stand_where_readers_expect_them() -> None:
    text = "見本ロイヤルガーデンパレス「サウスコート」ウエスト・ウィング１２３４号室（架空様方）、ッとーの、あと。" * 3
    lines = even_lines(text, WIDTH)
    assert not [line for line in lines[1:] if line[0] in NOT_AT_HEAD]
    assert not [line for line in lines[:-1] if line[-1] in NOT_AT_END]
    assert not [line for line in lines[:-1] if re.search("[０-９]$", line) and re.match("[０-９]", lines[lines.index(line) + 1])]


def test_an_address_breaks_after_one_of_its_parts() -> None:
    assert even_lines("愛知県名古屋市中区見本三丁目１番１号", WIDTH) == ["愛知県名古屋市中区", "見本三丁目１番１号"]
    assert even_lines("東京都架空区見本１丁目２番３－４０５号", WIDTH)[0] == "東京都架空区見本１丁目"


def test_a_sentence_leaves_no_single_character_behind() -> None:
    assert even_lines("この写しは、住民票の原本と相違ないことを証明する。", 22 * FULL)[-1] == "相違ないことを証明する。"


def test_names_break_between_their_parts() -> None:
    assert name_lines("架空 花子", WIDTH) == ["架空 花子"]
    assert name_lines("架空　花子", WIDTH) == ["架空　花子"]
    assert name_lines("EXAMPLEEXAMPLE ANNAMARIA VERONIKA", 18 * 12) == ["EXAMPLEEXAMPLE", "ANNAMARIA VERONIKA"]


def test_a_part_longer_than_a_line_is_cut_and_nothing_is_lost() -> None:
    name = "寿限無寿限無五劫乃擦切海砂利水魚之助"
    assert "".join(name_lines(name, 5 * FULL)) == name


def test_cells_stand_on_the_grid(fonts: Fonts) -> None:
    placed = list(Setting(fonts).items("1 年１月ｱ 葛\U000e0102", 24, 7))
    assert [cell.x for cell in placed] == [24, 48, 72, 96, 120, 144]
    assert {cell.y for cell in placed} == {7}
    assert all(isinstance(cell, Cell) for cell in placed)


NEPALI = "तपाईंको कार्ड निकाल्नुहोस्।"


def test_joined_letters_are_one_picture_and_keep_to_the_grid() -> None:
    """Devanagari cannot be cut into cells: its letters change with their neighbours and stand above each other."""
    setting = Setting(Fonts(faces_of("ne")))
    placed = list(setting.items(f"{NEPALI} 24 岐阜", 12, 7))
    kinds = [type(item) for item in placed]
    assert kinds == [Picture, Cell, Cell, Cell, Cell]
    assert all(item.x % 12 == 0 for item in placed)
    assert setting.width(f"{NEPALI} 24 岐阜") == placed[-1].x + 24 - 12
    assert all(item.y + size(item)[1] <= 7 + setting.height for item in placed)
    # Shaped: the whole is not its letters one by one.
    assert setting.width("क्ष") < setting.width("क") + setting.width("ष")


def test_papers_without_joined_letters_are_cells_only() -> None:
    for language, text in (("vi", "Đã nhận ở Tarui, tỉnh Gifu: 300 yên"), ("ko", "증명서 2통"), ("zh-Hans", "证明书２份"), ("pt", "Ação")):
        setting = Setting(Fonts(faces_of(language)))
        placed = list(setting.items(text, 0, 0))
        assert all(isinstance(item, Cell) and item.x % 12 == 0 for item in placed)
        assert setting.width(text) == placed[-1].x + size(placed[-1])[0]
        assert setting.height == FULL


def test_lines_of_joined_letters_break_between_words() -> None:
    setting = Setting(Fonts(faces_of("ne")))
    lines = even_lines(NEPALI * 3, 300, setting.width)
    assert len(lines) > 2
    assert all(setting.width(line) <= 300 for line in lines)
    assert all(line in NEPALI * 3 for line in lines)
    assert set(" ".join(lines).split()) <= set((NEPALI * 3).split())
