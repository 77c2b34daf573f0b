"""One record of the register (住民票) with the items of art. 7, and what may be said of it. Pure.

Dates are texts as in `jukinet.messages`: ISO where exact, else a form as written. Under 15 is told from either.
"""

import re
from datetime import date
from enum import StrEnum

from msgspec import Struct

LEAST_AGE = 15  # younger ones cannot prove who they are by card alone (ordinances of municipalities on kiosks)

# Year 1 of each era, less one.
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_YEAR = re.compile(r"(?P<era>明治|大正|昭和|平成|令和)(?P<year>元|\d{1,2})年|(?P<western>\d{4})(?:年|-)")


class Standing(StrEnum):
    RESIDENT = "resident"
    MOVED = "moved"  # 転出
    DECEASED = "deceased"


class Resident(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Written as JSON into the history, empty items left out. Items may be added with a default; none is ever renamed."""

    id: int
    town: str
    household: int
    number: int
    state: str = Standing.RESIDENT
    protected: int = 0
    moving: int = 0
    pending: int = 0
    name: str = ""
    kana: str = ""
    latin_name: str = ""
    alias: str = ""
    former_name: str = ""
    former_kana: str = ""
    birth: str
    sex: str
    relationship: str
    became_resident: str = ""
    address: str
    building: str = ""
    address_since: str = ""
    notified: str = ""
    previous_address: str = ""
    my_number: str = ""
    resident_code: str
    nationality: str = ""
    status: str = ""
    period: str = ""
    expires: str = ""
    card_number: str = ""
    became: str = ""
    # Never in any message (art. 12-4(1)): items 5 and 9 to 12.
    domicile: str = ""
    family_head: str = ""
    elector: str = ""
    health_insurance: str = ""
    elderly_insurance: str = ""
    care_insurance: str = ""
    pension: str = ""
    child_allowance: str = ""
    rice: str = ""

    @property
    def called(self) -> str:
        """The name that always exists: foreigners may have no name in kanji."""
        return self.name or self.latin_name


def year_of(text: str) -> int | None:
    """The western year that a register's date names, None if it names none ("年月日不詳")."""
    found = _YEAR.search(text)
    if found is None:
        return None
    if found["western"]:
        return int(found["western"])
    return _ERAS[found["era"]] + (1 if found["year"] == "元" else int(found["year"]))


def is_under_age(birth: str, today: date) -> bool | None:
    """None: the register does not say enough. A birth known to the year alone counts as late as that year allows."""
    try:
        born = date.fromisoformat(birth)
    except ValueError:
        year = year_of(birth)
        return None if year is None else today.year - year <= LEAST_AGE
    # Reached at the end of the day before the birthday (law on the reckoning of age, 1902): in effect from the birthday on.
    return (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < LEAST_AGE
