"""14, 30 and 90 days, at their edges: the first day is not counted, the last one is an open one."""

from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jukinet.node.hours import is_day_off
from jukinet.node.moves import deadlines
from jukinet.node.settings import Hours

WEEKDAYS, EVERY_DAY = Hours("08:30", "17:00", every_day=False), Hours("00:00", "24:00", every_day=True)
OFF, NEVER = partial(is_day_off, WEEKDAYS), partial(is_day_off, EVERY_DAY)
DAYS = st.dates(date(2026, 1, 1), date(2030, 12, 31))
# A Wednesday. 14, 30 and 90 days later: Wednesday 06-23, Friday 07-09, Tuesday 09-07.
WEDNESDAY = date(2027, 6, 9)


def after(days: int) -> date:
    return WEDNESDAY + timedelta(days)


@pytest.mark.parametrize(("day", "in_time"), [(-60, True), (0, True), (13, True), (14, True), (15, False), (16, False)])
def test_the_notice_of_moving_out(day: int, in_time: bool) -> None:
    assert deadlines.may_notice(after(day), WEDNESDAY, OFF) is in_time


@pytest.mark.parametrize(
    ("planned", "moved", "today", "in_time"),
    [
        # 14 days since moving in
        (0, 0, 0, True),
        (0, 0, 14, True),
        (0, 0, 15, False),
        # 30 days since the day that was given, though they moved in later
        (0, 16, 30, True),
        (0, 30, 30, True),
        (0, 30, 31, False),
        # whichever is earlier
        (0, 9, 23, True),
        (0, 9, 24, False),
        (20, 0, 14, True),
        (20, 0, 15, False),
    ],
)
def test_the_notice_of_moving_in(planned: int, moved: int, today: int, in_time: bool) -> None:
    assert deadlines.may_arrive(after(today), after(planned), after(moved), OFF) is in_time


@pytest.mark.parametrize(("day", "in_time"), [(89, True), (90, True), (91, False)])
def test_carrying_a_card_on(day: int, in_time: bool) -> None:
    assert (after(day) <= deadlines.carry_on_until(WEDNESDAY, OFF)) is in_time


@pytest.mark.parametrize(
    ("begins", "days", "last"),
    [
        (date(2027, 6, 5), 14, date(2027, 6, 21)),  # the 19th is a Saturday
        (date(2026, 4, 19), 14, date(2026, 5, 7)),  # 05-03 to 05-06 are public holidays
        (date(2026, 12, 15), 14, date(2027, 1, 4)),  # from 12-29 to 01-03 offices are closed
    ],
)
def test_a_last_day_on_which_offices_are_closed(begins: date, days: int, last: date) -> None:
    assert deadlines.last_day(begins, days, OFF) == last
    assert deadlines.last_day(begins, days, NEVER) == begins + timedelta(days)


@given(DAYS, st.integers(0, 120))
def test_the_last_day_is_open_and_not_before_its_time(begins: date, days: int) -> None:
    last = deadlines.last_day(begins, days, OFF)
    assert not OFF(last)
    assert begins + timedelta(days) <= last
    assert all(OFF(begins + timedelta(each)) for each in range(days, (last - begins).days))


@given(DAYS, st.integers(-400, 400))
def test_how_early(today: date, later: int) -> None:
    assert deadlines.is_too_early(today, today + timedelta(later)) is (later > 60)
