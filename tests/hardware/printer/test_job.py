"""What a job sends next, what it knows to be on paper, how it ends; without a printer."""

from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import OnPaper
from hardware.interfaces import Band, Outcome, PrinterState
from hardware.printer.job import Job, id_bytes
from hardware.printer.models import Completion
from hardware.printer.replies import Block, Queued

BANDS = [Band(bytes((number,)), 10) for number in range(5)]


def said(number: int) -> Block:
    return Block(0x37, b"\x22" + id_bytes(number))


def job(completion: Completion = Completion.PROCESS_ID) -> Job:
    return Job(BANDS, completion, first_id=9998)


def test_two_bands_are_ahead_of_the_head() -> None:
    work = job()
    assert work.may_send()
    work.send()
    work.send()
    assert not work.may_send()
    assert work.take(said(9998))
    assert work.may_send()
    assert work.progress == (work.progress.__class__(sent=2, printed=1, rows=10))


def test_only_the_latest_answer_may_come() -> None:
    """If several questions are pending, printers answer only the last."""
    work = job()
    work.send()
    work.send()
    assert work.take(said(9999))
    assert (work.printed, work.rows) == (2, 20)


def test_late_answers_of_another_job_count_for_nothing() -> None:
    work = job()
    work.send()
    assert not work.take(said(9997))
    assert not work.take(said(0))
    assert not work.take(Queued(0))
    assert work.printed == 0


def test_queued_status_counts_questions() -> None:
    work = job(Completion.QUEUED_STATUS)
    assert not work.take(Queued(0))
    assert work.send().endswith(b"\x1dr\x01")
    assert not work.take(Queued(0x01))  # the sensor's bits come in pairs
    assert work.take(Queued(0x03))
    assert not work.take(Queued(0x03))
    assert work.printed == 1


@given(st.integers(0, 5), st.integers(0, 5), st.booleans(), st.sampled_from(PrinterState))
def test_outcomes(sent: int, printed: int, cleared: bool, cause: PrinterState) -> None:
    work = job()
    work.sent, work.printed = sent, min(sent, printed)
    result = work.result(cause, cleared)
    assert result.rows == work.rows
    if work.printed == 5:
        assert (result.outcome, result.on_paper, result.cause) == (Outcome.PRINTED, OnPaper.ALL, PrinterState.READY)
    elif sent == 0:
        assert (result.outcome, result.on_paper) == (Outcome.VOIDED, OnPaper.NOTHING)
    elif sent < 5:
        assert result.outcome is Outcome.VOIDED  # the end never left us
    elif result.outcome is Outcome.VOIDED:
        assert cleared  # the end left us
        assert work.printed < 4  # but had not had its turn
    else:
        assert result.outcome is Outcome.UNKNOWN
        assert (result.on_paper is OnPaper.ALL) == (cause is PrinterState.CUTTER and work.printed == 4)
