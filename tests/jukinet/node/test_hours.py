"""Opening hours, at the minute and around the turn of the year."""

from datetime import UTC, date, datetime

import pytest

from jukinet.node.holidays import holidays
from jukinet.node.hours import JST, closed, is_open, local_date
from jukinet.node.settings import Hours

OFFICE = Hours("08:30", "17:00", every_day=False)
ROUND_THE_CLOCK = Hours("00:00", "24:00", every_day=True)


@pytest.mark.parametrize(
    ("when", "opened"),
    [
        ("2026-11-24T08:29:59", False),
        ("2026-11-24T08:30:00", True),
        ("2026-11-24T16:59:59", True),
        ("2026-11-24T17:00:00", False),
        ("2026-11-28T10:00:00", False),  # Saturday
        ("2026-11-29T10:00:00", False),
        ("2026-12-28T10:00:00", True),  # Monday
        ("2026-12-29T10:00:00", False),
        ("2027-01-01T10:00:00", False),
        ("2027-01-03T10:00:00", False),
        ("2027-01-04T10:00:00", True),
    ],
)
def test_an_office_keeps_its_hours(when: str, opened: bool) -> None:
    at = datetime.fromisoformat(when).replace(tzinfo=JST)
    assert is_open(OFFICE, at) is opened
    assert is_open(ROUND_THE_CLOCK, at)


def test_a_holiday_is_closed_unless_every_day_is_open() -> None:
    at = datetime(2026, 11, 23, 10, tzinfo=JST)  # a Monday
    assert not is_open(OFFICE, at)
    assert is_open(ROUND_THE_CLOCK, at)


def test_public_holidays_are_those_that_were_announced() -> None:
    announced = {
        2024: "0101 0108 0211 0212 0223 0320 0429 0503 0504 0505 0506 0715 0811 0812 0916 0922 0923 1014 1103 1104 1123",
        2025: "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0721 0811 0915 0923 1013 1103 1123 1124",
        2026: "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123",
    }
    for year, days in announced.items():
        assert sorted(f"{day:%m%d}" for day in holidays(year)) == days.split()


def test_both_doors_must_be_open_and_the_closed_one_is_named() -> None:
    night, day = datetime(2026, 11, 24, 3, tzinfo=JST), datetime(2026, 11, 24, 10, tzinfo=JST)
    assert closed(OFFICE, ROUND_THE_CLOCK, day) == ""
    assert closed(OFFICE, ROUND_THE_CLOCK, night) == "town"
    assert closed(ROUND_THE_CLOCK, OFFICE, night) == "network"


def test_hours_are_those_of_japan() -> None:
    assert is_open(OFFICE, datetime(2026, 11, 24, 0, 0, tzinfo=UTC))  # nine in the morning in Tarui
    assert local_date(datetime(2026, 11, 24, 15, 0, tzinfo=UTC)) == date(2026, 11, 25)
