"""Japan's public holidays (国民の祝日に関する法律), as the package `holidays` keeps them: it follows the law, year by year."""

from datetime import date
from functools import lru_cache

from holidays.countries.japan import Japan


@lru_cache(maxsize=4)
def holidays(year: int) -> frozenset[date]:
    """Those of a year, with the days that stand for one on a Sunday or lie between two (art. 3). None before 1949 and after 2099, for which
    the equinoxes are not known."""
    return frozenset(Japan(years=year))


def is_holiday(day: date) -> bool:
    return day in holidays(day.year)
