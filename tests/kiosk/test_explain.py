"""What the network is, on screens and A4 pages: the same words, and what things were called on a day."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jukinet.node.directory import centre_name
from kiosk.__main__ import app
from kiosk.explain import page
from kiosk.names import names_on
from kiosk.readings import runs
from kiosk.session.topics import TOPICS
from kiosk.words import LANGUAGES, Words

LASDEC_ENDS = date(2014, 3, 31)
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("day", "centre", "card", "privacy"),
    [
        ("1999-01-01", "lasdec", "juki", "ordinance"),
        ("2014-03-31", "lasdec", "juki", "ordinance"),
        ("2014-04-01", "jlis", "juki", "ordinance"),
        ("2015-12-31", "jlis", "juki", "ordinance"),
        ("2016-01-01", "jlis", "my_number", "ordinance"),
        ("2023-03-31", "jlis", "my_number", "ordinance"),
        ("2023-04-01", "jlis", "my_number", "act"),
    ],
)
def test_row_58_names_of_centre_card_and_law_by_date(day: str, centre: str, card: str, privacy: str) -> None:
    names = names_on(date.fromisoformat(day))
    assert (names.day, names.centre, names.card, names.privacy) == (day, centre, card, privacy)


def test_row_9_the_terminal_calls_the_centre_as_the_nodes_do() -> None:
    for day in (LASDEC_ENDS, LASDEC_ENDS + timedelta(days=1)):
        assert centre_name(day) in Words("ja").text(names_on(day).called("network"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_row_31_a_page_says_what_the_screens_say(language: str) -> None:
    words, text = Words(language), page(language, TODAY)
    for key in ("info.open", "attract.model", *(f"info.{topic}.{part}" for topic in TOPICS for part in ("title", "text"))):
        for run in runs(words.text(key)):
            assert run.text.replace("\n", "<br>") in text.replace("&quot;", '"').replace("&#x27;", "'"), key
    assert f'<html lang="{language}">' in text
    assert "size: A4" in text
    assert TODAY.isoformat() in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_row_68_every_page_says_that_it_is_a_model(language: str) -> None:
    assert "".join(run.text for run in runs(Words(language).text("attract.model")))
    assert "<strong>" in page(language, TODAY)


def test_the_command_writes_one_page_a_language_with_the_names_of_a_day(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["explain", "--out", str(tmp_path), "--language", "ja", "--language", "en", "--day", "2014-03-31"])
    assert result.exit_code == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["en.html", "ja.html"]
    assert "LASDEC" in (tmp_path / "en.html").read_text(encoding="utf-8")
    assert "J-LIS" not in (tmp_path / "ja.html").read_text(encoding="utf-8")


def test_a_language_without_words_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["explain", "--out", str(tmp_path), "--language", "xx"])
    assert (result.exit_code, list(tmp_path.iterdir())) == (2, [])
