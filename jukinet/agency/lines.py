"""A line of a body's file -> whom it asks for; a finding -> a line of the answer. CSV in UTF-8. Pure.

In:  氏名, 生年月日, 性別, 住所, 住民票コード, told by their headings, in any order. A file without the last column, or without the first
     four, does not ask by them; a line may leave the last one empty.
Out: 行 (of the file that was asked), 結果, 変わった項目, the items that were told, and 誤り where a line was not asked at all.
"""

import csv
import io
from collections.abc import Mapping, Sequence

import msgspec

from jukinet.agency_messages import Finding, FourItems, IdentityItem, Sought, Verdict

CODE = "住民票コード"
FOUR = {"氏名": "name", "生年月日": "birth", "性別": "sex", "住所": "address"}
SEXES = {"男": "male", "女": "female", "空欄": "unknown"}
VERDICTS = {
    Verdict.MATCH: "生存",
    Verdict.CHANGED: "変更",
    Verdict.DECEASED: "死亡",
    Verdict.NOT_FOUND: "該当なし",
}
WRONG = "誤り"
TOLD = {
    IdentityItem.NAME: "氏名",
    IdentityItem.BIRTH: "生年月日",
    IdentityItem.SEX: "性別",
    IdentityItem.ADDRESS: "住所",
    IdentityItem.RESIDENT_CODE: CODE,
    IdentityItem.CHANGE: "異動年月日",
    IdentityItem.MY_NUMBER: "個人番号",
    IdentityItem.KANA: "振り仮名",
}
OUT = ("行", "結果", "変わった項目", *TOLD.values(), WRONG)

_SEX_WORDS = {word: text for text, word in SEXES.items()}


def what_heading(heading: Sequence[str]) -> str:
    """What is wrong with a first line; "" for nothing."""
    named = set(heading)
    if len(named) != len(heading):
        return "a column is there twice"
    if unknown := named - set(FOUR) - {CODE}:
        return f"{len(unknown)} headings are unknown; {', '.join((*FOUR, CODE))} are known"
    if not named & set(FOUR) and CODE not in named:
        return f"{', '.join(FOUR)} are required, or {CODE}"
    if named & set(FOUR) and not set(FOUR) <= named:
        return f"all of {', '.join(FOUR)} are required, or none"
    return ""


def sought_of(line: Mapping[str, str]) -> Sought | str:
    """Whom a line asks for, or what would be right; never what stands in it."""
    code = line.get(CODE, "")
    if code and not (len(code) == 11 and code.isascii() and code.isdigit()):
        return f"{CODE}: eleven digits are required"
    if not FOUR.keys() <= line.keys():
        return Sought(resident_code=code) if code else f"{CODE}: it may not be empty"
    if empty := [name for name in FOUR if not line[name].strip()]:
        return f"{empty[0]}: it may not be empty"
    if line["性別"] not in SEXES:
        return f"性別: one of {'、'.join(SEXES)} is required"
    items = {item: line[name] for name, item in FOUR.items()} | {"sex": SEXES[line["性別"]]}
    try:
        return Sought(four=msgspec.convert(items, FourItems), resident_code=code or None)
    except msgspec.ValidationError as error:
        name = next((name for name, item in FOUR.items() if f"$.{item}" in str(error)), "")
        return f"{name}: the whole item is required, of at most 300 characters, and no *, ? or %"


def answer_of(number: int, finding: Finding) -> list[str]:
    """A line of the answer. `number` is that of the line that was asked."""
    values = [told_text(finding, item) for item in TOLD]
    return [str(number), VERDICTS[finding.verdict], " ".join(TOLD[item] for item in finding.changed), *values, ""]


def wrong_line(number: int, right: str) -> list[str]:
    return [str(number), WRONG, "", *("" for _ in TOLD), right]


def told_text(finding: Finding, item: IdentityItem) -> str:
    value = None if finding.told is None else getattr(finding.told, item)
    return "" if value is None else _SEX_WORDS[value] if item is IdentityItem.SEX else str(value)


def rows(lines: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()
