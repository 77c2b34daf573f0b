"""Readiness report, disclosure list, move-out slip: what they say, and what they never say."""

from dataclasses import fields, replace
from pathlib import Path

import pytest

from kiosk.document.answer import load_disclosure, load_move_in, load_move_out, load_receipt, load_report, load_slip
from kiosk.document.certificate import Composer
from kiosk.document.disclosure import Disclosure, Look
from kiosk.document.move_in import MoveIn
from kiosk.document.move_out import MoveOut
from kiosk.document.receipt import Receipt, Slip
from kiosk.document.report import ReadinessReport
from kiosk.staff.findings import Severity
from kiosk.words import LANGUAGES, WORK_LANGUAGES, Words

SAMPLES = Path(__file__).parents[2] / "answers" / "papers"
DISCLOSURE = load_disclosure(SAMPLES / "disclosure.json")
MOVE_OUT = load_move_out(SAMPLES / "move_out.json")
MOVE_IN = load_move_in(SAMPLES / "move_in.json")
REPORT = load_report(SAMPLES / "report.json")


def test_the_samples_of_the_other_papers_are_what_they_say() -> None:
    assert load_receipt(SAMPLES / "receipt.json").copies == len(load_receipt(SAMPLES / "receipt.json").numbers)
    assert load_slip(SAMPLES / "slip.json").reference


@pytest.mark.parametrize("kind", [Receipt, Slip, ReadinessReport, Disclosure, Look, MoveOut, MoveIn])
def test_no_small_paper_has_room_for_a_name(kind: type) -> None:
    assert not {"name", "person", "birth", "card", "address", "resident"} & {field.name for field in fields(kind)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_disclosure_lists_who_looked_when_what_for_and_on_what_ground(language: str, composer: Composer, text) -> None:
    page = composer.disclosure(Words(language), DISCLOSURE)
    page.pixels()
    read = text(page, language, DISCLOSURE)
    places = []
    for look in DISCLOSURE.looks:
        for said in (look.time, look.body, look.purpose, look.ground):
            assert said in read
        places.append(read.index(look.purpose))
    assert places == sorted(places)
    (proof,) = DISCLOSURE.proofs
    assert proof.root.hex() in read
    assert str(proof.size) in read.partition(proof.log)[2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_disclosure_says_a_towns_deeds_in_the_language_of_the_visit_and_nothing_of_a_line_that_does_not_hold(
    language: str, composer: Composer, text
) -> None:
    first, second, third = DISCLOSURE.looks
    looks = (replace(first, deed="extract_told", times=12), replace(second, proven=False), third)
    page = composer.disclosure(Words(language), replace(DISCLOSURE, looks=looks, more=True))
    page.pixels()
    read = text(page, language, DISCLOSURE)
    for said in ("12", first.body, third.body, third.purpose):
        assert said in read
    for unsaid in (first.purpose, second.body, second.purpose):  # a town's deed stands in its place; what does not hold says nothing
        assert unsaid not in read


def test_a_disclosure_of_nothing_says_so(composer: Composer, text) -> None:
    nothing = replace(DISCLOSURE, looks=())
    assert "件数0件" in text(composer.disclosure(Words("ja"), nothing), "ja", nothing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_move_out_slip_says_number_town_and_both_days(language: str, composer: Composer, text) -> None:
    page = composer.move_out(Words(language), MOVE_OUT)
    page.pixels()
    read = text(page, language, MOVE_OUT)
    days = ("令和8年12月15日", "令和8年12月31日") if language == "ja" else ("2026-12-15", "2026-12-31")
    for said in (MOVE_OUT.number, MOVE_OUT.new_town, *days):
        assert said.replace(" ", "") in read.replace(" ", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_move_in_slip_says_the_number_at_the_counter_and_where_they_come_from(language: str, composer: Composer, text) -> None:
    page = composer.move_in(Words(language), MOVE_IN)
    page.pixels()
    read = text(page, language, MOVE_IN)
    day = "令和8年12月6日" if language == "ja" else "2026-12-06"
    for said in (str(MOVE_IN.waiting), MOVE_IN.number, MOVE_IN.old_town, day):
        assert said.replace(" ", "") in read.replace(" ", "")


@pytest.mark.parametrize(
    ("leaves", "report_by"), [("2026-12-01", "2026-12-15"), ("2026-12-20", "2027-01-03"), ("2028-02-15", "2028-02-29")]
)
def test_days_are_counted_over_months_and_years(leaves: str, report_by: str) -> None:
    assert replace(MOVE_OUT, leaves=leaves).report_by == report_by


@pytest.mark.parametrize("language", WORK_LANGUAGES)
def test_a_report_says_how_each_thing_stands_and_ends_with_the_worst(language: str, composer: Composer, text) -> None:
    words = Words(language)
    page = composer.report(words, REPORT)
    page.pixels()
    read = text(page, language, REPORT)
    for finding in REPORT.findings:
        assert "".join(words.text(finding.key, **finding.details).split()) in read
    assert read.count("○") == 4
    assert read.count("△") == 1
    assert read.endswith("".join(words.text("report.all.warning").split()))


def test_the_worst_of_all_decides() -> None:
    printer = REPORT.findings[1]
    assert REPORT.severity is Severity.WARNING
    assert replace(REPORT, findings=(*REPORT.findings, replace(printer, severity=Severity.BAD))).severity is Severity.BAD
    assert replace(REPORT, findings=()).severity is Severity.GOOD
