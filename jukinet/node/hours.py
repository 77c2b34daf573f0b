"""Is it open now? Pure: instants in, yes or no out.

A copy can be asked for while two doors are open at once, the town's own and the network's. Hours are Japan's, closed on Saturdays,
Sundays, public holidays and from 29 December to 3 January unless `every_day`.
"""

from datetime import date, datetime, timedelta, timezone

from jukinet.node.holidays import is_holiday
from jukinet.node.settings import Hours

JST = timezone(timedelta(hours=9), "JST")


def local_date(at: datetime) -> date:
    """The calendar day in Japan at an instant: the day that numbers and dates of issue go by."""
    return at.astimezone(JST).date()


def is_turn_of_year(day: date) -> bool:
    return (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)


def is_day_off(hours: Hours, day: date) -> bool:
    return not hours.every_day and (day.weekday() >= 5 or is_turn_of_year(day) or is_holiday(day))


def is_open(hours: Hours, at: datetime) -> bool:
    """`opens` is the first open minute, `closes` the first closed one. `at` must be aware."""
    there = at.astimezone(JST)
    if is_day_off(hours, there.date()):
        return False
    return hours.opens <= there.strftime("%H:%M") < hours.closes


def closed(own: Hours, network: Hours, at: datetime) -> str:
    """Whose doors are closed: "town", "network", or "" when both are open."""
    if not is_open(own, at):
        return "town"
    return "" if is_open(network, at) else "network"
