"""Japan's public holidays (国民の祝日に関する法律, as in force since 2022). Pure.

Some fall on a date, some on the nth Monday, two on the equinoxes; one that falls on a Sunday moves to the next day that is none, and a
day between two holidays is one too. The law may change them; then this table does.
"""

from datetime import date, timedelta
from functools import lru_cache

_DATES = ((1, 1), (2, 11), (2, 23), (4, 29), (5, 3), (5, 4), (5, 5), (8, 11), (11, 3), (11, 23))
_MONDAYS = ((1, 2), (7, 3), (9, 3), (10, 2))  # month, which Monday
_DAY = timedelta(days=1)
_SUNDAY = 6


def _equinoxes(year: int) -> tuple[date, date]:
    """Days of the spring and autumn equinox in Japan: the usual approximation, right from 1980 to 2099. Officially they are announced
    in February of the year before."""
    since, leaps = year - 1980, (year - 1980) // 4
    return date(year, 3, int(20.8431 + 0.242194 * since) - leaps), date(year, 9, int(23.2488 + 0.242194 * since) - leaps)


def _monday(year: int, month: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(7 - first.weekday()) % 7 + 7 * (which - 1))


@lru_cache(maxsize=4)
def holidays(year: int) -> frozenset[date]:
    named = {date(year, month, day) for month, day in _DATES} | {_monday(year, *rule) for rule in _MONDAYS} | {*_equinoxes(year)}
    found = set(named)
    for day in named:
        if day.weekday() == _SUNDAY:  # art. 3(2)
            instead = day
            while instead in named:
                instead += _DAY
            found.add(instead)
        if day + 2 * _DAY in named:  # art. 3(3)
            found.add(day + _DAY)
    return frozenset(found)


def is_holiday(day: date) -> bool:
    return day in holidays(day.year)
