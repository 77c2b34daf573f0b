"""The notice of moving in: with whose card, until when, once; and what the counter makes of it."""

import asyncio
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from msgspec import structs

from jukinet.errors import Kind, PaperWay
from jukinet.messages import Arriving, Leaving
from jukinet.node.moves.counter import CounterError, give_back
from jukinet.node.register import Entry, enter, versions
from jukinet.node.resident import Standing
from jukinet.node.storage.open import read_once
from jukinet.node_messages import Change

NEW, OLD, CENTRE = "21361", "21202", "centre"


async def expected(towns: Any, mover: Any, leaves: int = 0) -> Any:
    """A move that the new town knows of; and its mover."""
    hanako = mover("hanako")
    told = await hanako.out(hanako.day(leaves))
    await towns.rest()
    return hanako, told.move


@pytest.mark.parametrize(
    ("later", "moved", "kind", "reason"),
    [
        (14, 0, None, None),
        (15, 0, Kind.PAPER_WAY, PaperWay.LATE),
        (30, 30, None, None),
        (30, 16, None, None),
        (30, 15, Kind.PAPER_WAY, PaperWay.LATE),
        (0, 1, Kind.MOVE_DATE, ""),  # not before they live there
    ],
)
def test_edges(towns: Any, mover: Any, refused: Any, later: int, moved: int, kind: Kind | None, reason: str | None) -> None:
    async def story(network: Any) -> Any:
        hanako, move = await expected(towns, mover)
        day = hanako.day(moved)
        network.clock.now += timedelta(days=later)
        if kind is None:
            return (await hanako.file(move, day)).arriving
        return await refused(hanako.file(move, day))

    assert towns.network.run(story, start=True) == (Arriving.FILED if kind is None else (kind, reason))


@pytest.mark.parametrize(("later", "over"), [(30, False), (31, True)])
def test_who_does_not_come_in_time_moves_by_paper_and_the_card_is_void(
    towns: Any, mover: Any, refused: Any, later: int, over: bool
) -> None:
    async def story(network: Any) -> Any:
        hanako, move = await expected(towns, mover)
        network.clock.now += timedelta(days=later)
        await towns.rest()
        return move, await refused(hanako.file(move)) if over else None

    move, refusal = towns.network.run(story, start=True)
    if over:
        assert towns.states(move) == (Leaving.LAPSED, Arriving.LAPSED)
        assert towns.card("hanako") == (OLD, "revoked", "moved")
        assert refusal == (Kind.PAPER_WAY, PaperWay.CARD_REVOKED)
    else:
        assert towns.states(move) == (Leaving.TOLD, Arriving.EXPECTED)
        assert towns.card("hanako") == (OLD, "valid", "")


def test_a_certificate_that_comes_too_late_lapses_at_both(towns: Any, mover: Any) -> None:
    """The line was down for the whole time."""

    async def story(network: Any) -> str:
        network.down.add(NEW)
        move = (await mover("taro").out(persons=[1])).move
        while network.knocks < 2:
            await asyncio.sleep(0)
        return str(move)

    move = towns.network.run(story, start=True)
    assert towns.states(move) == (Leaving.SENT, None)
    towns.network.down.clear()
    towns.network.clock.now += timedelta(days=40)

    async def later(network: Any) -> None:
        await towns.rest()

    towns.network.run(later, start=True)
    assert towns.states(move) == (Leaving.LAPSED, Arriving.LAPSED)


@pytest.mark.parametrize("done", ["filed", "confirmed", "complete"])
def test_second_use(towns: Any, mover: Any, refused: Any, done: str) -> None:
    async def story(network: Any) -> Any:
        hanako, move = await expected(towns, mover)
        visit = await hanako.visit()
        filed = await hanako.file(move, visit=visit)
        assert (await hanako.file(move, visit=visit)).number == filed.number, "the same visit: its answer was lost"
        if done != "filed":
            await towns.confirm(filed.number)
        if done == "complete":
            await towns.rest()
        return await refused(hanako.file(move))

    assert towns.network.run(story, start=True) == (Kind.MOVE_USED, done)


def test_somebody_elses_card_and_a_move_that_nobody_announced(towns: Any, mover: Any, refused: Any) -> None:
    async def story(network: Any) -> Any:
        _, move = await expected(towns, mover)
        return await refused(mover("taro").file(move)), await refused(mover("hanako").file("0" * 26))

    not_expected = (Kind.PAPER_WAY, PaperWay.NOT_EXPECTED)
    assert towns.network.run(story, start=True) == (not_expected, not_expected)


@pytest.mark.parametrize("revoked", ["keyCompromise", "certificateHold"])
def test_a_card_that_was_lost_meanwhile(towns: Any, mover: Any, refused: Any, revoked: str) -> None:
    async def story(network: Any) -> Any:
        hanako, move = await expected(towns, mover)
        towns.revoke("hanako", revoked)
        return await refused(hanako.file(move))

    assert towns.network.run(story, start=True) == (Kind.PAPER_WAY, PaperWay.CARD_REVOKED)


def test_the_counter_gives_back_and_they_come_again_under_the_same_number(towns: Any, mover: Any) -> None:
    async def story(network: Any) -> Any:
        hanako, move = await expected(towns, mover)
        first = await hanako.file(move)
        await towns.at_counter(give_back, number=first.number)
        between = await hanako.where()
        again = await hanako.file(move)
        await towns.confirm(again.number, since=hanako.day(-1))
        await towns.rest()
        return first.number, between.arriving, again.number, move, (hanako.day(-1), hanako.day(-1), hanako.day())

    first, between, again, move, days = towns.network.run(story, start=True)
    assert (between, first) == (Arriving.EXPECTED, again)
    assert towns.ended(move)
    hanako = next(person for person in towns.people(NEW).values() if person.name == "青葉 花子")
    assert (hanako.became_resident, hanako.address_since, hanako.notified) == days


@pytest.mark.parametrize(
    ("relationships", "household", "words"),
    [
        (["世帯主", "妻"], 0, "3 relationships"),
        (["妻", "妻", "子"], 0, "one 世帯主"),
        (["世帯主", "世帯主", "子"], 0, "one 世帯主"),
        (["世帯主", "妻", "子"], 1, "not its 世帯主"),
    ],
)
def test_what_the_counter_cannot_enter(towns: Any, mover: Any, relationships: list[str], household: int, words: str) -> None:
    async def story(network: Any) -> None:
        hanako, move = await expected(towns, mover)
        filed = await hanako.file(move)
        with pytest.raises(CounterError, match=words):
            await towns.confirm(filed.number, towns.entry(address="若竹1", relationships=relationships, household=household))

    towns.network.run(story, start=True)


def test_they_join_a_household_and_stand_behind_those_who_live_there(towns: Any, mover: Any) -> None:
    async def story(network: Any) -> None:
        hanako, move = await expected(towns, mover)
        filed = await hanako.file(move)
        await towns.confirm(filed.number, towns.entry(address="若竹1", relationships=["兄", "義姉", "姪"], household=1))
        await towns.rest()

    there = max(person.number for person in towns.people(NEW).values() if person.household == 1)
    towns.network.run(story, start=True)
    of_them = [person for person in towns.people(NEW).values() if person.household == 1 and person.number > there]
    assert [(person.name, person.relationship) for person in of_them] == [("青葉 樹", "兄"), ("青葉 花子", "義姉"), ("青葉 芽生", "姪")]


def test_who_lived_there_before_keeps_the_number_and_the_history(towns: Any) -> None:
    """A record of the same resident code was removed here, years ago."""
    code, taro = next((code, person) for code, person in towns.people(OLD).items() if person.name == "東雲 太郎")
    former = structs.replace(taro, id=7000, town=NEW, household=7000, state=Standing.MOVED)
    towns.write(NEW, partial(enter, town=NEW, entries=[Entry(former, Change.REMOVED, "国内転出", "2001-04-01")]))

    async def story(network: Any) -> None:
        await towns.moves("taro", [1], towns.entry(address="若竹1", relationships=["世帯主"]))

    towns.network.run(story, start=True)
    again = towns.people(NEW)[code]
    assert (again.id, again.state, again.previous_address) == (7000, Standing.RESIDENT, "岐阜県大垣市水門通4番地 メゾン水門 201号")
    kept = read_once(towns.network.file(NEW, "register.db"), partial(versions, town=NEW, resident=7000))
    assert [version.reason for version in kept] == ["国内転出", "国内転入"]
