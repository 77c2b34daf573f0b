"""What one town takes from another about a move, and what from nobody: forged, foreign, out of turn, refused for good."""

from typing import Any

import pytest
from sqlalchemy import insert

from jukinet.errors import Kind
from jukinet.messages import Arriving, Leaving
from jukinet.move_messages import CertificateNotice, MoveCertificate, Mover, Step, StepNotice, Where, WhereAsk
from jukinet.node.storage.tables import arrivals
from jukinet.signing import AnswerKey, sign_move

NEW, OLD, STRANGER = "21361", "21202", "21401"
MOVE = "01JX0000000000000000999999"


def town(network: Any, code: str) -> Any:
    return network.peer(f"jukinet://node/{code}")


def certificate(**other: Any) -> MoveCertificate:
    mover = Mover(name="山野 一", birth="1990-01-01", sex="male", relationship="世帯主", my_number="", resident_code="0" * 11)
    same = {"move": MOVE, "origin": OLD, "destination": NEW, "noticed": "2026-12-01", "leaves": "2026-12-01", "address": "a"}
    return MoveCertificate(movers=[mover], **(same | other))


@pytest.mark.parametrize(
    ("said", "signer", "reason"),
    [
        ({}, "nobody", "kid"),
        ({}, NEW, "kid"),  # the new town's own key
        ({"origin": NEW}, OLD, "move"),
        ({"destination": OLD}, OLD, "move"),
        ({"move": "0" * 26}, OLD, "move"),
    ],
)
def test_a_certificate_that_is_not_the_old_towns_word_on_this_move(
    towns: Any, refused: Any, said: dict[str, str], signer: str, reason: str
) -> None:
    keys = {"nobody": AnswerKey.make()} | {code: AnswerKey.load(towns.network.settings(code).answer_key) for code in (NEW, OLD)}
    notice = CertificateNotice(number=1, move=MOVE, certificate=sign_move(certificate(**said), keys[signer]))

    async def story(network: Any) -> Any:
        return await refused(network.nodes[NEW].certificate_notice(town(network, OLD), notice, b""))

    assert towns.network.run(story) == (Kind.PROOF, reason)
    assert towns.states(MOVE) == (None, None)


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("there", [OLD, NEW])
def test_a_step_of_a_move_that_nobody_made(towns: Any, refused: Any, there: str, step: Step) -> None:
    async def story(network: Any) -> Any:
        other = NEW if there == OLD else OLD
        return await refused(network.nodes[there].move_notice(town(network, other), StepNotice(number=1, move=MOVE, step=step), b""))

    assert towns.network.run(story) == (Kind.NOT_FOUND, "")


@pytest.mark.parametrize(
    ("there", "sender", "step", "kind"),
    [
        (OLD, NEW, Step.RECEIVED, Kind.MOVE_USED),  # it was received
        (OLD, NEW, Step.CLOSED, Kind.NOT_FOUND),  # that is the old town's to say
        (OLD, STRANGER, Step.ENTERED, Kind.NOT_FOUND),
        (NEW, OLD, Step.CLOSED, Kind.MOVE_USED),  # nobody has come yet
        (NEW, OLD, Step.ENTERED, Kind.NOT_FOUND),
        (NEW, STRANGER, Step.CLOSED, Kind.NOT_FOUND),
    ],
)
def test_out_of_turn_or_from_somebody_else_moves_nothing(
    towns: Any, mover: Any, refused: Any, there: str, sender: str, step: Step, kind: Kind
) -> None:
    async def story(network: Any) -> Any:
        move = (await mover("hanako").out()).move
        await towns.rest()
        notice = StepNotice(number=99, move=move, step=step, moved="2026-12-01")
        return move, await refused(network.nodes[there].move_notice(town(network, sender), notice, b""))

    move, (said, _) = towns.network.run(story, start=True)
    assert said is kind
    assert towns.states(move) == (Leaving.TOLD, Arriving.EXPECTED)


def test_either_town_may_ask_where_it_is_and_nobody_else(towns: Any, mover: Any, refused: Any) -> None:
    async def story(network: Any) -> Any:
        move = (await mover("hanako").out()).move
        await towns.rest()
        ask = WhereAsk(move=move)
        old = await network.nodes[OLD].where_is(town(network, NEW), ask, b"")
        new = await network.nodes[NEW].where_is(town(network, OLD), ask, b"")
        return old, new, [await refused(network.nodes[code].where_is(town(network, STRANGER), ask, b"")) for code in (NEW, OLD)]

    old, new, others = towns.network.run(story, start=True)
    assert (old, new) == (Where(leaving=Leaving.TOLD), Where(arriving=Arriving.EXPECTED))
    assert others == [(Kind.NOT_FOUND, "")] * 2


def test_the_other_side_that_cannot_be_asked_is_left_unsaid(towns: Any, mover: Any) -> None:
    async def story(network: Any) -> Any:
        await mover("hanako").out()
        await towns.rest()
        network.down.add(NEW)
        told = await mover("hanako").where()
        network.down.clear()
        return told

    told = towns.network.run(story, start=True)
    assert (told.leaving, told.arriving) == (Leaving.TOLD, None)


def test_a_certificate_refused_for_good_leaves_the_paper_way(towns: Any, mover: Any) -> None:
    """The new town has another move of that name, which is not to be; a person must look."""

    async def story(network: Any) -> str:
        hanako = mover("hanako")
        visit = await hanako.visit()
        towns.write(NEW, lambda connection: connection.execute(insert(arrivals).values(**other_move(visit.id))) and None, "issue.db")
        await hanako.out(visit=visit)
        await towns.rest()
        return str(visit.id)

    move = towns.network.run(story, start=True)
    assert towns.states(move)[0] is Leaving.UNDELIVERED
    assert [line["path"] for line in towns.lines(OLD) if line["kind"] == "node_notice_dead"] == ["/v1/notices/certificates"]


def other_move(move: str) -> dict[str, Any]:
    words = dict.fromkeys(("certificate", "leaves", "moved", "filed", "visit", "entry"), "")
    return words | {"town": NEW, "move": move, "origin": STRANGER, "persons": 1, "number": 0, "until": "9999", "state": Arriving.EXPECTED}
