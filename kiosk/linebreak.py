"""Japanese and Latin text -> lines that fit, for the screens and for the paper alike.

Kivy and printers break between any two characters, or only at spaces. Both are wrong in Japanese (JIS X 4051, kinsoku): no 、 at the head
of a line, no 「 at its end, and a number, a Latin word or a character with its variation selector is never cut in two.
"""

import re
from collections.abc import Callable, Iterator

NOT_AT_HEAD = frozenset(
    "、。，．・：；？！ー―…‥）」』】〕〉》｝］〟’”ゝゞヽヾ々〻।॥ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ゛゜%％℃°,.:;?!)]}"
)
NOT_AT_END = frozenset("（「『【〔〈《｛［〝‘“￥＄#＃([{")
AFTER_NUMBER = frozenset("円桁通枚人回秒分時日月年歳番号才丁階室％度")  # what is counted stays with its number
AFTER_PHRASE = frozenset("、。！？）」』 　")
POLITE = frozenset("おご")  # prefixes: they begin a phrase
AUXILIARY = ("ください", "いただ", "します", "しまし", "ござい")  # verbs that may head a line of their own, and are not cut
LOOK_AHEAD = max(map(len, AUXILIARY))  # units
FULL_ENOUGH = 0.6  # of a line's width, below which a whole phrase is not worth the gap

_MARK = "[\ufe00-\ufe0f\u3099\u309a\u0300-\u036f\U000e0100-\U000e01ef]"  # variation selectors and combining marks
_MARKS = _MARK + "*"
_ONE = re.compile(f".{_MARKS}", re.DOTALL)
# Of scripts that are written with spaces; in Indic ones, signs above and below letters and joiners belong to the word.
_LETTER = "(?:[^\\W\\d_ぁ-ヿ㐀-鿿\uf900-\ufaffｦ-ﾟＡ-Ｚａ-ｚ\U00020000-\U0003ffff]|[\u0900-\u0963\u0966-\u0dff\u200c\u200d])"

# What stays in one piece: spaces; a number with its signs (also full-width), a word, both ("4-digit"); one character with its marks.
_PIECE = re.compile(
    rf" +(?!{_MARK})|(?:[0-9０-９]|{_LETTER})+(?:[.,:/．，：／'’-](?:[0-9０-９]|{_LETTER})+)*|.{_MARKS}",
    re.DOTALL,
)


def break_lines(text: str, width: float, measure: Callable[[str], float], phrases: bool = False) -> list[str]:
    """Lines of at most `width`, in the unit of `measure`. A line feed always breaks; a single piece wider than a line is cut by characters.

    With `phrases`, a line rather ends a little early than within a phrase: after a sign, where kana end and something else begins, or
    before an auxiliary verb.
    Joined again without the spaces at breaks, the lines are the text. At least one line comes back, "" for "".
    """
    lines: list[str] = []
    for paragraph in re.split(r"\r\n|\n|\r", text):
        lines.extend(_break_paragraph(paragraph, width, measure, phrases))
    return lines


def balance_lines(text: str, width: float, measure: Callable[[str], float], good_end: Callable[[str, str], int]) -> list[str]:
    """As few lines as `break_lines` makes, broken at the best places: where the sum of `good_end(unit before, unit after)` is highest, and
    of equals where the lines are most even. `measure` of a run must be the sum of its units' or less."""
    return [line for paragraph in re.split(r"\r\n|\n|\r", text) for line in _balance_paragraph(paragraph, width, measure, good_end)]


def _balance_paragraph(text: str, width: float, measure: Callable[[str], float], good_end: Callable[[str, str], int]) -> Iterator[str]:
    units = list(_units(text, width, measure))
    whole = [measure(unit) for unit in units]
    bare = [measure(unit.rstrip(" ")) for unit in units]
    # From each unit on: (lines, minus how good their ends are, how uneven), and where the first of them ends.
    best: list[tuple[tuple[int, int, float], int]] = [((0, 0, 0.0), len(units))] * (len(units) + 1)
    for start in range(len(units) - 1, -1, -1):
        found, before = [], 0.0
        for end in range(start + 1, len(units) + 1):
            room = width - before - bare[end - 1]
            if room < 0 and end > start + 1:
                break
            (lines, ends, uneven), _ = best[end]
            good = good_end(units[end - 1], units[end]) if end < len(units) else 0
            found.append(((lines + 1, ends - good, uneven + room * room), end))
            before += whole[end - 1]
        best[start] = min(found)
    start = 0
    while start < len(units):
        end = best[start][1]
        yield "".join(units[start:end]).rstrip(" ")
        start = end
    if not units:
        yield ""


def _break_paragraph(text: str, width: float, measure: Callable[[str], float], phrases: bool) -> Iterator[str]:
    units = list(_units(text, width, measure))
    start = 0
    while True:
        count = _fitting(units, start, width, measure)
        if start + count >= len(units):
            yield "".join(units[start:]).rstrip(" ")
            return
        line, following = units[start : start + count], units[start + count : start + count + LOOK_AHEAD]
        end = _phrase_end(line, following, width, measure) if phrases else count
        yield "".join(line[:end]).rstrip(" ")
        start += end
        units[start] = units[start].lstrip(" ")
        if not units[start]:
            start += 1


def _fitting(units: list[str], start: int, width: float, measure: Callable[[str], float]) -> int:
    """How many units from `start` on go into one line: at least one, of those that are left. Measuring whole lines is what breaking them
    costs, so as many as should fit by their own widths are tried first. More text is never narrower."""

    def fits(count: int) -> bool:
        return measure("".join(units[start : start + count]).rstrip(" ")) <= width

    most, count, taken = len(units) - start, 0, 0.0
    while count < most and taken + measure(units[start + count]) <= width:
        taken += measure(units[start + count])
        count += 1
    count = min(max(count, 1), most)
    while count > 1 and not fits(count):
        count -= 1
    while count < most and fits(count + 1):
        count += 1
    return count


def _phrase_end(units: list[str], following: list[str], width: float, measure: Callable[[str], float]) -> int:
    """How many units the line keeps: up to the last end of a phrase, if that fills the line well; else up to an auxiliary; else all."""
    ends = [len(units)]
    for end in range(len(units), 0, -1):
        before, after = units[end - 1][-1], "".join([*units[end : end + LOOK_AHEAD], *following])
        if before in AFTER_PHRASE or (is_kana(before) and not is_kana(after[0]) and before not in POLITE):
            ends.insert(0, end)
            break
        if after.startswith(AUXILIARY):
            ends.insert(-1, end)
    return next((end for end in ends if measure("".join(units[:end])) >= FULL_ENOUGH * width), len(units))


def is_kana(character: str) -> bool:
    """Hiragana: the endings and particles that close a phrase."""
    return "ぁ" <= character <= "ゟ"


def _units(text: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    """The smallest runs between which a line may end. Glued runs that no line can hold are cut anyway: better ugly than lost."""
    unit = ""
    for match in _PIECE.finditer(text):
        piece = match.group()
        if unit and _may_break(unit, piece):
            yield from _cut(unit, width, measure)
            unit = ""
        unit += piece
    if unit:
        yield from _cut(unit, width, measure)


def _may_break(before: str, after: str) -> bool:
    if before[-1].isdigit() and after[0] in AFTER_NUMBER:
        return False
    return after[0] != " " and after[0] not in NOT_AT_HEAD and before[-1] not in NOT_AT_END


def _cut(unit: str, width: float, measure: Callable[[str], float]) -> Iterator[str]:
    if len(unit) == 1 or measure(unit.rstrip(" ")) <= width:
        yield unit
        return
    rest = ""
    for match in _ONE.finditer(unit):
        if rest and measure(rest + match.group()) > width:
            yield rest
            rest = ""
        rest += match.group()
    yield rest
