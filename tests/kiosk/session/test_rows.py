"""Rows of docs/coverage.md that are about every state at once."""

import re
from dataclasses import replace

import pytest

from hardware.interfaces import Media
from kiosk.session import events as on
from kiosk.session.levels import Hours
from kiosk.session.parts import PARTS
from kiosk.session.present import view
from kiosk.session.rules import LEVEL_RULES
from kiosk.session.states import Reason, State
from kiosk.session.table import TRANSITIONS
from kiosk.session.topics import TOPICS, Names
from kiosk.session.way import Choice

CONTACT = "見本課 見本係\n電話 0000-00-0000"


@pytest.mark.parametrize("name", sorted(set(PARTS) - {"opinion"}))  # an opinion is nobody's
def test_row_14_no_service_starts_without_a_card(bench, name):
    assert PARTS[name].chosen.state is State.INSERT_CARD
    for way in TRANSITIONS[State.INSERT_CARD].values():
        targets = way.ways.values() if isinstance(way, Choice) else [way]
        assert {to.state for to in targets} <= {State.CHOOSE_SERVICE, State.TAKE_CARD_BACK, None}
    (rule,) = [rule for rule in LEVEL_RULES if State.INSERT_CARD in rule.states]
    session = bench.session_in(State.INSERT_CARD)
    for media in Media:
        session.levels = replace(session.levels, media=media)
        assert rule.applies(session) == (media is Media.PRESENT)


@pytest.mark.parametrize("state", State)
def test_row_28_nothing_is_typed_but_the_pin(bench, state):
    """Everything else is chosen from what is offered."""
    actions = view(bench.session_in(state)).actions
    typed = {action for action in actions if re.fullmatch(r"pin\.\d", action)}
    assert bool(typed) == (state in {State.ENTER_PIN, State.NEW_PIN, State.NEW_PIN_AGAIN})
    assert {action for action, event in actions.items() if isinstance(event, on.PinKey)} - {"pin.erase"} == typed


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("state", [State.REFUSED, State.NOT_TODAY])
def test_row_57_whoever_is_refused_reads_the_contact_of_the_settings(bench, state, reason):
    session = bench.session_in(state)
    session.place = replace(session.place, contact=CONTACT)
    session.visit.reason = reason
    assert view(session).shown.contact == CONTACT


@pytest.mark.parametrize("state", [State.CLOSED, State.OUT_OF_SERVICE])
def test_row_57_so_does_whoever_finds_it_closed(bench, state):
    session = bench.session_in(state)
    session.place = replace(session.place, contact=CONTACT)
    assert view(session).shown.contact == CONTACT


@pytest.mark.parametrize(
    ("hours", "why"), [(Hours.CLOSING, "hours"), (Hours.CLOSED, "hours"), (Hours.PAUSED, "paused"), (Hours.OPEN, "starting")]
)
def test_row_55_closed_by_its_hours_or_for_a_while(bench, hours, why):
    session = bench.session_in(State.CLOSED)
    session.levels = replace(session.levels, hours=hours, media=Media.NONE)
    assert view(session).shown.why == why


def test_row_9_what_can_be_read_calls_things_as_on_the_day(bench):
    session = bench.session_in(State.INFORMATION)
    session.place = replace(session.place, names=Names("2014-03-31", "lasdec", "juki", "ordinance"))
    called = {}
    for topic in TOPICS:
        session.receive(on.TopicChosen(topic), 1.0)
        shown = view(session).shown
        called[shown.topic] = shown.called
        assert shown.day == "2014-03-31"
    assert called == {
        "network": "names.centre.lasdec",
        "copy": "",
        "move": "names.card.juki",
        "card": "names.card.juki",
        "safety": "names.privacy.ordinance",
    }


def test_row_57_so_does_whose_paper_failed(bench):
    session = bench.session_in(State.PRINT_FAILED)
    session.place = replace(session.place, contact=CONTACT)
    assert view(session).shown.contact == CONTACT
