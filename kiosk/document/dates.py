"""Dates of the register -> dates as the paper writes them.

Japanese eras for all dates but a foreigner's date of birth and the end of the stay, which are western and never both (standard
specification for resident record systems, 1.1.9). A register holds dates that no calendar has (1.1.8: "昭和30年頃", "年月日不詳");
whatever is not written year-month-day passes through as it was written.
"""

import re

# First day -> era. 明治 counts from the solar calendar, 6.1.1.
ERAS = (
    ((2019, 5, 1), "令和"),
    ((1989, 1, 8), "平成"),
    ((1926, 12, 25), "昭和"),
    ((1912, 7, 30), "大正"),
    ((1873, 1, 1), "明治"),
)
_YEAR_ONE = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912, "明治": 1868}

_EXACT = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)


def japanese(date: str) -> str:
    """ "2019-05-01" -> "令和元年5月1日". Days before 1873, and dates in words, come back as they are. February 29 of a common year is
    a date that registers hold, so the day is not checked against a calendar."""
    exact = _EXACT.fullmatch(date)
    if exact is None:
        return date
    day = (int(exact[1]), int(exact[2]), int(exact[3]))
    for first, era in ERAS:
        if day >= first:
            year = day[0] - _YEAR_ONE[era] + 1
            return f"{era}{'元' if year == 1 else year}年{day[1]}月{day[2]}日"
    return date


def western(date: str) -> str:
    """ "1985-03-02" -> "1985年3月2日"; dates in words come back as they are."""
    exact = _EXACT.fullmatch(date)
    if exact is None:
        return date
    return f"{int(exact[1])}年{int(exact[2])}月{int(exact[3])}日"
