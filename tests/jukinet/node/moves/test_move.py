"""A family moves by card: one visit at the new town, and everybody who must know does."""

from collections.abc import Iterator
from typing import Any

import pytest

from jukinet.messages import Arriving, Leaving
from jukinet.node.resident import Standing

NEW, OLD, PREFECTURE, CENTRE = "21361", "21202", "21", "centre"


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Iterator[str]:
    """The whole way on both kinds of database; what may go wrong on the way is tried on files."""
    if request.param == "sqlite":
        yield ""
    else:
        with request.getfixturevalue("postgresql").database(request.getfixturevalue("lab_database")) as url:
            yield url


def test_a_family_moves_with_one_visit_at_the_new_town(towns: Any, mover: Any) -> None:
    async def story(network: Any) -> str:
        hanako = mover("hanako")
        told = await hanako.out(leaves=hanako.day(3))
        assert (told.leaving, told.origin, told.destination, told.persons) == (Leaving.NOTICED, OLD, NEW, 3)
        await towns.rest()
        told = await hanako.where()
        assert (told.leaving, told.arriving) == (Leaving.TOLD, Arriving.EXPECTED)
        told = await hanako.file(told.move)
        assert (told.arriving, told.number) == (Arriving.FILED, 1)
        await towns.confirm(told.number)
        await towns.rest()
        told = await hanako.where()
        assert (told.arriving, told.carry_on_until) == (Arriving.COMPLETE, "")
        return told.move

    before = towns.people(OLD)
    move = towns.network.run(story, start=True)
    assert towns.states(move) == (Leaving.CLOSED, Arriving.COMPLETE)
    old, new = towns.people(OLD), towns.people(NEW)
    codes = [code for code, person in before.items() if person.household == 1]
    assert [old[code].state for code in codes] == [Standing.MOVED] * 3
    assert [(new[code].name, new[code].relationship, new[code].state) for code in codes] == [
        ("青葉 樹", "世帯主", Standing.RESIDENT),
        ("青葉 花子", "妻", Standing.RESIDENT),
        ("青葉 芽生", "子", Standing.RESIDENT),
    ]
    assert towns.card("hanako") == (NEW, "valid", "")
