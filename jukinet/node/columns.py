"""A register as CSV: one line a resident, one column for each item of art. 7 of the Act as the standard specification (標準仕様書 1.1)
names it, and for what the network must know of a record. Pure.

Columns are told by their headings and may stand in any order; all must be there. An error names the column and what would be right, never
what is written: that is somebody's.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jukinet.node.codes import holds
from jukinet.node.register import Entry, what_change
from jukinet.node.resident import Resident, Standing, year_of
from jukinet.node_messages import Change

LONGEST = 300  # characters an item; the longest addresses have some 100

_LOST = re.compile("[\x00-\x1f\x7f-\x9f\ufffd\ufeff]")
_NUMBER = re.compile(r"[1-9]\d{0,14}|0", re.ASCII)
_WORD = r"(?:世帯主|夫|妻|子|父|母|兄|姉|弟|妹|夫\(未届\)|妻\(未届\)|子\(子の夫\)|子\(子の妻\)|縁故者|同居人)"
_RELATIONSHIP = re.compile(rf"{_WORD}(?:の{_WORD}){{0,3}}")  # standard specification 1.1.11: up to four generations


class WrongItem(ValueError):
    """`str()` says what would be right."""


Rule = Callable[[str], Any]


def _text(text: str) -> str:
    if len(text) > LONGEST:
        raise WrongItem(f"at most {LONGEST} characters are taken")
    if _LOST.search(text):
        raise WrongItem("it holds a character that is none: a control character, or one lost in a conversion")
    if text != text.strip():
        raise WrongItem("it begins or ends with a blank")
    return text


def _needed(rule: Rule) -> Rule:
    def checked(text: str) -> Any:
        if not text:
            raise WrongItem("it may not be empty")
        return rule(text)

    return checked


def _number(least: int, most: int) -> Rule:
    def checked(text: str) -> int:
        if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
            raise WrongItem(f"a whole number from {least} to {most} without leading zeros is required")
        return int(text)

    return checked


def _one_of(words: Mapping[str, Any]) -> Rule:
    def checked(text: str) -> Any:
        if text not in words:
            raise WrongItem(f"one of {'、'.join(words)} is required")
        return words[text]

    return checked


def _day(text: str) -> str:
    """On the calendar as 2019-05-01; otherwise as it is written in the register: 昭和30年頃, 年月日不詳 (standard specification 1.1.8)."""
    try:
        if date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        if text == "" or (not text.isascii() and (year_of(text) is not None or "不詳" in text)):
            return _text(text)
    raise WrongItem("a date as 2019-05-01 is required, or one of the forms for dates that are not known")


def _relationship(text: str) -> str:
    if not _RELATIONSHIP.fullmatch(text):
        raise WrongItem("a 続柄 of the standard specification 1.1.11 is required")
    return text


def _my_number(text: str) -> str:
    if text and not (len(text) == 12 and holds(text)):
        raise WrongItem("twelve digits are required, the last of which checks the others")
    return text


def _resident_code(text: str) -> str:
    """Its check digit is not judged: the rule was never found in print."""
    if not re.fullmatch(r"\d{11}", text, re.ASCII):
        raise WrongItem("eleven digits are required")
    return text


_FLAG = _one_of({"0": 0, "1": 1})

# Heading -> item of `Resident`, and its rule. Items that may not be empty: standard specification 1.1.6.
ITEMS: dict[str, tuple[str, Rule]] = {
    "市区町村コード": ("town", _text),
    "宛名番号": ("id", _number(1, 999_999_999_999_999)),
    "世帯番号": ("household", _number(1, 999_999_999_999_999)),
    "世帯内順位": ("number", _number(1, 99)),
    "記載状態": ("state", _one_of({"現存": Standing.RESIDENT, "転出": Standing.MOVED, "死亡": Standing.DECEASED})),
    "支援措置": ("protected", _FLAG),
    "転出予定": ("moving", _FLAG),
    "入力未了": ("pending", _FLAG),
    "氏名": ("name", _text),
    "氏名の振り仮名": ("kana", _text),
    "氏名（アルファベット）": ("latin_name", _text),
    "通称": ("alias", _text),
    "旧氏": ("former_name", _text),
    "旧氏の振り仮名": ("former_kana", _text),
    "生年月日": ("birth", _needed(_day)),
    "性別": ("sex", _one_of({"男": "male", "女": "female", "空欄": "unknown"})),
    "続柄": ("relationship", _needed(_relationship)),
    "住民となった年月日": ("became_resident", _day),
    "住所": ("address", _needed(_text)),
    "方書": ("building", _text),
    "住所を定めた年月日": ("address_since", _day),
    "届出の年月日": ("notified", _day),
    "転入前住所": ("previous_address", _text),
    "個人番号": ("my_number", _my_number),
    "住民票コード": ("resident_code", _resident_code),
    "国籍・地域": ("nationality", _text),
    "在留資格等": ("status", _text),
    "在留期間等": ("period", _text),
    "在留期間の満了の日": ("expires", _day),
    "在留カード等の番号": ("card_number", _text),
    "外国人住民となった年月日": ("became", _day),
    "本籍": ("domicile", _text),
    "筆頭者": ("family_head", _text),
    "選挙人名簿": ("elector", _text),
    "国民健康保険": ("health_insurance", _text),
    "後期高齢者医療": ("elderly_insurance", _text),
    "介護保険": ("care_insurance", _text),
    "国民年金": ("pension", _text),
    "児童手当": ("child_allowance", _text),
    "米穀": ("rice", _text),
}
REASON, CHANGED = "異動事由", "異動年月日"
COLUMNS = (*ITEMS, REASON, CHANGED)

_WORDS: dict[str, dict[Any, str]] = {
    "state": {Standing.RESIDENT: "現存", Standing.MOVED: "転出", Standing.DECEASED: "死亡"},
    "sex": {"male": "男", "female": "女", "unknown": "空欄"},
}
_OF_JAPANESE = {"住民となった年月日": "became_resident", "本籍": "domicile", "筆頭者": "family_head"}
_OF_FOREIGNERS = {"在留カード等の番号": "card_number", "外国人住民となった年月日": "became"}


@dataclass(frozen=True)
class Wrong:
    column: str
    right: str


def what_columns(heading: Sequence[str]) -> list[Wrong]:
    """What is wrong with a first line."""
    missing = [Wrong(name, "the column is missing") for name in COLUMNS if name not in heading]
    unknown = [Wrong(f"column {at}", "its heading is unknown") for at, name in enumerate(heading, 1) if name not in COLUMNS]
    twice = [Wrong(name, "the column is there twice") for name in COLUMNS if heading.count(name) > 1]
    return missing + unknown + twice


def entry_of(line: Mapping[str, str], town: str) -> Entry | list[Wrong]:
    """The record that a line says, as first entered; or what is wrong with it."""
    items: dict[str, Any] = {}
    wrong = []
    for heading, (item, rule) in ITEMS.items():
        try:
            items[item] = rule(line[heading])
        except WrongItem as error:
            wrong.append(Wrong(heading, str(error)))
    if "town" in items and items["town"] != town:
        wrong.append(Wrong("市区町村コード", f"{town} is required: the register of one municipality is one file"))
    for heading, rule in ((REASON, _needed(_text)), (CHANGED, _needed(_day))):
        try:
            rule(line[heading])
        except WrongItem as error:
            wrong.append(Wrong(heading, str(error)))
    wrong += _together(line)
    if wrong:
        return wrong
    person = Resident(**items)
    return Entry(person, what_change(person, Change.ADDED), line[REASON], line[CHANGED])


def _together(line: Mapping[str, str]) -> list[Wrong]:
    """What follows for one item from another."""
    wrong = []
    if not line["氏名"] and not line["氏名（アルファベット）"]:
        wrong.append(Wrong("氏名", "a name is required, here or in 氏名（アルファベット）"))
    if bool(line["旧氏"]) != bool(line["旧氏の振り仮名"]):
        wrong.append(Wrong("旧氏の振り仮名", "旧氏 and its kana come together"))
    foreign = bool(line["国籍・地域"])
    whose = "a foreign resident" if foreign else "a Japanese national"
    for heading in _OF_FOREIGNERS if foreign else _OF_JAPANESE:
        if not line[heading]:
            wrong.append(Wrong(heading, f"it may not be empty for {whose}"))
    return wrong


def line_of(entry: Entry) -> list[str]:
    """The other way round, in the order of COLUMNS."""
    items = ((item, getattr(entry.person, item)) for item, _ in ITEMS.values())
    return [_WORDS[item][value] if item in _WORDS else str(value) for item, value in items] + [entry.reason, entry.changed]
