"""The journal's promises: one way only, a result once, an outbox that forgets nothing, and death instead of doubt."""

import itertools
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jukinet.messages import Result
from kiosk.journal import Journal, JournalBroken, Stage

VISIT = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "state" / "journal.db")
    yield made
    made.close()


def test_a_visit_from_intent_to_report(journal):
    journal.asking(VISIT, 2)
    assert journal.unsettled()[0].stage is Stage.ASKING
    journal.issued(VISIT)
    journal.printing(VISIT, 9)
    journal.progress(VISIT, 3, 1, 240, 0)
    record = journal.unsettled()[0]
    assert (record.stage, record.bands, record.sent, record.printed, record.rows) == (Stage.PRINTING, 9, 3, 1, 240)
    journal.outcome(VISIT, Result.PRINTED, "", 2)
    assert journal.unsettled() == []
    (report,) = journal.unreported()
    assert (report.visit, report.result, report.copies_printed) == (VISIT, Result.PRINTED, 2)
    journal.reported(VISIT, Result.PRINTED)
    assert journal.unreported() == []


def test_a_result_stands(journal):
    journal.asking(VISIT, 1)
    journal.outcome(VISIT, Result.VOIDED, "stopped")
    journal.outcome(VISIT, Result.PRINTED, "", 1)
    assert journal.records()[0].result is Result.VOIDED


def test_unknown_may_be_settled_and_is_reported_again(journal):
    journal.asking(VISIT, 1)
    journal.outcome(VISIT, Result.UNKNOWN)
    journal.reported(VISIT, Result.UNKNOWN)
    journal.outcome(VISIT, Result.PRINTED, "", 1)
    assert [report.result for report in journal.unreported()] == [Result.PRINTED]


def test_a_stage_never_goes_back(journal):
    journal.asking(VISIT, 1)
    journal.issued(VISIT)
    journal.printing(VISIT, 4)
    journal.asking(VISIT, 1)
    journal.issued(VISIT)
    assert journal.records()[0].stage is Stage.PRINTING


def test_survives_being_opened_again(tmp_path):
    first = Journal(tmp_path / "journal.db")
    first.asking(VISIT, 1)
    first.close()
    second = Journal(tmp_path / "journal.db")
    assert [record.visit for record in second.unsettled()] == [VISIT]
    second.close()


def test_a_write_that_fails_is_the_end(tmp_path):
    journal = Journal(tmp_path / "journal.db")
    other = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    other.execute("PRAGMA busy_timeout=0")
    journal._db.execute("PRAGMA busy_timeout=0")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(JournalBroken):
        journal.asking(VISIT, 1)
    other.execute("ROLLBACK")
    other.close()
    journal.close()


_DEEDS = st.sampled_from(["asking", "issued", "printing", "progress", "printed", "voided", "unknown"])


@given(st.lists(_DEEDS, max_size=12))
def test_no_order_of_deeds_prints_twice_or_unsettles(tmp_path_factory, deeds):
    """Whatever order a faulty caller chose, a printed or voided visit stays what it is."""
    journal = Journal(tmp_path_factory.mktemp("journal") / "journal.db")
    final = None
    for deed, number in zip(deeds, itertools.count(1), strict=False):
        if deed == "asking":
            journal.asking(VISIT, 1)
        elif deed == "issued":
            journal.issued(VISIT)
        elif deed == "printing":
            journal.printing(VISIT, number)
        elif deed == "progress":
            journal.progress(VISIT, number, 0, 0, 0)
        else:
            journal.outcome(VISIT, Result(deed))
        records = journal.records()
        if records and final in ("printed", "voided"):
            assert records[0].result == final
        final = records[0].result if records else None
    journal.close()
