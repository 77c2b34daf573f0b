"""Lines break where a Japanese reader expects it."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk.linebreak import NOT_AT_END, NOT_AT_HEAD, balance_lines, break_lines


def cells(text: str) -> float:
    """Width in half-width cells; variation selectors and combining marks have none."""
    return sum(0 if 0xE0100 <= ord(c) <= 0xE01EF or ord(c) in (0x3099, 0x309A) else 1 if ord(c) < 0x3000 else 2 for c in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("住民票の写し", 8, ["住民票の", "写し"]),
        ("住民票の、写し", 8, ["住民票", "の、写し"]),  # no 、 at a head
        ("住民票「写し」", 8, ["住民票", "「写し」"]),  # no 「 at an end
        ("料金は1,200円です", 10, ["料金は", "1,200円で", "す"]),  # a number stays whole
        ("take your card now", 9, ["take your", "card now"]),
        ("its 4-digit PIN", 9, ["its", "4-digit", "PIN"]),
        ("don't stop", 6, ["don't", "stop"]),
        ("一\n二\n\n三", 10, ["一", "二", "", "三"]),
        ("葛\U000e0101葛\U000e0101葛\U000e0101", 4, ["葛\U000e0101葛\U000e0101", "葛\U000e0101"]),
        ("Incomprehensibilities", 8, ["Incompre", "hensibil", "ities"]),  # too long for any line
        ("カード", 4, ["カー", "ド"]),
        ("チョコ", 4, ["チョ", "コ"]),
        ("कार्ड निकाल्नुहोस्।", 15, ["कार्ड", "निकाल्नुहोस्।"]),  # signs of a syllable are no letters of their own
        ("२०२६ साल", 5, ["२०२६", "साल"]),
        ("증명서를 받으세요", 12, ["증명서를", "받으세요"]),
    ],
)
def test_examples(text: str, width: float, lines: list[str]) -> None:
    assert break_lines(text, width, cells) == lines


texts = st.text(alphabet=st.sampled_from("住民票の写し、。「」（）ー ABCabc0123,.　葛\U000e0101か\u3099\n"), max_size=60)


@given(texts, st.integers(min_value=2, max_value=30))
def test_nothing_is_lost_and_every_line_fits(text: str, width: int) -> None:
    lines = break_lines(text, width, cells)
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all(cells(line) <= width for line in lines)


@example("b一票。fcタ、、a", 6)  # what a phrase leaves for the next line counts there
@given(texts, st.integers(min_value=2, max_value=30))
def test_phrases_lose_nothing_either(text: str, width: int) -> None:
    lines = break_lines(text, width, cells, phrases=True)
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all(cells(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("矢印の向きに奥まで入れてください", 22, ["矢印の向きに奥まで", "入れてください"]),
        ("カードを抜かないで、お待ちください", 30, ["カードを抜かないで、", "お待ちください"]),
        ("証明書が出るまで、そのままお待ちください。", 38, ["証明書が出るまで、そのままお待ち", "ください。"]),
        ("証明書が出るまでそのままおまちください。", 36, ["証明書が出るまでそのままおまち", "ください。"]),
        ("あいうえおかきくけこさしすせそ", 20, ["あいうえおかきくけこ", "さしすせそ"]),
    ],
)
def test_phrases_stay_together(text: str, width: float, lines: list[str]) -> None:
    assert break_lines(text, width, cells, phrases=True) == lines


@given(st.text(alphabet=st.sampled_from("住民票の写し、「」"), max_size=60))
def test_kinsoku_holds_where_it_can(text: str) -> None:
    lines = break_lines(text, 16, cells)
    for line, following in pairwise(lines):
        if len(line) == 8 or len(following) == 8:
            continue  # a run of signs longer than a line had to be cut somewhere
        assert following[0] not in NOT_AT_HEAD or line[-1] in NOT_AT_HEAD | NOT_AT_END


def comma(before: str, after: str) -> int:
    return int(before[-1] == "、")


@given(texts, st.integers(min_value=2, max_value=30))
def test_balanced_lines_are_as_few_as_can_be_and_lose_nothing(text: str, width: int) -> None:
    lines = balance_lines(text, width, cells, comma)
    assert len(lines) <= len(break_lines(text, width, cells))
    assert "".join(lines).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert all(cells(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("一\n\n二", 10, ["一", "", "二"]),
        ("あいうえおか", 10, ["あいう", "えおか"]),  # as even as can be
        ("あい、うえおかき", 14, ["あい、", "うえおかき"]),  # the better end first
        ("あい、うえおかきく", 10, ["あい、う", "えおかきく"]),  # but never a line more for it
        ("take your card", 9, ["take", "your card"]),
    ],
)
def test_lines_are_balanced(text: str, width: float, lines: list[str]) -> None:
    assert balance_lines(text, width, cells, comma) == lines
