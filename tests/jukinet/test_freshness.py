"""How old a directory and a revocation list may be, for which work; and what the centre was called when."""

from datetime import UTC, date, datetime, timedelta

import pytest

from jukinet.node.directory import centre_name
from jukinet.node.freshness import Patience, Work

NOW = datetime(2026, 11, 28, tzinfo=UTC)
HOUR = timedelta(hours=1)
PATIENCE = Patience.of_hours(24, 48, 12, 36)


@pytest.mark.parametrize(
    ("age", "overdue", "issue", "answer", "warning"),
    [  # hours since the directory was signed; hours since the next list was due
        (0, -1, "", "", ""),
        (24, 0, "", "", ""),
        (24, 1, "", "", "crl overdue"),
        (24, 12, "", "", "crl overdue"),
        (24, 13, "crl", "", "no issue: crl"),
        (25, 13, "directory", "", "no issue: directory"),
        (48, -1, "directory", "", "no issue: directory"),
        (49, -1, "directory", "directory", "no answers: directory"),
        (0, 37, "crl", "crl", "no answers: crl"),
        (99, 99, "directory", "directory", "no answers: directory"),
    ],
)
def test_how_old(age: int, overdue: int, issue: str, answer: str, warning: str) -> None:
    issued, due = NOW - age * HOUR, NOW - overdue * HOUR
    assert PATIENCE.too_old(Work.ISSUE, issued, due, NOW) == issue
    assert PATIENCE.too_old(Work.ANSWER, issued, due, NOW) == answer
    assert PATIENCE.too_old(Work.STATUS, issued, due, NOW) == ""
    assert PATIENCE.warning(issued, due, NOW) == warning


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2003, 8, 25), "地方自治情報センター"),
        (date(2014, 3, 31), "地方自治情報センター"),
        (date(2014, 4, 1), "地方公共団体情報システム機構"),
        (date(2026, 11, 28), "地方公共団体情報システム機構"),
    ],
)
def test_the_centre_by_date(day: date, name: str) -> None:
    assert centre_name(day) == name
