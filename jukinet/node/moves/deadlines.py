"""Which day counts what in a move by card. Pure: days in, days out.

A period in days does not count the day it begins on (Civil Code 140): who moved in on the 1st has until the 15th. When its last day is
one on which the town's offices are closed, the next open one takes its place (Local Autonomy Act 4-2(4)).

    moving-out notice     before moving, or within 14 days after it          Act 24, and practice: later it is done ex officio
    moving-in notice      within 14 days since moving in                     Act 22
    … by card             and within 30 days since the day that was given when moving out: whichever is earlier
    the card              carried on within 90 days since the moving-in notice, or it is void
"""

from collections.abc import Callable
from datetime import date, timedelta

NOTICE_DAYS = 14
ARRIVAL_DAYS = 14
SPECIAL_DAYS = 30
CARD_DAYS = 90
# No rule says how early the notice of moving out may be given. A slip of the year must not make a household wait for one.
EARLIEST_DAYS = 60

DayOff = Callable[[date], bool]


def last_day(begins: date, days: int, is_off: DayOff) -> date:
    last = begins + timedelta(days)
    while is_off(last):
        last += timedelta(1)
    return last


def may_notice(today: date, leaves: date, is_off: DayOff) -> bool:
    """Not too late for a notice of moving out."""
    return today <= last_day(leaves, NOTICE_DAYS, is_off)


def is_too_early(today: date, leaves: date) -> bool:
    return leaves > today + timedelta(EARLIEST_DAYS)


def until(leaves: date, is_off: DayOff) -> date:
    """The last day on which the new town takes the notice of moving in by card, whenever they moved in."""
    return last_day(leaves, SPECIAL_DAYS, is_off)


def may_arrive(today: date, leaves: date, moved: date, is_off: DayOff) -> bool:
    return today <= min(until(leaves, is_off), last_day(moved, ARRIVAL_DAYS, is_off))


def carry_on_until(filed: date, is_off: DayOff) -> date:
    return last_day(filed, CARD_DAYS, is_off)
