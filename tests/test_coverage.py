"""docs/coverage.md names what is there: every row of the table, no path and no test that does not exist, a word for the rest."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
ROWS = range(1, 69)
STATES = {"shown", "in part", "not yet", "no software"}
_CODE = re.compile(r"`([^`]+)`")
_PLACE = re.compile(r"[\w.-]+(?:/[\w.*-]+)*/?")


def rows() -> dict[int, list[str]]:
    """Number -> what the town's page says, where it is, what shows it, how far it is."""
    found: dict[int, list[str]] = {}
    for line in (PROJECT / "docs/coverage.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("|") and cells[0].isdigit():
            number = int(cells[0])
            assert number not in found, f"row {number} stands twice"
            assert len(cells) == 5, f"row {number} has {len(cells)} cells"
            found[number] = cells[1:]
    return found


@cache
def names_of_tests(path: str) -> frozenset[str]:
    """Names of the tests that a file has, as pytest collects them: functions at its top level."""
    tree = ast.parse((PROJECT / path).read_text(encoding="utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


def test_every_row_is_there_in_order() -> None:
    assert list(rows()) == list(ROWS)


@pytest.mark.parametrize("number", ROWS)
def test_what_a_row_names_exists(number: int) -> None:
    _, where, shown_by, _ = rows()[number]
    for path in _CODE.findall(where):
        assert _PLACE.fullmatch(path), f"{path} is no path"
        assert list(PROJECT.glob(path)), f"{path} does not exist"
    for each in _CODE.findall(shown_by):
        path, sign, name = each.partition("::")
        assert (PROJECT / "tests" / path).is_file(), f"tests/{path} does not exist"
        assert sign, f"{each} names no test"
        assert name in names_of_tests(f"tests/{path}"), f"tests/{path} has no test {name}"


@pytest.mark.parametrize("number", ROWS)
def test_a_row_says_how_far_it_is(number: int) -> None:
    _, where, shown_by, state = rows()[number]
    word = next((word for word in STATES if state.startswith(word)), "")
    assert word, f"{state} is none of {', '.join(sorted(STATES))}"
    named = bool(_CODE.findall(shown_by))
    assert named == (word in {"shown", "in part"}), "what is shown has a test, and what has a test is shown"
    assert word != "in part" or state != word, "what is missing is said"
    assert bool(_CODE.findall(where)) or word == "not yet", "what is there has a place"
