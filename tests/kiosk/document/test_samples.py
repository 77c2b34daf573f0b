"""The samples are what a town's node would answer: their seals hold what they say, under a key that everyone can compute."""

from pathlib import Path

import pytest

from jukinet.seal import open_seal
from kiosk.document.answer import load_answer
from kiosk.document.seal import symbol
from tests.answers.reseal import owner_of, samples, true_facts


@pytest.mark.parametrize("file", samples(), ids=lambda file: file.stem)
def test_the_seals_of_a_sample_are_true(file: Path) -> None:
    """If this fails: `python tests/answers/reseal.py`."""
    extract, issue = load_answer(file)
    for copy in issue.copies:
        assert open_seal(copy.seal, owner_of(issue)).facts == true_facts(extract, issue, copy.number)


def test_the_reference_page_has_the_code_that_figures_are_given_for() -> None:
    """Three persons with all that a register holds of them: version 17, 42.5 mm."""
    (file,) = [file for file in samples() if file.stem == "three_persons"]
    _, issue = load_answer(file)
    assert [symbol(copy.seal).width for copy in issue.copies] == [17 + 4 * 17] * 2
