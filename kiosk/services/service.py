"""A service as data. The frame of a visit (card, PIN, proof, confirm, issue, card out, paper) is one for all; the middle is its own."""

from dataclasses import dataclass

from kiosk.session.states import State


@dataclass(frozen=True)
class Service:
    """`id` is its word key (`service.ID.*`) and its button; `middle` are the states between the proof and the confirmation."""

    id: str
    law: str
    middle: tuple[State, ...]
    ends_in_paper: bool = True
