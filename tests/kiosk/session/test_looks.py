"""The list of who looked at a record: pages, what can be pressed on each, paper only where there is some, and an alarm for a line that does
not hold."""

from dataclasses import replace

import pytest

from hardware.interfaces import PrinterState
from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.looks import NOT_LOOKED, PER_PAGE, Look, Looked
from kiosk.session.present import view
from kiosk.session.states import State
from kiosk.session.view import LooksShown

FOUR = Looked("2019-11-24", tuple(Look("21202", 9 - line, True) for line in range(PER_PAGE + 1)), more=True)


def pressed(session) -> set[str]:
    return {action for action in view(session).actions if action.startswith("looks.")}


def shown(session) -> LooksShown:
    found = view(session).shown
    assert isinstance(found, LooksShown)
    return found


def listed(bench, looked: Looked = FOUR, paper: bool = True):
    session = bench.session_in(State.LOOKING)
    session.receive(on.LooksCame(looked, paper), 1.0)
    assert session.state is State.LOOKS
    return session


def test_pages_turn_to_their_ends_and_each_is_a_screen_of_its_own(bench) -> None:
    session = listed(bench)
    assert pressed(session) == {"looks.older", "looks.print"}
    assert (shown(session).page, shown(session).pages, shown(session).more) == (1, 2, False)
    serial = session.serial
    session.receive(on.PageTurned(1), 2.0)
    assert session.serial > serial
    assert pressed(session) == {"looks.newer", "looks.print"}
    assert (shown(session).looks, shown(session).more) == (FOUR.looks[PER_PAGE:], True)
    session.receive(on.PageTurned(1), 3.0)
    assert shown(session).page == 2
    session.receive(on.PageTurned(-1), 4.0)
    session.receive(on.PageTurned(-1), 5.0)
    assert shown(session).page == 1


def test_an_empty_list_is_one_page(bench) -> None:
    session = listed(bench, replace(NOT_LOOKED, since="2019-11-24"))
    assert (shown(session).looks, shown(session).pages, pressed(session)) == ((), 1, {"looks.print"})


@pytest.mark.parametrize(
    ("paper", "printer", "offered"),
    [(True, PrinterState.READY, True), (True, PrinterState.OUT, False), (False, PrinterState.READY, False)],
)
def test_paper_is_offered_where_it_can_be_had(bench, paper: bool, printer: PrinterState, offered: bool) -> None:
    session = listed(bench, paper=paper)
    session.levels = replace(session.levels, printer=printer)
    assert ("looks.print" in pressed(session)) is offered


def test_each_line_that_does_not_hold_is_noted(bench) -> None:
    session = bench.session_in(State.LOOKING)
    looks = (Look("centre", 7, False), Look("21202", 3, True), Look("21202", 2, False))
    given = [each.command for each in session.receive(on.LooksCame(Looked("2019-11-24", looks), True), 1.0)]
    assert given == [commands.NoteUnproven("centre", 7), commands.NoteUnproven("21202", 2)]
