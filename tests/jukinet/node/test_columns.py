"""Lines of a register's CSV: what each column takes, what follows from one for another, and that an error quotes nothing."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jukinet.node.columns import COLUMNS, ITEMS, entry_of, line_of, what_columns
from jukinet.node.people import population
from jukinet.node.register import Entry, added
from jukinet.node.resident import Resident
from jukinet.node_messages import Change

TOWN, LOCAL = "21202", "21361"
DOCUMENT = Path(__file__).parents[3] / "docs/register.md"
HANAKO = next(person for person in population(0, 1, TOWN) if person.name == "青葉 花子")
FOREIGNER = next(person for person in population(0, 1, TOWN) if person.nationality)


def line(person: Resident, **other: str) -> dict[str, str]:
    return dict(zip(COLUMNS, line_of(added(person)), strict=True)) | other


def wrong(cells: dict[str, str], town: str = TOWN) -> dict[str, str]:
    found = entry_of(cells, town)
    return {} if isinstance(found, Entry) else {each.column: each.right for each in found}


def test_every_item_of_a_record_has_one_column() -> None:
    assert sorted(item for item, _ in ITEMS.values()) == sorted(Resident.__struct_fields__)


def test_the_document_names_exactly_these_columns() -> None:
    table = re.findall(r"^\| `([^`]+)` \| `(\w*)` \|", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [name for name, _ in table] == list(COLUMNS)
    assert {name: item for name, item in table if item} == {name: item for name, (item, _) in ITEMS.items()}


@pytest.mark.parametrize("town", [TOWN, LOCAL])
def test_invented_people_all_hold(town: str) -> None:
    for person in population(3000, 5, town):
        entry = added(person)
        assert entry_of(dict(zip(COLUMNS, line_of(entry), strict=True)), town) == entry


texts = st.text(st.characters(blacklist_categories=["Cc", "Cs"], blacklist_characters="\ufeff\ufffd"), max_size=40).map(str.strip)
names = st.text("葛\U000e0100\U000e0103\U000e01ef𠮷邉髙a ・", min_size=1, max_size=12).map(str.strip).filter(bool)
days = st.one_of(
    st.dates().map(str), st.sampled_from(["昭和30年頃", "推定昭和64年1月7日", "年月日不詳", "昭和13年2月29日", "大正15年12月25日"])
)


@given(st.data())
def test_what_is_written_is_read_again(data: st.DataObject) -> None:
    foreign = data.draw(st.booleans())
    items = {
        name: data.draw(texts)
        for name in ("kana", "alias", "building", "previous_address", "status", "period", "elector", "pension", "rice")
    }
    person = Resident(
        id=data.draw(st.integers(1, 10**15 - 1)),
        town=TOWN,
        household=data.draw(st.integers(1, 10**15 - 1)),
        number=data.draw(st.integers(1, 99)),
        state=data.draw(st.sampled_from(["resident", "moved", "deceased"])),
        protected=data.draw(st.integers(0, 1)),
        name=data.draw(names),
        birth=data.draw(days),
        sex=data.draw(st.sampled_from(["male", "female", "unknown"])),
        relationship=data.draw(st.sampled_from(["世帯主", "妻(未届)", "子の妻", "父の母", "子の子の子の子", "子(子の夫)", "同居人"])),
        address=data.draw(names),
        resident_code=data.draw(st.from_regex(r"[0-9]{11}", fullmatch=True)),
        nationality="中国" if foreign else "",
        became=data.draw(days) if foreign else "",
        card_number="ZZ00000000ZZ" if foreign else "",
        became_resident="" if foreign else data.draw(days),
        domicile="" if foreign else data.draw(names),
        family_head="" if foreign else data.draw(names),
        **items,
    )
    entry = Entry(person, Change.ADDED if person.state == "resident" else Change.REMOVED, data.draw(names), data.draw(days))
    assert entry_of(dict(zip(COLUMNS, line_of(entry), strict=True)), TOWN) == entry


@pytest.mark.parametrize(
    ("column", "value", "right"),
    [
        ("市区町村コード", "21361", "21202 is required"),
        ("宛名番号", "", "whole number"),
        ("宛名番号", "0012", "leading zeros"),
        ("宛名番号", "1e3", "whole number"),
        ("宛名番号", "１２", "whole number"),
        ("宛名番号", "1000000000000000", "whole number"),
        ("世帯番号", "-3", "whole number"),
        ("世帯内順位", "0", "from 1 to 99"),
        ("記載状態", "resident", "現存、転出、死亡"),
        ("支援措置", "はい", "0、1"),
        ("氏名", "青葉\x00花子", "no|none"),
        ("氏名", "青葉\ufffd花子", "lost in a conversion"),
        ("氏名", "青葉 花子 ", "blank"),
        ("氏名", "青" * 301, "300"),
        ("氏名", "", "a name is required"),
        ("旧氏の振り仮名", "", "together"),
        ("生年月日", "", "may not be empty"),
        ("生年月日", "1980-02-30", "a date"),
        ("生年月日", "19800229", "a date"),
        ("生年月日", "1980/02/29", "a date"),
        ("生年月日", "青葉", "a date"),
        ("性別", "女性", "男、女、空欄"),
        ("続柄", "孫", "1.1.11"),
        ("続柄", "子の子の子の子の子", "1.1.11"),
        ("続柄", "", "empty"),
        ("住所", "", "empty"),
        ("個人番号", "123456789012", "twelve digits"),
        ("住民票コード", "1234567890", "eleven digits"),
        ("住民票コード", "１２３４５６７８９０１", "eleven digits"),
        ("住民となった年月日", "", "Japanese national"),
        ("本籍", "", "Japanese national"),
        ("筆頭者", "", "Japanese national"),
        ("異動事由", "", "empty"),
        ("異動年月日", "", "empty"),
        ("異動年月日", "きのう", "a date"),
    ],
)
def test_what_a_column_does_not_take(column: str, value: str, right: str) -> None:
    found = wrong(line(HANAKO, **{column: value}))
    assert set(found) == {column}
    assert re.search(right, found[column])
    if len(value) > 2 and column != "市区町村コード":
        assert value not in found[column]


@pytest.mark.parametrize("column", ["在留カード等の番号", "外国人住民となった年月日"])
def test_what_a_foreign_residents_line_needs(column: str) -> None:
    assert wrong(line(FOREIGNER)) == {}
    assert set(wrong(line(FOREIGNER, **{column: ""}))) == {column}


def test_all_that_is_wrong_with_a_line_is_said_at_once() -> None:
    assert set(wrong(line(HANAKO, 性別="?", 続柄="?", 住民票コード="?"))) == {"性別", "続柄", "住民票コード"}


def test_headings() -> None:
    assert what_columns(COLUMNS) == []
    assert what_columns(COLUMNS[::-1]) == []
    assert [each.column for each in what_columns(COLUMNS[:-1])] == ["異動年月日"]
    assert [each.column for each in what_columns([*COLUMNS, "備考"])] == [f"column {len(COLUMNS) + 1}"]
    assert [each.column for each in what_columns([*COLUMNS, "氏名"])] == ["氏名"]
