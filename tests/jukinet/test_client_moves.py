"""The client's questions about moves: the right answer, and answers about another move or by another town."""

from typing import Any

import pytest

from jukinet.errors import WrongAnswer
from jukinet.messages import HouseholdAsk, Move, Moves, Signed
from jukinet.move_messages import CarryOnAsk, MoveInAsk, MoveOutAsk, MovesAsk
from jukinet.signing import digest
from tests.jukinet.conftest import SmallTown

OWN, HOME = "21361", "21202"
MOVE, OTHER = "01JTESTVECT0R0000000000001", "01JTESTVECT0R0000000000002"


class MovingTown(SmallTown):
    """`says`: by which town, of which moves. None: of the one that is asked about, as it should be."""

    says: tuple[str, list[str]] | None = None

    def told(self, ask: MovesAsk, raw: bytes, by: str, moves: list[str]) -> Signed:
        by, moves = self.says or (by, moves)
        same: dict[str, Any] = {"origin": HOME, "destination": OWN, "leaves": "2026-12-01", "until": "2026-12-31", "persons": 1}
        body = Moves(town=by, moves=[Move(move=move, **same) for move in moves])
        return self.signed(self.claims(ask, raw, digest(ask.proof.certificate), by, body))

    async def moves(self, peer: Any, ask: MovesAsk, raw: bytes) -> Signed:
        return self.told(ask, raw, HOME, [OTHER, MOVE])

    async def move_out(self, peer: Any, ask: MoveOutAsk, raw: bytes) -> Signed:
        return self.told(ask, raw, HOME, [ask.visit])

    async def move_in(self, peer: Any, ask: MoveInAsk, raw: bytes) -> Signed:
        return self.told(ask, raw, OWN, [ask.move])

    async def carry_on(self, peer: Any, ask: CarryOnAsk, raw: bytes) -> Signed:
        return self.told(ask, raw, OWN, [ask.move])


def asked(shape: type[MovesAsk], like: HouseholdAsk, **more: Any) -> Any:
    return shape(visit=like.visit, nonce=like.nonce, town=like.town, kiosk=like.kiosk, proof=like.proof, **more)


def questions(client: Any, asks: Any, visit: str) -> dict[str, Any]:
    like = asks.household(visit)
    return {
        "moves": lambda: client.moves(asked(MovesAsk, like), asks.card, 5),
        "out": lambda: client.move_out(asked(MoveOutAsk, like, persons=[1], leaves="2026-12-01", destination=OWN), asks.card, 5),
        "in": lambda: client.move_in(asked(MoveInAsk, like, move=MOVE, moved="2026-12-02"), asks.card, 5),
        "carry on": lambda: client.carry_on(asked(CarryOnAsk, like, move=MOVE), asks.card, 5),
    }


def test_each_question_has_its_answer(open_town: Any, client_of: Any, asks: Any, visits: Any) -> None:
    client, visit = client_of(open_town(services=MovingTown).url), next(visits)
    answers = {name: ask() for name, ask in questions(client, asks, visit).items()}
    assert {name: (told.town, [move.move for move in told.moves]) for name, told in answers.items()} == {
        "moves": (HOME, [OTHER, MOVE]),
        "out": (HOME, [visit]),
        "in": (OWN, [MOVE]),
        "carry on": (OWN, [MOVE]),
    }


@pytest.mark.parametrize(
    ("question", "by", "moves", "field"),
    [
        ("out", HOME, [MOVE], "move"),
        ("out", HOME, [], "move"),
        ("in", OWN, [OTHER], "move"),
        ("in", HOME, [MOVE], "town"),
        ("carry on", OWN, [MOVE, OTHER], "move"),
        ("carry on", HOME, [MOVE], "town"),
    ],
)
def test_about_another_move_or_by_another_town(
    open_town: Any, client_of: Any, asks: Any, visits: Any, question: str, by: str, moves: list[str], field: str
) -> None:
    town = open_town(services=MovingTown)
    town.services.says = (by, moves)
    with pytest.raises(WrongAnswer) as caught:
        questions(client_of(town.url), asks, next(visits))[question]()
    assert caught.value.field == field
