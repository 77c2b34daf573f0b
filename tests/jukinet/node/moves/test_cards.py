"""Cards move along: whose they are at the new town, where the centre says they belong, and when they are void."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from msgspec import structs

from jukinet.errors import Kind, PaperWay
from jukinet.messages import Extract
from jukinet.move_messages import CardChange, CardNotice
from jukinet.node.cards import register_card
from jukinet.node.directory import Edition
from jukinet.peers import Peer, PeerKind
from jukinet.signing import sign_directory

NEW, OLD, PREFECTURE, CENTRE = "21361", "21202", "21", "centre"


@pytest.fixture
def couple(towns: Any) -> Any:
    """The husband of hanako's household has a card too: that of another case becomes his."""
    husband = next(person.id for person in towns.people(OLD).values() if person.name == "青葉 樹")
    towns.bind("taro", husband)
    return towns


def test_with_the_card_that_moved_along_a_copy_is_had_from_the_new_town(couple: Any, mover: Any) -> None:
    async def story(network: Any) -> list[Any]:
        await couple.moves("hanako")
        told = []
        for case in ("hanako", "taro"):
            visit = await mover(case).visit()
            await visit.household()
            told.append((await visit.extract([1]))[0])
        return told

    told = couple.network.run(story, start=True)
    assert [claims.node for claims in told] == [NEW, NEW]
    assert all(isinstance(claims.body, Extract) and claims.body.address == "岐阜県不破郡垂井町若竹1番地" for claims in told)
    assert [claims.body.persons[0].name for claims in told] == ["青葉 樹", "青葉 樹"]


@pytest.mark.parametrize(("later", "void"), [(89, False), (90, False), (91, True)])
def test_another_members_card_is_void_when_it_is_not_carried_on_within_90_days(
    couple: Any, mover: Any, refused: Any, later: int, void: bool
) -> None:
    async def story(network: Any) -> Any:
        move = await couple.moves("hanako")
        told = await mover("taro").where()
        assert told.carry_on_until == mover("taro").day(90)
        network.clock.now += timedelta(days=later)
        await couple.rest()
        return await refused(mover("taro").carry_on(move)) if void else await mover("taro").carry_on(move)

    found = couple.network.run(story, start=True)
    assert couple.card("hanako") == (NEW, "valid", ""), "the one that the notice was given with is carried on with it"
    if void:
        assert found == (Kind.CARD_REVOKED, "moved")
        assert couple.card("taro") == (NEW, "revoked", "moved")
    else:
        assert found.carry_on_until == ""
        assert couple.card("taro") == (NEW, "valid", "")


def test_once_carried_on_it_stays(couple: Any, mover: Any) -> None:
    async def story(network: Any) -> None:
        move = await couple.moves("hanako")
        await mover("taro").carry_on(move)
        await mover("taro").carry_on(move)  # again: its answer was lost
        network.clock.now += timedelta(days=200)
        await couple.rest()

    couple.network.run(story, start=True)
    assert couple.card("taro") == (NEW, "valid", "")


def test_who_moves_on_before_carrying_the_card_on_moves_by_paper(couple: Any, mover: Any, refused: Any) -> None:
    async def story(network: Any) -> Any:
        await couple.moves("hanako")
        return await refused(mover("taro").out(persons=[1], destination=OLD))

    assert couple.network.run(story, start=True) == (Kind.PAPER_WAY, PaperWay.NOT_CARRIED_ON)


def test_and_the_card_of_a_member_who_moves_along_is_void(couple: Any, mover: Any) -> None:
    """Back to the old town with hanako's card; her husband's was never carried on at the new one."""

    async def story(network: Any) -> None:
        await couple.moves("hanako")
        await mover("hanako").out(persons=[1, 2, 3], destination=OLD)
        await couple.rest()

    couple.network.run(story, start=True)
    sent = couple.certificates(NEW)
    assert [len(each.cards) for each in sent[0].movers] == [0, 1, 0]


@pytest.mark.parametrize(
    ("sender", "change"),
    [
        (NEW, {"home": NEW}),  # to itself
        (NEW, {"home": OLD, "revoked": "moved"}),  # void, where it belongs
        (NEW, {"home": NEW, "revoked": "keyCompromise"}),
    ],
)
def test_a_town_speaks_of_its_own_residents_cards_only(towns: Any, refused: Any, sender: str, change: dict[str, str]) -> None:
    async def story(network: Any) -> Any:
        notice = CardNotice(number=1, cards=[CardChange(certificate=network.card("taro").fingerprint, **change)])
        return await refused(network.nodes[CENTRE].card_notice(network.peer(f"jukinet://node/{sender}"), notice, b""))

    assert towns.network.run(story) == (Kind.BUSY, "card")
    assert towns.card("taro") == (OLD, "valid", "")


@pytest.mark.parametrize(
    "peer", [Peer("jukinet://node/21", PeerKind.PREFECTURE, "21"), Peer("jukinet://kiosk/21361/k1", PeerKind.KIOSK, "21361")]
)
def test_nobody_but_a_town_speaks_of_cards(towns: Any, refused: Any, peer: Peer) -> None:
    async def story(network: Any) -> Any:
        notice = CardNotice(number=1, cards=[CardChange(certificate=b"c" * 32, home=NEW)])
        return await refused(network.nodes[CENTRE].card_notice(peer, notice, b""))

    assert towns.network.run(story) == (Kind.NOT_ALLOWED, "")


def test_a_prefecture_that_keeps_cards_itself_is_told_by_both_of_its_towns(couple: Any, mover: Any) -> None:
    network = couple.network
    directory = network.book.directory
    own = [structs.replace(each, delegates=False) for each in directory.prefectures]
    edition = structs.replace(directory, version=directory.version + 1, prefectures=own)
    network.book.edition = Edition(sign_directory(edition, network.centre), network.centre.public())
    for case in ("hanako", "taro"):
        row = partial(register_card, certificate=network.card(case).fingerprint, town=OLD, keeper=PREFECTURE)
        couple.write(PREFECTURE, row)

    async def story(network: Any) -> str:
        await couple.moves("hanako")
        network.clock.now += timedelta(days=91)
        await couple.rest()
        return str((await mover("hanako").where()).arriving)

    assert network.run(story, start=True) == "complete"
    assert couple.card("hanako", PREFECTURE) == couple.card("hanako", CENTRE) == (NEW, "valid", "")
    assert couple.card("taro", PREFECTURE) == couple.card("taro", CENTRE) == (NEW, "revoked", "moved")


def test_said_twice_is_said_once(towns: Any) -> None:
    async def story(network: Any) -> list[int]:
        change = CardChange(certificate=network.card("taro").fingerprint, home=NEW)
        notice, town = CardNotice(number=1, cards=[change]), network.peer(f"jukinet://node/{OLD}")
        return [(await network.nodes[CENTRE].card_notice(town, notice, b"")).number for _ in range(2)]

    assert towns.network.run(story) == [1, 1]
    assert towns.card("taro") == (NEW, "valid", "")
