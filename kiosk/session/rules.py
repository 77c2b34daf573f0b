"""When a level no longer fits a state. In this order; the first that applies moves, until none does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.interfaces import Media, Mouth, PrinterState, Reader
from kiosk.session import actions as do
from kiosk.session.levels import Hours, JournalLevel, Levels, Network, Staff
from kiosk.session.parts import PARTS
from kiosk.session.states import PIN_STATES, State
from kiosk.session.way import To

if TYPE_CHECKING:
    from kiosk.session.session import Session


@dataclass(frozen=True)
class Rule:
    name: str
    states: frozenset[State]
    applies: Callable[["Session"], bool]
    way: To


def trouble(levels: Levels) -> str:
    """The first thing that keeps the terminal from serving anybody, "" when nothing does. A word key after `why.`."""
    if levels.journal is JournalLevel.BROKEN:
        return "journal"
    if levels.journal is JournalLevel.UNSETTLED:
        return "staff"
    if levels.network is Network.STARTING:
        return "starting"
    if levels.reader is not Reader.READY:
        return "reader"
    if levels.printer not in (PrinterState.READY, PrinterState.LOW):
        return f"printer_{levels.printer}"
    if levels.network is not Network.UP:
        return f"network_{levels.network}"
    return ""


def leftovers(levels: Levels) -> str:
    """What the last visitor left in a slot, as seen from a terminal out of service."""
    return "card_left" if levels.media is not Media.NONE else "paper_left" if levels.mouth is Mouth.PAPER else ""


def _card_gone(session: "Session") -> bool:
    levels = session.levels
    return levels.media is not Media.PRESENT or levels.counter != do.visit_of(session).card_counter


def _no_card(session: "Session") -> bool:
    return session.levels.media is Media.NONE


def _card_taken(session: "Session") -> bool:
    """A visit without a card has none to take."""
    return _no_card(session) and do.visit_of(session).card_counter >= 0


def _copy_taken(session: "Session") -> bool:
    return _paper_taken(session) and do.visit_of(session).issue is not None


def _paper_taken(session: "Session") -> bool:
    return session.levels.mouth is Mouth.EMPTY and do.visit_of(session).paper_seen


_BEFORE_PROOF = frozenset({State.READING, *PIN_STATES})
_CHOOSING = frozenset().union(*(part.holds for part in PARTS.values()))
_PAPER_ON_ITS_WAY = frozenset({State.PRINTING, State.TAKE_PAPER})


LEVEL_RULES: tuple[Rule, ...] = (
    Rule(
        "staff asks",
        frozenset({State.ATTRACT, State.CLOSED, State.OUT_OF_SERVICE}),
        lambda session: session.levels.staff is Staff.REQUESTED,
        To(State.VENDOR_MODE),
    ),
    Rule(
        "trouble",
        frozenset({State.ATTRACT, State.CLOSED}),
        lambda session: bool(trouble(session.levels)) or session.levels.mouth is Mouth.PAPER,
        To(State.OUT_OF_SERVICE),
    ),
    Rule(
        "closing time",
        frozenset({State.ATTRACT}),
        lambda session: session.levels.hours is not Hours.OPEN,
        To(State.CLOSED),
    ),
    Rule(
        "opening time",
        frozenset({State.CLOSED}),
        lambda session: session.levels.hours is Hours.OPEN,
        To(State.ATTRACT),
    ),
    Rule(
        "trouble over",
        frozenset({State.OUT_OF_SERVICE}),
        lambda session: not trouble(session.levels) and not leftovers(session.levels) and session.left_behind != "recovery",
        To(State.ATTRACT, do.left_behind("")),
    ),
    Rule(
        "card into an idle terminal",
        frozenset({State.ATTRACT}),
        lambda session: session.levels.media is Media.PRESENT,
        To(State.CHOOSE_SERVICE),
    ),
    Rule(
        "card in",
        frozenset({State.INSERT_CARD}),
        lambda session: session.levels.media is Media.PRESENT,
        To(State.READING, do.keep_counter),
    ),
    # Before the proof, the card can simply come back.
    Rule("card pulled", _BEFORE_PROOF, _card_gone, To(State.INSERT_CARD)),
    # After it, whoever takes the card leaves: the next person must not go on in their name. From ISSUING on, an early hand is harmless.
    Rule("holder leaves", _CHOOSING, _card_gone, To(State.GOODBYE, do.give_back)),
    Rule("card taken, now print", frozenset({State.TAKE_CARD}), _no_card, To(State.PRINTING)),
    Rule("card taken back", frozenset({State.TAKE_CARD_BACK, State.CARD_LEFT}), _no_card, To(State.GOODBYE, do.left_behind(""))),
    Rule("card taken, all done", frozenset({State.DONE}), _card_taken, To(State.GOODBYE)),
    Rule("copy taken", frozenset({State.TAKE_PAPER}), _copy_taken, To(State.RECEIPT)),
    Rule("paper taken", frozenset({State.TAKE_PAPER}), _paper_taken, To(State.GOODBYE)),
    Rule(
        "paper gone",
        frozenset({State.PAPER_LEFT}),
        lambda session: session.levels.mouth is Mouth.EMPTY,
        To(State.GOODBYE, do.left_behind("")),
    ),
)


def note_paper(session: "Session") -> None:
    """A sheet has been seen in the mouth: only then can its absence mean that it was taken."""
    if session.visit is not None and session.state in _PAPER_ON_ITS_WAY and session.levels.mouth is Mouth.PAPER:
        session.visit.paper_seen = True
