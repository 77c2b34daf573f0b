"""What a node is told of its terminal."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from hardware.interfaces import PrinterState, Reader
from jukinet.messages import KioskStatus
from kiosk.session.levels import JournalLevel, Levels
from kiosk.session.states import State
from kiosk.telling import status_of

NOON = datetime(2026, 11, 28, 3, 0, 0, 999, tzinfo=UTC)
WELL = Levels(reader=Reader.READY, printer=PrinterState.READY)


def told(folder: Path, now: datetime = NOON, **levels: object) -> KioskStatus:
    return status_of("21361", "k1", State.ATTRACT, replace(WELL, **levels), folder, None, now)


@pytest.mark.parametrize(
    ("levels", "findings"),
    [
        ({}, []),
        ({"printer": PrinterState.LOW}, ["printer.warning"]),
        ({"printer": PrinterState.OUT}, ["printer.bad"]),
        ({"reader": Reader.ABSENT}, ["reader.bad"]),
        ({"journal": JournalLevel.UNSETTLED}, ["visit.bad"]),
        ({"journal": JournalLevel.BROKEN, "reader": Reader.NO_SERVICE}, ["reader.bad", "journal.bad"]),
    ],
)
def test_findings_are_those_of_the_checks(tmp_path: Path, levels: dict[str, object], findings: list[str]) -> None:
    assert told(tmp_path, **levels).findings == findings


def test_a_clock_of_before_the_program(tmp_path: Path) -> None:
    assert told(tmp_path, now=datetime(1970, 1, 1, tzinfo=UTC)).findings == ["clock.bad"]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("printer", list(PrinterState))
def test_whatever_the_terminal_is_in_can_be_said(tmp_path: Path, state: State, printer: PrinterState) -> None:
    """The message bounds its words by patterns, so a state named otherwise would be refused by the node."""
    status = status_of("21361", "k1", state, replace(WELL, printer=printer), tmp_path, NOON, NOON)
    assert msgspec.json.decode(msgspec.json.encode(status), type=KioskStatus) == status
    assert status.visit_ended == NOON.replace(microsecond=0)
