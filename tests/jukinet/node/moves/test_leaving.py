"""The notice of moving out: who may give it, for whom, when, where to; and what it does to the record at once."""

from typing import Any

import pytest

from jukinet.errors import Kind, NotToday, PaperWay, Problem
from jukinet.messages import Leaving
from jukinet.node.audit.report import read_month
from jukinet.node.hours import JST
from jukinet.node.register import versions
from jukinet.node.storage.open import read_once

NEW, OLD = "21361", "21202"


@pytest.mark.parametrize(
    ("case", "kind", "reason"),
    [
        ("protected", Kind.NOT_TODAY, NotToday.COUNTER),
        ("pending", Kind.NOT_TODAY, NotToday.COUNTER),
        ("moving", Kind.NOT_TODAY, NotToday.COUNTER),  # by paper
        ("moved", Kind.GONE, ""),
        ("deceased", Kind.GONE, ""),
        ("child", Kind.UNDER_AGE, ""),
        ("expired_card", Kind.PAPER_WAY, PaperWay.CARD_EXPIRED),
        ("revoked_card", Kind.PAPER_WAY, PaperWay.CARD_REVOKED),
        ("held_card", Kind.PAPER_WAY, PaperWay.CARD_REVOKED),
        ("foreign_ca_card", Kind.PAPER_WAY, PaperWay.CARD_UNKNOWN),
        ("local", Kind.PAPER_WAY, PaperWay.SAME_TOWN),  # lives there already
    ],
)
def test_who_may_not(towns: Any, mover: Any, refused: Any, case: str, kind: Kind, reason: str) -> None:
    async def story(network: Any) -> tuple[str, str]:
        return await refused(mover(case).out(persons=[2] if case == "child" else [1]))

    assert towns.network.run(story) == (kind, reason)


@pytest.mark.parametrize(
    ("persons", "days", "destination", "kind", "reason"),
    [
        ([1, 2, 3, 4], 0, NEW, Kind.NO_MEMBER, ""),
        ([1, 3], 0, NEW, Kind.PAPER_WAY, PaperWay.NO_CARD),  # 2 is the holder
        ([2], 0, OLD, Kind.PAPER_WAY, PaperWay.SAME_TOWN),
        ([2], 0, "99999", Kind.PAPER_WAY, PaperWay.NO_SUCH_TOWN),
        ([2], -15, NEW, Kind.PAPER_WAY, PaperWay.LATE_NOTICE),
        ([2], 61, NEW, Kind.MOVE_DATE, ""),
    ],
)
def test_for_whom_when_and_where_to(
    towns: Any, mover: Any, refused: Any, persons: list[int], days: int, destination: str, kind: Kind, reason: str
) -> None:
    async def story(network: Any) -> tuple[str, str]:
        hanako = mover("hanako")
        return await refused(hanako.out(hanako.day(days), persons, destination))

    assert towns.network.run(story) == (kind, reason)


@pytest.mark.parametrize("days", [-14, 60])
def test_the_first_and_the_last_day(towns: Any, mover: Any, days: int) -> None:
    async def story(network: Any) -> Leaving | None:
        hanako = mover("hanako")
        return (await hanako.out(hanako.day(days))).leaving

    assert towns.network.run(story) is Leaving.NOTICED


def test_a_day_on_no_calendar(towns: Any, mover: Any, refused: Any) -> None:
    async def story(network: Any) -> tuple[str, str]:
        return await refused(mover("hanako").out("2027-02-30"))

    assert towns.network.run(story) == (Kind.MOVE_DATE, "")


def test_protection_looks_like_any_other_not_today(towns: Any, mover: Any) -> None:
    """Neither the kiosk nor the kiosk's town can tell it from a change that is not entered yet."""

    async def story(network: Any) -> list[Any]:
        seen = []
        for case in ("protected", "pending", "moving"):
            with pytest.raises(Problem) as caught:
                await mover(case).out(persons=[1])
            seen.append((caught.value.kind, caught.value.reason, caught.value.remedy, caught.value.retry_after))
        return seen

    seen = towns.network.run(story)
    assert len(set(seen)) == 1
    told = [{key: value for key, value in line.items() if key not in ("at", "seq", "visit")} for line in towns.lines(NEW)]
    refusals = [line for line in told if line["kind"] == "node_question_refused"]
    assert len(refusals) == 3
    assert all(line == refusals[0] for line in refusals)


def test_the_same_question_again_is_the_same_move_and_another_is_refused(towns: Any, mover: Any, refused: Any) -> None:
    async def story(network: Any) -> Any:
        hanako = mover("hanako")
        visit = await hanako.visit()
        first = await hanako.out(visit=visit)
        again = await hanako.out(visit=visit)
        other = await refused(hanako.out(persons=[2], visit=visit))
        return first.move, again.move, again.leaving, other

    first, again, leaving, other = towns.network.run(story)
    assert (first, leaving in (Leaving.SENT, Leaving.TOLD)) == (again, True)
    assert other == (Kind.OTHER_REQUEST, "")


def test_a_second_notice_is_refused_and_says_how_far_the_first_is(towns: Any, mover: Any, refused: Any) -> None:
    async def story(network: Any) -> Any:
        await mover("hanako").out(persons=[2, 3])
        await towns.rest()
        return await refused(mover("hanako").out(persons=[2]))

    assert towns.network.run(story, start=True) == (Kind.MOVE_USED, Leaving.TOLD)


def test_in_one_visit_the_household_is_shown_and_the_notice_explains_the_look_up(towns: Any, mover: Any) -> None:
    async def story(network: Any) -> str:
        hanako = mover("hanako")
        visit = await hanako.visit()
        members = (await visit.household()).body.members
        return str((await hanako.out(persons=[member.number for member in members], visit=visit)).move)

    move = towns.network.run(story)
    lines = towns.lines(OLD)
    assert move in [line["visit"] for line in lines if line["kind"] == "node_household_told"]
    assert read_month(f"{towns.network.clock().astimezone(JST):%Y-%m}", lines).unexplained == {}


def test_while_a_move_is_under_way_nobody_of_the_household_gets_a_copy(towns: Any, mover: Any, refused: Any) -> None:
    async def story(network: Any) -> tuple[str, str]:
        await mover("hanako").out(persons=[2])
        return await refused((await mover("hanako").visit()).household())

    assert towns.network.run(story) == (Kind.NOT_TODAY, NotToday.COUNTER)


def test_what_was_recorded_stays_and_is_added_to(towns: Any) -> None:
    async def story(network: Any) -> str:
        return str(await towns.moves())

    towns.network.run(story, start=True)
    resident = next(person.id for person in towns.people(OLD).values() if person.name == "青葉 花子")
    kept = read_once(towns.network.file(OLD, "register.db"), lambda connection: versions(connection, OLD, resident))
    assert [(version.reason, version.person.state, version.person.moving) for version in kept] == [
        ("記載", "resident", 0),
        ("転出届", "resident", 1),
        ("国内転出", "moved", 0),
    ]


def test_who_stays_behind_without_a_head_waits_for_the_counter(towns: Any) -> None:
    async def story(network: Any) -> None:
        entry = {"address": "岐阜県不破郡垂井町若竹1番地", "relationships": ["世帯主", "妻"]}
        await towns.moves(persons=[1, 2], entry=towns.entry(**entry))

    towns.network.run(story, start=True)
    of_them = {person.name: (person.state, person.pending) for person in towns.people(OLD).values() if person.household == 1}
    assert of_them == {"青葉 樹": ("moved", 0), "青葉 花子": ("moved", 0), "青葉 芽生": ("resident", 1)}
