"""A file's line is somebody or an error with what would be right; a finding is a line."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jukinet.agency.lines import OUT, answer_of, rows, sought_of, what_heading
from jukinet.agency_messages import Finding, FourItems, IdentityItem, Sought, Told, Verdict

LINE = {"氏名": "青葉 花子", "生年月日": "1980-02-29", "性別": "女", "住所": "岐阜県大垣市"}
FOUR = FourItems(name="青葉 花子", birth="1980-02-29", sex="female", address="岐阜県大垣市")


@pytest.mark.parametrize(
    ("heading", "wrong"),
    [
        (["氏名", "生年月日", "性別", "住所"], ""),
        (["住所", "性別", "住民票コード", "氏名", "生年月日"], ""),
        (["住民票コード"], ""),
        (["氏名", "生年月日", "性別"], "all of"),
        (["氏名", "氏名"], "twice"),
        (["氏名", "生年月日", "性別", "住所", "本籍"], "1 headings are unknown"),
        ([], "are required"),
    ],
)
def test_headings(heading: list[str], wrong: str) -> None:
    assert wrong in what_heading(heading)
    assert bool(wrong) == bool(what_heading(heading))


@pytest.mark.parametrize(
    ("line", "sought"),
    [
        (LINE, Sought(four=FOUR)),
        (LINE | {"住民票コード": ""}, Sought(four=FOUR)),
        (LINE | {"住民票コード": "10000000009"}, Sought(four=FOUR, resident_code="10000000009")),
        ({"住民票コード": "10000000009"}, Sought(resident_code="10000000009")),
        ({"住民票コード": ""}, "住民票コード: it may not be empty"),
        (LINE | {"住民票コード": "1000000000"}, "住民票コード: eleven digits are required"),
        (LINE | {"住民票コード": "１0000000009"}, "住民票コード: eleven digits are required"),
        (LINE | {"住所": " "}, "住所: it may not be empty"),
        (LINE | {"性別": "female"}, "性別: one of 男、女、空欄 is required"),
        (LINE | {"氏名": "青葉*"}, "氏名: the whole item is required, of at most 300 characters, and no *, ? or %"),
        (LINE | {"住所": "岐阜県％"}, "住所: the whole item is required, of at most 300 characters, and no *, ? or %"),
        (LINE | {"生年月日": "1" * 301}, "生年月日: the whole item is required, of at most 300 characters, and no *, ? or %"),
    ],
)
def test_a_line_is_somebody_or_says_what_would_be_right(line: dict[str, str], sought: Sought | str) -> None:
    assert sought_of(line) == sought


@given(st.fixed_dictionaries({name: st.text(max_size=400) for name in (*LINE, "住民票コード")}))
def test_whatever_a_line_holds_an_error_does_not_repeat_it(line: dict[str, str]) -> None:
    said = sought_of(line)
    if isinstance(said, str):
        assert said.partition(": ")[0] in line
        assert all(len(value) < 20 or value not in said for value in line.values())


def test_a_finding_is_a_line_with_what_was_told_under_its_heading() -> None:
    told = Told(address="新, 番地", sex="male", change="2026-01-01", my_number="1", kana="カナ", name="n", birth="b", resident_code="c")
    finding = Finding(verdict=Verdict.CHANGED, changed=[IdentityItem.ADDRESS, IdentityItem.SEX], told=told)
    written = rows([OUT, answer_of(7, finding), answer_of(8, Finding(verdict=Verdict.DECEASED))]).decode()
    first, second = csv.DictReader(io.StringIO(written))
    assert first == {
        "行": "7",
        "結果": "変更",
        "変わった項目": "住所 性別",
        "氏名": "n",
        "生年月日": "b",
        "性別": "男",
        "住所": "新, 番地",
        "住民票コード": "c",
        "異動年月日": "2026-01-01",
        "個人番号": "1",
        "振り仮名": "カナ",
        "誤り": "",
    }
    assert {name for name, value in second.items() if value} == {"行", "結果"}
