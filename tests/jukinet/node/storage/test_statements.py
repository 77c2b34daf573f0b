"""Every statement names the municipality: the reader that watches all node tests (conftest) finds the one that does not."""

from collections.abc import Callable

import pytest

NAMED = [
    "SELECT issues.answer FROM issues WHERE issues.town = ? AND issues.visit = ?",
    "SELECT max(audit.seq) AS m \nFROM audit \nWHERE audit.town = %(town_1)s::VARCHAR",
    "UPDATE issues SET status=? WHERE issues.town = ? AND issues.visit = ?",
    "DELETE FROM outbox WHERE outbox.town = ? AND outbox.id = ?",
    "INSERT INTO counters (town, name, value) VALUES (?, ?, ?) ON CONFLICT (town, name) DO UPDATE SET value = (counters.value + ?)",
    "SELECT history.seq FROM residents JOIN history ON history.town = residents.town AND history.seq = 1 WHERE history.town = ?",
    "DELETE FROM questions WHERE questions.town = ? AND questions.visit IN (SELECT visits.visit FROM visits WHERE visits.town = ?)",
    "PRAGMA quick_check",
    "SELECT pg_advisory_lock(1, 2)",
]
UNNAMED = {
    "SELECT issues.answer FROM issues WHERE issues.visit = ?": "issues",
    "SELECT issues.town, issues.visit FROM issues": "issues",
    "UPDATE outbox SET dead=? WHERE outbox.id = ?": "outbox",
    "UPDATE outbox SET town=? WHERE outbox.id = ?": "outbox",
    "DELETE FROM visits WHERE visits.expires < ?": "visits",
    "INSERT INTO counters (name, value) VALUES (?, ?)": "counters",
    "SELECT residents.id FROM residents JOIN history ON history.seq = residents.seq WHERE residents.town = ?": "history",
    "DELETE FROM questions WHERE questions.town = ? AND questions.visit IN (SELECT visits.visit FROM visits)": "visits",
    "SELECT issues.visit FROM issues WHERE issues.town = ? UNION SELECT issues.visit FROM issues": "issues",
}


@pytest.mark.parametrize("statement", NAMED)
def test_a_statement_that_names_its_town_passes(statement: str, towns_missing: Callable[[str], set[str]]) -> None:
    assert towns_missing(statement) == set()


@pytest.mark.parametrize(("statement", "table"), UNNAMED.items())
def test_one_that_does_not_is_found(statement: str, table: str, towns_missing: Callable[[str], set[str]]) -> None:
    assert towns_missing(statement) == {table}
