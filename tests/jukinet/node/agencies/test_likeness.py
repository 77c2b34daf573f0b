"""What makes nobody another, and what does."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jukinet.node.agencies.likeness import KEY_BYTES, is_like, key_of_code, key_of_four, plain

FOUR = ("青葉 花子", "1980-02-29", "female", "岐阜県大垣市若葉台2丁目15番地3")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("青葉 花子", "青葉　花子"),
        ("青葉花子", " 青葉 花子 "),
        ("𠮷邉\U000e0112 葛\U000e0103葉", "𠮷邉葛葉"),
        ("2丁目15番地3", "２丁目１５番地３"),
        ("1-2-3", "１－２‐３"),
        ("ABELA MARIA", "ＡＢＥＬＡ　ＭＡＲＩＡ"),
        ("ｶﾞ", "ガ"),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert is_like(one, other)
    assert key_of_four(one, *FOUR[1:]) == key_of_four(other, *FOUR[1:])


@pytest.mark.parametrize(
    ("one", "other"), [("渡邊", "渡辺"), ("髙﨑", "高崎"), ("カー", "カ-"), ("1丁目23", "12丁目3"), ("青葉", "青葉 ?")]
)
def test_others(one: str, other: str) -> None:
    assert not is_like(one, other)
    assert key_of_four(one, *FOUR[1:]) != key_of_four(other, *FOUR[1:])


@given(st.text())
def test_plain_is_plain_for_good_and_no_blank_is_left(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert not any(sign.isspace() for sign in plain(text))
    assert is_like(text, unicodedata.normalize("NFKC", text))


@given(st.lists(st.text(min_size=1), min_size=4, max_size=4), st.integers(0, 3))
def test_a_part_of_an_item_is_another_key(items: list[str], at: int) -> None:
    whole = [f"{item}x" for item in items]
    less = [plain(item)[:-1] if place == at else item for place, item in enumerate(whole)]
    assert key_of_four(*whole) != key_of_four(*less)


def test_items_do_not_run_into_each_other_and_a_code_is_no_name() -> None:
    keys = {key_of_four("a", "bc", "d", "e"), key_of_four("ab", "c", "d", "e"), key_of_code("a"), key_of_four("a", "", "", "")}
    assert len(keys) == 4
    assert {len(key) for key in keys} == {KEY_BYTES}
