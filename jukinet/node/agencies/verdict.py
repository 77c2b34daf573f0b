"""Who is it, does it still hold, and what may the body be told? Pure: towns' words in, a finding out.

One person's identity is told by each town where he or she ever lived. The word that counts is that of the town where the person is
recorded now; when a line was down and the former town's removal has not come yet, the later change counts. Where all towns have removed the
person, death counts before having moved away.

Whoever is asked for by four items is found by any version that ever had all four, so that one who has moved since is "changed" and not
"not found". Nobody is guessed at: if that leads to two persons, or to another than the 住民票コード does, nobody is found.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jukinet.agency_messages import FOUR, Finding, Grant, IdentityItem, Sought, Told, Verdict
from jukinet.node.agencies.likeness import is_like
from jukinet.node_messages import Change

Row = Mapping[str, Any]  # of the table `identities`, perhaps with the two items of today's set

_GONE = (Change.REMOVED, Change.DECEASED)
_NOBODY = Finding(verdict=Verdict.NOT_FOUND)


@dataclass(frozen=True)
class Judged:
    """`code` is the 住民票コード of whom the finding is about, "" for nobody. `told` are the items told or confirmed."""

    finding: Finding
    code: str = ""


def judge(sought: Sought, by_four: Collection[str], rows: Mapping[str, Sequence[Row]], grant: Grant) -> Judged:
    """`by_four`: codes of those who ever had these four items. `rows`: towns' newest words by code, for all that are asked about."""
    code = _who(sought, by_four)
    words = rows.get(code, ())
    if not words:
        return Judged(_NOBODY)
    here = [row for row in words if row["change"] not in _GONE]
    row = max(here or words, key=_when)
    if not here:
        return Judged(_gone(words, row, grant), code)
    differs = _differing(sought, row)
    told = {item: _value(row, item) for item in grant.items if item in differs or not _is_known(sought, item)}
    return Judged(
        Finding(
            verdict=Verdict.CHANGED if differs else Verdict.MATCH,
            changed=[item for item in differs if item in grant.items],
            told=_told(told),
        ),
        code,
    )


def told_items(finding: Finding) -> list[str]:
    """Ids of what the body was told."""
    return [item.value for item in IdentityItem if finding.told is not None and getattr(finding.told, item) is not None]


def _who(sought: Sought, by_four: Collection[str]) -> str:
    """A code, "" for nobody or not one person only."""
    if sought.four is None:
        return sought.resident_code or ""
    if sought.resident_code is not None:
        return sought.resident_code if sought.resident_code in by_four else ""
    return next(iter(by_four)) if len(by_four) == 1 else ""


def _when(row: Row) -> tuple[str, str]:
    """Later changes last. A day that is on no calendar counts as the earliest; the town only makes it one and the same everywhere."""
    day = row["changed"]
    return (day if day.isascii() else "", row["town"])


def _gone(words: Sequence[Row], row: Row, grant: Grant) -> Finding:
    dead = [each for each in words if each["change"] == Change.DECEASED]
    if dead:
        since = {IdentityItem.CHANGE: dead[0]["changed"]} if IdentityItem.CHANGE in grant.items else {}
        return Finding(verdict=Verdict.DECEASED, told=_told(since))
    changed = [IdentityItem.ADDRESS] if IdentityItem.ADDRESS in grant.items else []
    since = {IdentityItem.CHANGE: row["changed"]} if IdentityItem.CHANGE in grant.items else {}
    return Finding(verdict=Verdict.CHANGED, changed=changed, told=_told(since))


def _differing(sought: Sought, row: Row) -> list[IdentityItem]:
    if sought.four is None:
        return []
    return [item for item in FOUR if not is_like(getattr(sought.four, item), row[item])]


def _is_known(sought: Sought, item: IdentityItem) -> bool:
    """To the body, by its question. Where an item differs it is told all the same."""
    if item is IdentityItem.RESIDENT_CODE:
        return sought.resident_code is not None
    return sought.four is not None and item in FOUR


def _value(row: Row, item: IdentityItem) -> str | None:
    value = row.get("changed" if item is IdentityItem.CHANGE else item.value)
    return None if value is None else str(value)


def _told(items: Mapping[IdentityItem, str | None]) -> Told | None:
    there = {item.value: value for item, value in items.items() if value}
    return Told(**there) if there else None
