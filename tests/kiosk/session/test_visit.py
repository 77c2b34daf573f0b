"""Single decisions of the session that a table alone does not show."""

from dataclasses import replace

import pytest

from hardware.errors import OnPaper
from hardware.interfaces import Media, Mouth, Outcome, PrinterLevel, PrinterState, Reader, ReaderLevel
from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.levels import Hours, HoursAre, Network, NetworkIs, PrinterIs, ReaderIs
from kiosk.session.limits import LIMITS, WARNING_SECONDS
from kiosk.session.present import view
from kiosk.session.states import Reason, State


def _kinds(numbered):
    return [type(one.command) for one in numbered]


def test_card_pulled_before_the_proof_may_come_back(bench):
    session = bench.session_in(State.ENTER_PIN)
    given = session.receive(ReaderIs(ReaderLevel(Reader.READY, Media.NONE, 2)), 1.0)
    assert session.state is State.INSERT_CARD
    assert commands.WipePin in _kinds(given)


@pytest.mark.parametrize("state", [State.ASKING, State.CHOOSE_PERSONS, State.CONFIRM])
def test_card_taken_after_the_proof_ends_the_visit(bench, state):
    session = bench.session_in(state)
    session.receive(ReaderIs(ReaderLevel(Reader.READY, Media.NONE, 2)), 1.0)
    assert session.state is State.GOODBYE


@pytest.mark.parametrize("state", [State.ENTER_PIN, State.CHOOSE_ITEMS])
def test_another_card_is_another_visit(bench, state):
    """Swapped so fast that only the counter tells."""
    session = bench.session_in(state)
    session.receive(ReaderIs(ReaderLevel(Reader.READY, Media.PRESENT, 3)), 1.0)
    assert session.state in (State.READING, State.GOODBYE)


def test_printing_starts_only_when_the_card_is_out(bench):
    session = bench.session_in(State.ISSUING)
    given = session.receive(on.Issued(session.visit.issue), 1.0)
    assert session.state is State.TAKE_CARD
    assert commands.Print not in _kinds(given)
    given = session.receive(ReaderIs(ReaderLevel(Reader.READY, Media.NONE, 2)), 2.0)
    assert session.state is State.PRINTING
    assert commands.Print in _kinds(given)


def test_a_card_already_taken_prints_at_once(bench):
    session = bench.session_in(State.ISSUING)
    session.receive(ReaderIs(ReaderLevel(Reader.READY, Media.NONE, 2)), 1.0)
    given = session.receive(on.Issued(session.visit.issue), 2.0)
    assert session.state is State.PRINTING
    assert commands.Print in _kinds(given)


def test_stop_while_issuing_waits_and_voids(bench):
    session = bench.session_in(State.ISSUING)
    assert session.receive(on.Stop(), 1.0) == []
    given = session.receive(on.Issued(session.visit.issue), 2.0)
    assert session.state is State.STOPPING
    assert [one.command.reason for one in given if isinstance(one.command, commands.VoidIssue)] == ["stopped"]
    session.receive(on.OutcomeKept(), 3.0)
    assert session.state is State.TAKE_CARD_BACK


def test_an_answer_nobody_waits_for_is_dropped(bench):
    session = bench.session_in(State.PROVING)
    session.receive(on.Proved(b"signature"), 1.0)
    asked = session.receive(on.LanguageChosen("en"), 1.0)
    assert session.state is State.ASKING
    assert asked == []
    ticket = session._ticket
    session.receive(on.Stop(), 2.0)
    assert session.state is State.TAKE_CARD_BACK
    assert session.receive(on.HouseholdCame(session.visit.household), 3.0, ticket) == []
    assert session.state is State.TAKE_CARD_BACK


def test_stop_without_a_card_goes_straight_home(bench):
    session = bench.session_in(State.INSERT_CARD)
    session.levels = replace(session.levels, media=Media.NONE)
    session.receive(on.Stop(), 1.0)
    assert session.state is State.GOODBYE


def test_locking_try_and_warning(bench):
    session = bench.session_in(State.PROVING)
    session.receive(on.PinWrong(1), 1.0)
    assert view(session).shown.tries_left == 1
    assert view(session).shown.wrong
    session = bench.session_in(State.PROVING)
    session.receive(on.PinWrong(0), 1.0)
    assert (session.state, session.visit.reason) == (State.REFUSED, Reason.PIN_LOCKED)


def test_idle_is_warned_and_may_be_extended_without_limit(bench):
    session = bench.session_in(State.CHOOSE_PERSONS)
    idle = LIMITS[State.CHOOSE_PERSONS].seconds
    now = 0.0
    for _ in range(5):
        now += idle
        assert session.deadline == pytest.approx(now)
        session.tick(now)
        assert session.countdown == WARNING_SECONDS
        assert "more_time" in view(session).actions
        now += 10
        session.tick(now)
        assert session.countdown == WARNING_SECONDS - 10
        session.receive(on.MoreTime(), now)
        assert session.countdown is None
        assert session.state is State.CHOOSE_PERSONS
    session.tick(now + idle)
    session.tick(now + idle + WARNING_SECONDS)
    assert session.state is State.TAKE_CARD_BACK


def test_forgotten_card_voids_and_calls(bench):
    session = bench.session_in(State.TAKE_CARD)
    times = []
    for now in (5, 15, 25):
        times += [one.command.times for one in session.tick(now)]
    assert times == [1, 2, 3]
    given = session.tick(30)
    assert session.state is State.CARD_LEFT
    assert {commands.VoidIssue, commands.CallStaff} <= set(_kinds(given))
    session.tick(60)
    assert session.state is State.OUT_OF_SERVICE
    session.receive(ReaderIs(ReaderLevel(Reader.READY, Media.NONE, 2)), 61)
    assert session.state is State.ATTRACT


def test_paper_must_have_been_seen_before_it_can_be_taken(bench):
    session = bench.session_in(State.PRINTING)
    session.receive(on.PrintEnded(Outcome.PRINTED, OnPaper.ALL, PrinterState.READY), 1.0)
    assert session.state is State.TAKE_PAPER
    session.receive(PrinterIs(PrinterLevel(PrinterState.READY, Mouth.EMPTY)), 2.0)
    assert session.state is State.TAKE_PAPER
    session.receive(PrinterIs(PrinterLevel(PrinterState.READY, Mouth.PAPER)), 3.0)
    session.receive(PrinterIs(PrinterLevel(PrinterState.READY, Mouth.EMPTY)), 4.0)
    assert session.state is State.RECEIPT


def test_a_printer_that_cannot_see_waits_ten_seconds(bench):
    session = bench.session_in(State.TAKE_PAPER)
    session.receive(PrinterIs(PrinterLevel(PrinterState.READY, Mouth.UNKNOWN)), 0.0)
    while session.state is State.TAKE_PAPER:
        session.tick(session.deadline)
        assert session.deadline <= 20
    assert session.state is State.RECEIPT


def test_paper_out_while_printing_does_not_move_the_visit(bench):
    """Only the driver's outcome does: a flickering sensor cannot derail it."""
    session = bench.session_in(State.PRINTING)
    for state in (PrinterState.OUT, PrinterState.READY, PrinterState.JAM, PrinterState.READY):
        session.receive(PrinterIs(PrinterLevel(state, Mouth.EMPTY)), 1.0)
        assert session.state is State.PRINTING
    session.receive(on.PrintEnded(Outcome.VOIDED, OnPaper.PART, PrinterState.OUT), 2.0)
    assert session.state is State.PRINT_FAILED


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (HoursAre(Hours.CLOSING), State.CLOSED),
        (HoursAre(Hours.CLOSED), State.CLOSED),
        (NetworkIs(Network.DOWN), State.OUT_OF_SERVICE),
        (PrinterIs(PrinterLevel(PrinterState.COVER, Mouth.EMPTY)), State.OUT_OF_SERVICE),
        (PrinterIs(PrinterLevel(PrinterState.LOW, Mouth.EMPTY)), State.ATTRACT),
    ],
)
def test_an_idle_terminal_says_what_it_cannot_do(bench, event, state):
    session = bench.session_in(State.ATTRACT)
    session.levels = replace(session.levels, media=Media.NONE)
    session.receive(event, 1.0)
    assert session.state is state


def test_closing_time_lets_a_visit_end(bench):
    session = bench.session_in(State.CONFIRM)
    session.receive(HoursAre(Hours.CLOSED), 1.0)
    assert session.state is State.CONFIRM


def test_a_visit_is_forgotten_whole(bench):
    session = bench.session_in(State.GOODBYE)
    session.levels = replace(session.levels, media=Media.NONE)
    given = session.tick(5.0)
    assert session.state is State.ATTRACT
    assert session.visit is None
    assert commands.ForgetVisit in _kinds(given)
    assert "見本" not in repr(view(session))
