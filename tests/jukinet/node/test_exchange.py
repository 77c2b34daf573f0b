"""Kiosk -> own town -> centre and home town -> back: what is told, to whom, and every way in which it is not."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from jukinet.errors import Kind, NotToday, Problem
from jukinet.messages import Extract, Household, Item, NonceAsk
from jukinet.node.audit.log import Stream
from jukinet.node.audit.reading import verify
from jukinet.node.register import change, everybody, household_of
from jukinet.node.settings import Hours
from jukinet.node.storage.open import File, open_store, read_once
from jukinet.node.storage.tables import audit, identities, visits

HERE, HOME, PREFECTURE, CENTRE = "21361", "21202", "21", "centre"
NEVER = Hours("00:00", "00:01", every_day=True)


def refused(network: Any, story: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        network.run(story)
    return caught.value


def test_a_resident_of_one_town_sees_her_household_in_another(network: Any) -> None:
    async def story(network: Any) -> Any:
        visit = await network.kiosk().begin("hanako")
        return await visit.household()

    claims = network.run(story)
    assert claims.node == HOME
    assert isinstance(claims.body, Household)
    assert [(member.number, member.name, member.holder) for member in claims.body.members] == [
        (1, "青葉 樹", False),
        (2, "青葉 花子", True),
        (3, "青葉 芽生", False),
    ]


def test_an_extract_has_the_optional_items_only_when_asked_for(network: Any) -> None:
    async def story(network: Any) -> Any:
        visit = await network.kiosk().begin("hanako")
        await visit.household()
        plain, _ = await visit.extract([2, 3])
        full, _ = await visit.extract([1, 2, 3], list(Item))
        return plain.body, full.body

    plain, full = network.run(story)
    assert isinstance(plain, Extract)
    assert (plain.whole_household, plain.head) == (False, None)
    assert all((person.relationship, person.my_number, person.resident_code) == (None, None, None) for person in plain.persons)
    assert (full.whole_household, full.head) == (True, "青葉 樹")
    assert [person.relationship for person in full.persons] == ["世帯主", "妻", "子"]
    assert all(len(person.my_number or "") == 12 and len(person.resident_code or "") == 11 for person in full.persons)
    assert full.address == "岐阜県大垣市若葉台2丁目15番地3"


def test_a_local_resident_needs_no_other_town(network: Any) -> None:
    async def story(network: Any) -> Any:
        visit = await network.kiosk().begin("local")
        await visit.household()
        return await visit.extract([1])

    claims, _ = network.run(story)
    assert claims.node == HERE
    assert not any(code == HOME for _, code, *_ in network.heard)


def test_the_home_town_gets_the_kiosks_bytes_and_the_kiosk_the_home_towns(network: Any) -> None:
    async def story(network: Any) -> Any:
        visit = await network.kiosk().begin("hanako")
        ask = visit.household_ask()
        raw = msgspec.json.encode(ask) + b" "  # white space is part of what was asked
        signed = await visit.kiosk.node.household(visit.kiosk.peer, ask, raw)
        visit.open(signed.answer, raw)
        return raw, signed.answer

    raw, answer = network.run(story)
    _, _, _, sent, received = next(entry for entry in network.heard if entry[2] == "/v1/households")
    assert sent == raw
    assert answer.encode() in received


@pytest.mark.parametrize("case", ["gaiji", "foreign", "long_address", "unknown_dates", "large_household", "undrawable"])
def test_the_register_says_it_as_it_is_written(network: Any, case: str) -> None:
    async def story(network: Any) -> Any:
        visit = await network.kiosk().begin(case)
        household = (await visit.household()).body
        return (await visit.extract([member.number for member in household.members], [Item.RELATIONSHIP]))[0].body

    extract = network.run(story)
    store = open_store(network.file(HOME, "register.db"), File.REGISTER)
    names = store.read_now(lambda connection: {(each.person.name, each.person.birth) for each in everybody(connection, HOME)})
    store.close()
    assert {(person.name, person.birth) for person in extract.persons} <= names
    if case == "foreign":
        assert extract.persons[1].name == ""
        assert extract.persons[1].foreign is not None
        assert extract.head == "林 美雨"
    if case == "gaiji":
        assert "\U000e0112" in extract.persons[0].name
    if case == "large_household":
        assert len(extract.persons) == 7


@pytest.mark.parametrize(
    ("case", "kind", "reason"),
    [
        ("protected", Kind.NOT_TODAY, NotToday.COUNTER),
        ("moving", Kind.NOT_TODAY, NotToday.COUNTER),
        ("pending", Kind.NOT_TODAY, NotToday.COUNTER),
        ("moved", Kind.GONE, ""),
        ("deceased", Kind.GONE, ""),
        ("child", Kind.UNDER_AGE, ""),
        ("expired_card", Kind.CARD_EXPIRED, ""),
        ("revoked_card", Kind.CARD_REVOKED, "keyCompromise"),
        ("moved_card", Kind.CARD_REVOKED, "moved"),
        ("renamed_card", Kind.CARD_REVOKED, "renamed"),
        ("superseded_card", Kind.CARD_REVOKED, "superseded"),
        ("held_card", Kind.CARD_REVOKED, "certificateHold"),
        ("ceased_card", Kind.CARD_REVOKED, "cessationOfOperation"),
        ("not_yet_card", Kind.CARD_EXPIRED, ""),
        ("test_ca_card", Kind.CARD_UNKNOWN, ""),
        ("foreign_ca_card", Kind.CARD_UNKNOWN, ""),
    ],
)
def test_refusals(network: Any, case: str, kind: Kind, reason: str) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk().begin(case)
        await visit.household()

    problem = refused(network, story)
    assert (problem.kind, problem.reason) == (kind, reason)


def test_protection_looks_like_any_other_not_today(network: Any) -> None:
    """Nothing that the kiosk's town receives or writes differs but the visit."""

    async def story(network: Any) -> list[str]:
        seen = []
        for case in ("protected", "moving", "pending"):
            visit = await network.kiosk().begin(case)
            with pytest.raises(Problem) as caught:
                await visit.household()
            problem = caught.value
            seen.append((problem.kind, problem.reason, problem.retry_after, problem.remedy))
        return seen

    assert len(set(network.run(story))) == 1


def test_a_member_becoming_protected_closes_the_whole_household(network: Any) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        await visit.household()
        register = open_store(network.file(HOME, "register.db"), File.REGISTER)
        register.write_now(lambda connection: change(connection, HOME, 1, "支援措置", "2026-11-01", protected=1))
        register.close()
        await visit.extract([2])

    assert refused(network, story).reason == NotToday.COUNTER


@pytest.mark.parametrize("persons", [[4], [1, 2, 3, 4]])
def test_nobody_outside_the_household(network: Any, persons: list[int]) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        await visit.extract(persons)

    assert refused(network, story).kind is Kind.NO_MEMBER


# -- hours and lines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whose", [HERE, "network"])
def test_closed_here(network: Any, whose: str) -> None:
    network.hours[whose] = NEVER
    network.clock.now = network.clock.now.replace(hour=3)

    problem = refused(network, lambda network: network.kiosk().begin("hanako"))
    assert (problem.kind, problem.reason) == (Kind.CLOSED, "town" if whose == HERE else "network")


def test_closed_at_home(network: Any) -> None:
    network.hours[HOME] = NEVER
    network.clock.now = network.clock.now.replace(hour=3)

    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        await visit.household()

    problem = refused(network, story)
    assert (problem.kind, problem.reason) == (Kind.NOT_TODAY, NotToday.HOME_CLOSED)


@pytest.mark.parametrize(("down", "kind", "reason"), [(HOME, Kind.NOT_TODAY, "home-unreachable"), (CENTRE, Kind.UNREACHABLE, "no-link")])
def test_a_line_is_down(network: Any, down: str, kind: Kind, reason: str) -> None:
    network.down.add(down)

    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        await visit.household()

    problem = refused(network, story)
    assert (problem.kind, problem.reason) == (kind, reason)


# -- whose question is it ---------------------------------------------------------------------------------------------


def test_a_nonce_never_given(network: Any) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        await replace(visit, nonce=b"n" * 32).household()

    problem = refused(network, story)
    assert (problem.kind, problem.reason) == (Kind.PROOF, "nonce")


def test_a_nonce_of_another_visit(network: Any) -> None:
    async def story(network: Any) -> None:
        first, second = await network.kiosk().begin("hanako"), await network.kiosk().begin("taro")
        await replace(second, nonce=first.nonce).household()

    assert refused(network, story).kind is Kind.REPLAY


def test_a_nonce_of_another_kiosk(network: Any) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk("k1").begin("hanako")
        await replace(visit, kiosk=network.kiosk("k2")).household()

    assert refused(network, story).kind is Kind.REPLAY


def test_another_card_under_the_same_nonce(network: Any) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        await visit.household()
        await replace(visit, card=network.card("taro")).extract([1])

    problem = refused(network, story)
    assert (problem.kind, problem.reason) == (Kind.REPLAY, "card")


def test_an_old_nonce(network: Any) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        network.clock.now += timedelta(minutes=31)
        await visit.household()

    problem = refused(network, story)
    assert (problem.kind, problem.reason) == (Kind.PROOF, "expired")


def test_a_signature_over_something_else(network: Any) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        ask = visit.household_ask()
        other = visit.card.prove(visit.id, visit.nonce, "k2")
        ask = msgspec.structs.replace(ask, proof=other)
        await visit.kiosk.node.household(visit.kiosk.peer, ask, msgspec.json.encode(ask))

    problem = refused(network, story)
    assert (problem.kind, problem.reason) == (Kind.PROOF, "signature")


def test_the_same_question_again_is_answered_again(network: Any) -> None:
    async def story(network: Any) -> Any:
        visit = await network.kiosk().begin("hanako")
        return await visit.household(), await visit.household()

    first, second = network.run(story)
    assert first.body == second.body


def test_the_nonce_of_a_visit_is_given_again_until_somebody_else_asks(network: Any) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk("k1").begin("hanako")
        again = await visit.kiosk.node.nonce(visit.kiosk.peer, NonceAsk(visit=visit.id), b"")
        assert again.nonce == visit.nonce
        other = network.kiosk("k2")
        await other.node.nonce(other.peer, NonceAsk(visit=visit.id), b"")

    assert refused(network, story).kind is Kind.OTHER_REQUEST


def test_a_visit_of_yesterday_is_forgotten(network: Any) -> None:
    """Which card was at which kiosk: kept for the day, not for good."""

    async def today(network: Any) -> None:
        await (await network.kiosk().begin("hanako")).household()

    async def tomorrow(network: Any) -> None:
        await (await network.kiosk().begin("hanako")).household()
        await network.nodes[HERE].drained()

    network.run(today)
    network.clock.now += timedelta(days=2)
    network.run(tomorrow, start=True)
    kept = read_once(network.file(HERE), lambda connection: connection.execute(select(visits.c.expires)).scalars().all())
    assert len(kept) == 1


def test_a_town_may_not_ask_in_anothers_name(network: Any) -> None:
    """The home town checks by itself: a town that asks for a kiosk of somebody else is refused."""

    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        ask = visit.household_ask()
        stranger = replace(visit.kiosk.peer, uri="jukinet://node/21999", kind=network.settings(HERE).role, code="21999")
        await network.nodes[HOME].household(stranger, ask, msgspec.json.encode(ask))

    assert refused(network, story).kind is Kind.WRONG_TOWN


def test_a_proof_taken_to_the_home_town_under_another_visit(network: Any) -> None:
    """A kiosk's town that replays a resident's nonce under a visit of its own invention has no signature for it."""

    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        await visit.household()
        ask = msgspec.structs.replace(visit.household_ask(), visit=network.new_visit())
        town = replace(visit.kiosk.peer, uri=f"jukinet://node/{HERE}", kind=network.settings(HERE).role)
        await network.nodes[HOME].household(town, ask, msgspec.json.encode(ask))

    assert refused(network, story).kind is Kind.PROOF


# -- what nobody gets to see ------------------------------------------------------------------------------------------


def test_planted_items_and_names_are_in_no_answer_and_no_log(network: Any) -> None:
    async def story(network: Any) -> list[bytes]:
        visit = await network.kiosk().begin("hanako")
        claims = await visit.household()
        extract, token = await visit.extract([1, 2, 3], list(Item))
        issued = await visit.issue(token)
        return [msgspec.json.encode(each) for each in (claims, extract, issued)]

    answers = network.run(story, start=True)
    store = open_store(network.file(HOME, "register.db"), File.REGISTER)
    kept = ("domicile", "elector", "health_insurance", "elderly_insurance", "care_insurance", "pension", "child_allowance", "rice")
    household = store.read_now(lambda connection: household_of(connection, HOME, 1))
    planted = {getattr(person, name) for person in household for name in kept} - {""}
    store.close()
    assert "長野県松本市雪見台30番地" in planted
    for text in planted:
        assert not any(text.encode() in answer for answer in answers)
        assert not any(text.encode() in body + answer for *_, body, answer in network.heard)
    for code in (HERE, HOME, PREFECTURE, CENTRE):
        issues = open_store(network.file(code), File.ISSUES)
        entries = issues.read_now(lambda connection: b"".join(connection.execute(select(audit.c.entry)).scalars()))
        wrong = {issues.read_now(partial(verify, town=code, stream=stream)).wrong for stream in Stream}
        issues.close()
        assert entries
        assert wrong == {""}
        assert "青葉".encode() not in entries
        assert "若葉台".encode() not in entries


def test_refusals_are_recorded(network: Any) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("moved")
        with pytest.raises(Problem):
            await visit.household()
        network.nodes[HERE].refused("192.0.2.7", "handshake")

    network.run(story)
    for code, words in ((HERE, (b'"problem":"gone"', b'"reason":"handshake"')), (HOME, (b'"problem":"gone"',))):
        issues = open_store(network.file(code), File.ISSUES)
        entries = issues.read_now(lambda connection: b"\n".join(connection.execute(select(audit.c.entry)).scalars()))
        issues.close()
        for word in words:
            assert word in entries


def test_identities_reach_prefecture_and_centre_with_six_items(network: Any) -> None:
    async def story(network: Any) -> None:
        for code in (HERE, HOME, PREFECTURE):
            await network.nodes[code].drained()

    network.run(story, start=True)
    for code in (PREFECTURE, CENTRE):
        register = open_store(network.file(code, "register.db"), File.REGISTER)
        rows = register.read_now(lambda connection: connection.execute(select(identities)).mappings().all())
        register.close()
        assert len(rows) == 120
        assert set(rows[0]) == {"town", "resident_code", "name", "birth", "sex", "address", "change", "changed"}
        assert {row["change"] for row in rows if row["name"] == "遠泉 道彦"} == {"removed"}
