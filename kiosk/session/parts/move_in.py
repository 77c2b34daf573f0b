"""The notice of moving in (転入届), at a terminal of the new town: the card finds the move, and who moves stands in the certificate that
the old town sent. The counter confirms it, under the number that the resident is told. And the card, carried on (継続利用).
"""

from typing import TYPE_CHECKING

from kiosk.session import commands
from kiosk.session.actions import visit_of

if TYPE_CHECKING:
    from kiosk.session.session import Session


def facts(session: "Session") -> tuple[tuple[str, str], ...]:
    """What will be told. Who moves is counted and not named: names came to the new town with the certificate, and to no kiosk."""
    moving = visit_of(session).moving
    if moving.move is None:
        return ()
    move = moving.move
    return (
        ("persons", str(move.persons)),
        ("from", moving.name(move.origin)),
        ("new_town", moving.name(move.destination)),
        ("moved", moving.chosen),
    )


def tell(session: "Session") -> commands.Command:
    visit, moving = visit_of(session), visit_of(session).moving
    assert moving.move is not None
    if moving.carries_on:
        return commands.CarryOn(visit.proof, moving.move.move)
    return commands.TellMoveIn(visit.proof, moving.move.move, moving.chosen, visit.language)
