"""Who looked at my record: lines reach the person alone, what is under an embargo leaves no trace, and every line is proven."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from jukinet.agency_messages import AgencyTable, Embargo, Form
from jukinet.disclosure_messages import DisclosureAsk, ProvisionsAsk
from jukinet.errors import Kind, NotToday, Problem
from jukinet.looks import Disclosed, Known, Seen, judge_all
from jukinet.messages import MOST_LOOKS, Looks, Signed
from jukinet.node.agencies.disclosing import Shown, shown
from jukinet.node.agencies.keeping import Keeping
from jukinet.node.agencies.provisions import Provision
from jukinet.node.register import holder_of, household_of
from jukinet.node.resident import Resident
from jukinet.node.storage.open import File, open_store
from jukinet.node.storage.tables import audit, looks
from jukinet.signing import open_agencies
from tests.jukinet.node.agencies.office import CENTRE, HERE, HOME, PREFECTURE, SHIPPED, Office, four, identity
from tests.jukinet.node.conftest import Kiosk, Network, Visit


@pytest.fixture
def office(network: Network) -> Office:
    office = Office(network)
    office.sign(SHIPPED)
    return office


def resident(network: Network, case: str) -> Resident:
    store = open_store(network.file(HOME, "register.db"), File.REGISTER)
    found = store.read_now(lambda connection: holder_of(connection, HOME, network.card(case).fingerprint))
    store.close()
    assert found is not None
    return found


def known(person: Resident) -> Any:
    """The person's identity, as towns tell it."""
    address = f"岐阜県大垣市{person.address}"
    return identity(resident_code=person.resident_code, name=person.name, birth=person.birth, sex=person.sex, address=address)


async def ask(kiosk: Kiosk, case: str) -> tuple[Visit, Signed, Looks]:
    visit = await kiosk.begin(case)
    question = DisclosureAsk(**visit._common(), proof=visit.card.prove(visit.id, visit.nonce, kiosk.name))
    raw = msgspec.json.encode(question)
    signed = await kiosk.node.disclosure(kiosk.peer, question, raw)
    body = visit.open(signed.answer, raw).body
    assert isinstance(body, Looks)
    return visit, signed, body


def judged(network: Network, signed: Signed, told: Looks) -> Disclosed:
    keys = {code: network.nodes[code]._watching.prover.key.public for code in (HOME, CENTRE, PREFECTURE)}
    table = open_agencies(told.agencies, network.centre.public()) if told.agencies else None
    return judge_all(told, signed.logged, Known(keys, {HERE: "垂井町"}, table))


def brief(seen: Sequence[Seen]) -> list[tuple[str, str]]:
    return [(each.deed.removeprefix("node_"), each.body) for each in seen]


def test_a_resident_sees_bodies_and_towns_with_their_grounds_and_every_line_holds(office: Office) -> None:
    network, kiosk = office.network, office.network.kiosk()
    person = resident(network, "hanako")

    async def story(_: Any) -> list[Disclosed]:
        await office.tell(HOME, known(person))
        await office.check("licences", "licence-application", four(known(person)))
        network.clock.now += timedelta(minutes=1)
        await office.check("gifu-works", "land-acquisition", four(known(person)))
        network.clock.now += timedelta(minutes=1)
        visit = await kiosk.begin("hanako")
        await visit.household()
        await visit.extract([person.number])
        told = []
        for _ in range(2):
            network.clock.now += timedelta(minutes=1)
            told.append(judged(network, *(await ask(kiosk, "hanako"))[1:]))
        return told

    first, second = network.run(story)
    assert brief(first.seen) == [
        ("extract_told", "垂井町"),
        ("household_told", "垂井町"),
        ("agency_answered", "岐阜県の執行機関"),
        ("agency_answered", "資格及び免許を与える機関"),
    ]
    assert all(each.proven for each in first.seen)
    works = first.seen[2]
    assert (works.affair, works.ground, works.log) == ("用地の取得に関する事務", "住民基本台帳法30条の15", CENTRE)
    assert first.seen[0].ground == "住民基本台帳法12条の4"
    assert brief(second.seen) == [("disclosure_told", "垂井町"), *brief(first.seen)]  # the asking is a line itself
    assert second.seen[0].index == first.asked


def test_a_copy_is_shown_to_the_member_who_was_read_and_not_to_whose_card_it_was(office: Office) -> None:
    network, kiosk = office.network, office.network.kiosk()
    hanako = resident(network, "hanako")

    async def story(_: Any) -> tuple[list[tuple[str, str]], list[str], list[str]]:
        await office.tell(HOME, known(hanako))
        visit = await kiosk.begin("hanako")
        body = (await visit.household()).body
        other = next(member.number for member in body.members if not member.holder)
        await visit.extract([other])
        told = judged(network, *(await ask(kiosk, "hanako"))[1:])
        home = network.nodes[HOME]
        (member,) = [
            each for each in await home._register.read(partial(household_of, town=HOME, household=hanako.household)) if each.number == other
        ]
        rows = await home._issues.read(
            lambda connection: list(connection.execute(select(looks.c.subject).order_by(looks.c.line)).scalars())
        )
        return brief(told.seen), rows, [home._log.subject(each.id) for each in (hanako, member, hanako)]

    seen, rows, subjects = network.run(story)
    assert seen == [("household_told", "垂井町")]
    assert rows == subjects  # the household, the other member's copy, and this list


def test_one_who_nobody_looked_at_gets_an_empty_list(office: Office) -> None:
    async def story(network: Network) -> Looks:
        await office.tell(HOME, known(resident(network, "hanako")))
        return (await ask(network.kiosk(), "hanako"))[2]

    told = office.network.run(story)
    assert (told.town, told.looks, told.more) == (HOME, [], False)


@pytest.mark.parametrize("at", ["entry", "index", "path", "place", "subject", "told", "checkpoint"])
def test_a_line_that_was_touched_on_its_way_is_told_as_not_proven(office: Office, at: str) -> None:
    network = office.network

    async def story(_: Any) -> tuple[Signed, Looks]:
        person = known(resident(network, "hanako"))
        await office.tell(HOME, person)
        await office.check("licences", "online-application", four(person))
        await office.check("licences", "licence-application", four(person))
        return (await ask(network.kiosk(), "hanako"))[1:]

    signed, told = network.run(story)
    replace = msgspec.structs.replace
    look = told.looks[0]
    logged = look.logged
    touched = {
        "entry": lambda: replace(look, logged=replace(logged, entry=logged.entry.replace("licence-application", "pension-claim"))),
        "index": lambda: replace(look, logged=replace(logged, index=logged.index + 1)),
        "path": lambda: replace(look, logged=replace(logged, path=[bytes(32), *logged.path[1:]])),
        "checkpoint": lambda: replace(look, logged=replace(logged, checkpoint=logged.checkpoint.replace("\n", "\n9", 1))),
        "place": lambda: replace(look, place=1),
        "subject": lambda: replace(look, subject="0" * 32),
        "told": lambda: replace(look, told=["name"]),
    }
    assert [each.proven for each in judged(network, signed, told).seen] == [True, True]
    worse = replace(told, looks=[touched[at](), told.looks[1]])
    assert judged(network, signed, worse).seen[0].proven is False


def test_a_line_changed_in_the_keepers_database_is_told_as_not_proven(office: Office) -> None:
    network = office.network

    async def story(_: Any) -> Disclosed:
        person = known(resident(network, "hanako"))
        await office.tell(HOME, person)
        await office.check("licences", "licence-application", four(person))

        def forge(connection: Any) -> None:
            here = (audit.c.town == CENTRE, audit.c.stream == "exchanges")
            for row in connection.execute(select(audit).where(*here)).all():
                entry = bytes(row.entry).replace(b"agency/licences", b"agency/gifu-works")
                connection.execute(update(audit).where(*here, audit.c.seq == row.seq).values(entry=entry))

        await network.nodes[CENTRE]._issues.write(forge)
        return judged(network, *(await ask(network.kiosk(), "hanako"))[1:])

    assert [(each.proven, each.body) for each in network.run(story).seen] == [(False, CENTRE)]


# -- embargo ----------------------------------------------------------------------------------------------------------

DAY = "2026-11-{:02d}T00:00:00Z"


def provision(day: int, embargo: Embargo, affair: str = "a") -> Provision:
    return Provision(DAY.format(day), "b", affair, "g", (), (), Form.SINGLE, embargo, day, 0)


def test_what_is_under_an_embargo_is_as_if_it_were_not() -> None:
    now = datetime(2026, 11, 25, tzinfo=UTC)
    open_ones = [provision(day, Embargo.NONE) for day in (1, 3, 5)]
    hidden = [provision(day, Embargo.LATER) for day in (2, 4, 6)]
    mixed = sorted([*open_ones, *hidden], key=lambda each: each.at)
    assert shown(mixed, 365, now) == shown(open_ones, 365, now) == [Shown(each) for each in reversed(open_ones)]
    assert [each.provision.line for each in shown(mixed, 20, now)] == [5, 4, 3, 2, 1]  # over for the 2nd and the 4th


def test_mass_runs_are_one_line_each_body_and_affair() -> None:
    runs = [provision(1, Embargo.COUNTS), provision(2, Embargo.COUNTS, "c"), provision(3, Embargo.NONE), provision(4, Embargo.COUNTS)]
    found = shown(runs, 365, datetime(2026, 11, 25, tzinfo=UTC))
    assert [(each.provision.line, each.times) for each in found] == [(4, 2), (3, 1), (2, 1)]


def test_the_answer_is_the_same_byte_for_byte_but_for_the_log_with_a_line_under_embargo(office: Office) -> None:
    grants = [msgspec.structs.replace(each, embargo=Embargo.LATER) if each.body == "gifu-works" else each for each in SHIPPED.grants]
    office.sign(AgencyTable(version=2, issued=SHIPPED.issued, bodies=SHIPPED.bodies, grants=grants))

    async def story(network: Network) -> list[tuple[int, bool, list[tuple[str, str]]]]:
        person, said = known(resident(network, "hanako")), []
        await office.tell(HOME, person)
        for body, affair in (("licences", "licence-application"), ("gifu-works", "land-acquisition")):
            await office.check(body, affair, four(person))
            question = ProvisionsAsk(visit=network.new_visit(), town=HOME, resident_code=person.resident_code)
            told = await network.nodes[CENTRE].provisions(network.peer(f"jukinet://node/{HOME}"), question, b"")
            said.append((len(told.looks), told.more, [json.loads(look.logged.entry)["affair"] for look in told.looks]))
        network.clock.now += timedelta(days=31)
        told = await network.nodes[CENTRE].provisions(network.peer(f"jukinet://node/{HOME}"), question, b"")
        return [*said, (len(told.looks), told.more, [])]

    office.network.keeping = Keeping(embargo_days=30)
    first, second, after = office.network.run(story)
    assert first == second == (1, False, ["licence-application"])
    assert after == (2, False, [])


def test_no_more_than_a_list_can_hold_and_that_there_are_more(office: Office) -> None:
    async def story(network: Network) -> Looks:
        person = known(resident(network, "hanako"))
        await office.tell(HOME, person)
        for _ in range(MOST_LOOKS + 1):
            await office.check("licences", "licence-application", four(person))
        return (await ask(network.kiosk(), "hanako"))[2]

    told = office.network.run(story)
    assert (len(told.looks), told.more) == (MOST_LOOKS, True)


# -- who may ask ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asker", [f"jukinet://node/{HERE}", f"jukinet://node/{PREFECTURE}"])
def test_a_keeper_tells_the_persons_own_town_alone(office: Office, asker: str) -> None:
    async def story(network: Network) -> None:
        person = known(resident(network, "hanako"))
        await office.tell(HOME, person)
        question = ProvisionsAsk(visit=network.new_visit(), town=asker[-5:], resident_code=person.resident_code)
        await network.nodes[CENTRE].provisions(network.peer(asker), question, b"")

    with pytest.raises(Problem) as caught:
        office.network.run(story)
    assert caught.value.kind is Kind.NOT_ALLOWED


@pytest.mark.parametrize(
    ("case", "kind", "reason"), [("protected", Kind.NOT_TODAY, NotToday.COUNTER), ("child", Kind.UNDER_AGE, ""), ("moved", Kind.GONE, "")]
)
def test_who_gets_no_copy_gets_no_list(office: Office, case: str, kind: Kind, reason: str) -> None:
    with pytest.raises(Problem) as caught:
        office.network.run(lambda network: ask(network.kiosk(), case))
    assert (caught.value.kind, caught.value.reason) == (kind, reason)


def test_one_of_whom_the_keeper_has_not_heard_yet_gets_no_list_today(office: Office) -> None:
    with pytest.raises(Problem) as caught:
        office.network.run(lambda network: ask(network.kiosk(), "hanako"))
    assert (caught.value.kind, caught.value.reason) == (Kind.NOT_TODAY, NotToday.COUNTER)


def test_without_the_keeper_there_is_no_list(office: Office) -> None:
    async def story(network: Network) -> None:
        visit = await network.kiosk().begin("hanako")
        await visit.household()  # the centre knows the card
        network.down.add(CENTRE)
        question = DisclosureAsk(**visit._common(), proof=visit.card.prove(visit.id, visit.nonce, "k1"))
        await network.nodes[HERE].disclosure(network.kiosk().peer, question, msgspec.json.encode(question))

    with pytest.raises(Problem) as caught:
        office.network.run(story)
    assert (caught.value.kind, caught.value.reason) == (Kind.NOT_TODAY, NotToday.HOME_UNREACHABLE)
