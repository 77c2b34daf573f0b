"""The disclosure list: who looked at my record, when, what for, and on what ground (個人情報の保護に関する法律 76条).

The paper does not name the person whose record it is: whoever finds it learns that somebody asked.
"""

from dataclasses import dataclass

from hardware.printer.page import Page
from kiosk.document.paper import Own, Sheet

HEX_GROUP = 8  # digits that are compared at a glance


@dataclass(frozen=True)
class Look:
    """One line of a log: `date` "2026-11-24", `time` "14:03"; who, for which task, by which article, in the log's own words. `deed` is the
    key of what a town did (`looks.deed.*`), in place of `purpose`. `line` is where it stands. One that is not `proven` says nothing."""

    date: str
    time: str
    body: str
    purpose: str
    ground: str
    deed: str = ""
    times: int = 1  # of a mass run, of which this is the newest
    line: str = ""
    proven: bool = True


@dataclass(frozen=True)
class Proof:
    """The state of a log that lines stand in: whose it is, how many lines it has, and its root (RFC 6962), 32 bytes.

    Anyone who kept a later checkpoint can show by it that no line was added, changed or removed since.
    """

    log: str
    size: int
    root: bytes


@dataclass(frozen=True)
class Disclosure:
    """`since` and `until` are the first and last day that was looked through. `proofs`: of each log with a line here."""

    town_name: str
    number: str
    date: str
    time: str
    since: str
    until: str
    looks: tuple[Look, ...]
    proofs: tuple[Proof, ...]
    contact: str
    more: bool = False  # older ones are not here


def lay_disclosure(sheet: Sheet, disclosure: Disclosure) -> Page:
    words = sheet.words
    period = words.text("disclosure.period_value", since=sheet.day(disclosure.since), until=sheet.day(disclosure.until))
    sheet.head(disclosure.town_name, "disclosure.title")
    sheet.rows(
        (
            ("disclosure.number", disclosure.number),
            ("disclosure.date", sheet.moment(disclosure.date, disclosure.time)),
            ("disclosure.period", period),
            ("disclosure.count", words.text("disclosure.count_value", count=len(disclosure.looks))),
        )
    )
    if disclosure.more:
        sheet.sentence(words.text("looks.more"))
    for look in disclosure.looks:
        sheet.part()
        sheet.rows(_rows(sheet, look))
    sheet.part()
    for proof in disclosure.proofs:
        sheet.rows(
            (
                ("disclosure.proof", words.text("disclosure.proof_value", log=proof.log, size=proof.size)),
                ("disclosure.root", _grouped(proof.root)),
            )
        )
    sheet.rows((("disclosure.contact", Own(disclosure.contact)),))
    return sheet.foot("disclosure.note")


def _rows(sheet: Sheet, look: Look) -> list[tuple[str, str | Own]]:
    words = sheet.words
    line: list[tuple[str, str | Own]] = [("disclosure.line", look.line)] if look.line else []
    if not look.proven:
        return [("disclosure.body", words.text("looks.unproven")), *line]
    times: list[tuple[str, str | Own]] = [("disclosure.times", words.text("looks.times", times=look.times))] if look.times > 1 else []
    return [
        ("disclosure.at", sheet.moment(look.date, look.time)),
        *times,
        ("disclosure.body", Own(look.body)),
        ("disclosure.purpose", words.text(f"looks.deed.{look.deed}") if look.deed else Own(look.purpose)),
        ("disclosure.ground", Own(look.ground)),
        *line,
    ]


def _grouped(root: bytes) -> str:
    digits = root.hex()
    groups = [digits[at : at + HEX_GROUP] for at in range(0, len(digits), HEX_GROUP)]
    return "\n".join(" ".join(groups[at : at + 2]) for at in range(0, len(groups), 2))
