"""What can become of a move, at either end: two tables, and how to follow them. Pure.

A move is in exactly one state at each of its two towns. What moves it is an event: something was asked, the other town told a step, a day
is over, or the node did what the state asks of it (`DUTIES`). An event that is not in the row of the present state cannot happen: it
raises and moves nothing.

What a node must do stands in the state, on disk, before it is done; the deed can be done twice without harm, and its result is the next
state. So a node that was killed anywhere goes on from its states alone. Only the new town decides whether somebody came in time: the old
one follows its word, and so the two never end differently.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from jukinet.messages import Arriving, Leaving


class On(StrEnum):
    MARKED = "marked"  # the household's records say that a move is under way, and the certificate is in the outbox
    REFUSED = "refused"  # the new town will never take the certificate
    RECEIVED = "received"  # the other town's words: messages.Step
    ENTERED = "entered"
    LAPSED = "lapsed"
    CLOSED = "closed"
    REMOVED = "removed"  # the records are closed
    FILED = "filed"
    RETURNED = "returned"  # by the counter: something is missing
    CONFIRMED = "confirmed"
    RECORDED = "recorded"  # they stand in the register
    OVER = "over"  # the last day is


LEAVING: Mapping[Leaving, Mapping[On, Leaving]] = {
    Leaving.NOTICED: {On.MARKED: Leaving.SENT},
    Leaving.SENT: {
        On.RECEIVED: Leaving.TOLD,
        On.REFUSED: Leaving.UNDELIVERED,
    },
    Leaving.TOLD: {
        On.ENTERED: Leaving.ARRIVED,
        On.LAPSED: Leaving.LAPSED,
    },
    Leaving.ARRIVED: {On.REMOVED: Leaving.CLOSED},
    Leaving.CLOSED: {},
    Leaving.LAPSED: {},
    Leaving.UNDELIVERED: {},
}

ARRIVING: Mapping[Arriving, Mapping[On, Arriving]] = {
    Arriving.EXPECTED: {
        On.FILED: Arriving.FILED,
        On.OVER: Arriving.LAPSED,
    },
    Arriving.FILED: {
        On.CONFIRMED: Arriving.CONFIRMED,
        On.RETURNED: Arriving.EXPECTED,
    },
    Arriving.CONFIRMED: {On.RECORDED: Arriving.ENTERED},
    Arriving.ENTERED: {On.CLOSED: Arriving.COMPLETE},
    Arriving.COMPLETE: {},
    Arriving.LAPSED: {},
}

# What the node must do by itself in a state; the event in brackets says that it is done.
DUTIES: Mapping[Leaving | Arriving, str] = {
    Leaving.NOTICED: "mark the records, sign the certificate, put it into the outbox (marked)",
    Leaving.SENT: "look whether the certificate was put aside as dead (refused)",
    Leaving.ARRIVED: "close the records, tell the new town, tell who keeps the cards (removed)",
    Arriving.EXPECTED: "look whether the last day is over (over), tell the old town",
    Arriving.CONFIRMED: "enter the records and whose cards they are, tell the old town (recorded)",
}

# Where both towns may rest, each pair as (old, new); None: the new town has nothing of it.
ENDS: frozenset[tuple[Leaving, Arriving | None]] = frozenset(
    {(Leaving.CLOSED, Arriving.COMPLETE), (Leaving.LAPSED, Arriving.LAPSED), (Leaving.UNDELIVERED, None)}
)

State = TypeVar("State", Leaving, Arriving)


class Unlawful(Exception):
    """An event that is not in the row of the present state."""

    def __init__(self, state: Leaving | Arriving, on: On) -> None:
        super().__init__(f"{on} in {state}")
        self.state, self.on = state, on


def follow(table: Mapping[State, Mapping[On, State]], state: State, on: On) -> State:
    """Raises Unlawful."""
    after = table[state].get(on)
    if after is None:
        raise Unlawful(state, on)
    return after


def is_final(state: Leaving | Arriving) -> bool:
    return not (LEAVING[state] if isinstance(state, Leaving) else ARRIVING[state])
