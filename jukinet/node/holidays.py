"""Japan's public holidays (国民の祝日に関する法律), as the package `jpholiday` keeps them: it follows the law, and takes 2 MB.
(The package `holidays` says the same of every year from 1986 and takes 17.)
"""

from datetime import date
from functools import lru_cache

import jpholiday


@lru_cache(maxsize=4)
def holidays(year: int) -> frozenset[date]:
    """Those of a year, with the days that stand for one on a Sunday or lie between two (art. 3)."""
    return frozenset(date(day.year, day.month, day.day) for day, _ in jpholiday.year_holidays(year))


def is_holiday(day: date) -> bool:
    return day in holidays(day.year)
