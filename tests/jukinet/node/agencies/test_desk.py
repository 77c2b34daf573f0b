"""A body asks about one person: what it learns, from whom, and what of it is written down."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from jukinet.agency_messages import FourItems, IdentityItem, Sought, Told, Verdict
from jukinet.errors import Kind, Problem
from jukinet.node.storage.open import File, open_store
from jukinet.node.storage.tables import audit
from tests.jukinet.node.agencies.office import CENTRE, HERE, HOME, PREFECTURE, Office, four, identity

MOVED = identity(address="岐阜県不破郡垂井町桜堤4番地", changed="2024-04-01")
AWAY = identity(change="removed", changed="2024-04-01")


def lines(office: Office, code: str = CENTRE) -> list[dict[str, Any]]:
    store = open_store(office.network.file(code), File.ISSUES)
    entries = store.read_now(lambda connection: list(connection.execute(select(audit.c.entry).order_by(audit.c.seq)).scalars()))
    store.close()
    return [line for line in map(json.loads, entries) if line["kind"].startswith("node_agency")]


def refused(office: Office, story: Any) -> tuple[Kind, str]:
    with pytest.raises(Problem) as caught:
        office.network.run(story)
    return caught.value.kind, caught.value.reason


def test_who_lives_as_was_asked_is_a_match_and_nothing_is_told(office: Office) -> None:
    async def story(_: Any) -> Any:
        await office.tell(HOME, identity())
        return await office.check("licences", "licence-application", four())

    finding = office.network.run(story)
    assert (finding.verdict, finding.changed, finding.told) == (Verdict.MATCH, [], None)
    (line,) = lines(office)
    assert {name: line[name] for name in ("actor", "affair", "ground", "items", "match", "changed", "deceased", "not_found")} == {
        "actor": "jukinet://agency/licences",
        "affair": "licence-application",
        "ground": "住民基本台帳法30条の9",
        "items": [],
        "match": 1,
        "changed": 0,
        "deceased": 0,
        "not_found": 0,
    }


def test_blanks_widths_and_variants_make_nobody_another(office: Office) -> None:
    async def story(_: Any) -> Any:
        await office.tell(HOME, identity(name="𠮷邉\U000e0112 葛\U000e0103葉"))
        asked = four(name="𠮷邉葛葉", address="岐阜県大垣市　若葉台２丁目１５番地３")
        return await office.check("licences", "licence-application", asked)

    assert office.network.run(story).verdict is Verdict.MATCH


@pytest.mark.parametrize("words", [[AWAY, MOVED], [MOVED, AWAY]], ids=["in order", "the new town's first"])
def test_who_moved_is_changed_and_the_address_told_where_it_may_be(office: Office, words: list[Any]) -> None:
    async def story(_: Any) -> Any:
        await office.tell(HOME, identity())
        for word in words:
            await office.tell(HERE if word is MOVED else HOME, word)
        told = await office.check("pension", "pension-status", four())
        untold = await office.check("licences", "licence-application", four())
        new = await office.check("pension", "pension-status", four(MOVED))
        return told, untold, new

    told, untold, new = office.network.run(story)
    assert (told.verdict, told.changed) == (Verdict.CHANGED, [IdentityItem.ADDRESS])
    assert told.told == Told(address=MOVED.address, change="2024-04-01")
    assert (untold.verdict, untold.changed, untold.told) == (Verdict.CHANGED, [], None)
    assert new.verdict is Verdict.MATCH


def test_while_the_removal_is_still_on_its_way_the_later_word_counts(office: Office) -> None:
    async def story(_: Any) -> Any:
        await office.tell(HOME, identity())
        await office.tell(HERE, MOVED)
        return await office.check("pension", "pension-status", four())

    assert office.network.run(story).told.address == MOVED.address


def test_who_left_and_is_nowhere_yet_is_changed_without_an_address(office: Office) -> None:
    async def story(_: Any) -> Any:
        await office.tell(HOME, identity(), AWAY)
        return await office.check("pension", "pension-status", four())

    finding = office.network.run(story)
    assert (finding.verdict, finding.changed, finding.told) == (Verdict.CHANGED, [IdentityItem.ADDRESS], Told(change="2024-04-01"))


def test_who_died_is_deceased(office: Office) -> None:
    async def story(_: Any) -> Any:
        await office.tell(HOME, identity(), identity(change="deceased", changed="2026-01-05"))
        return await office.check("pension", "pension-status", four()), await office.check("licences", "licence-application", four())

    told, untold = office.network.run(story)
    assert (told.verdict, told.told) == (Verdict.DECEASED, Told(change="2026-01-05"))
    assert (untold.verdict, untold.told) == (Verdict.DECEASED, None)


@pytest.mark.parametrize("wrong", [{"name": "青葉 花"}, {"birth": "1980-02"}, {"sex": "male"}, {"address": "岐阜県大垣市"}])
def test_less_than_the_whole_of_four_items_finds_nobody(office: Office, wrong: dict[str, str]) -> None:
    async def story(_: Any) -> Any:
        await office.tell(HOME, identity())
        return await office.check("pension", "pension-status", four(**wrong))

    assert office.network.run(story).verdict is Verdict.NOT_FOUND


def test_two_persons_with_the_same_items_are_nobody_but_by_their_codes(office: Office) -> None:
    other = identity(resident_code="10000000009")

    async def story(_: Any) -> Any:
        await office.tell(HOME, identity(), other)
        both = await office.check("pension", "pension-claim", four())
        one = await office.check("pension", "pension-claim", Sought(four=four().four, resident_code="10000000009"))
        return both, one

    both, one = office.network.run(story)
    assert (both.verdict, one.verdict) == (Verdict.NOT_FOUND, Verdict.MATCH)


def test_by_code_alone_all_that_the_affair_allows_is_told(office: Office) -> None:
    async def story(_: Any) -> Any:
        await office.tell(HOME, identity())
        asked = Sought(resident_code=identity().resident_code)
        return await office.check("pension", "pension-claim", asked), await office.check("pension", "pension-status", asked)

    claim, status = office.network.run(story)
    items = {"name": "青葉 花子", "birth": "1980-02-29", "sex": "female", "address": identity().address, "change": "2006-03-28"}
    assert (claim.verdict, claim.told) == (Verdict.MATCH, Told(**items))
    assert status.told == Told(address=identity().address, change="2006-03-28")


def test_a_code_and_items_of_different_people_find_nobody(office: Office) -> None:
    async def story(_: Any) -> Any:
        await office.tell(HOME, identity(), identity(resident_code="10000000009", name="青葉 芽生"))
        return await office.check("pension", "pension-claim", Sought(four=four().four, resident_code="10000000009"))

    assert office.network.run(story).verdict is Verdict.NOT_FOUND


def test_nobody_at_all_may_not_be_asked_for(office: Office) -> None:
    assert refused(office, lambda _: office.check("pension", "pension-claim", Sought())) == (Kind.MALFORMED, "nobody")


def test_the_log_names_nobody(office: Office) -> None:
    async def story(_: Any) -> None:
        await office.tell(HOME, identity())
        await office.check("pension", "pension-claim", Sought(four=four().four, resident_code=identity().resident_code))
        await office.check("pension", "pension-claim", Sought(four=FourItems(name="誰 そ彼", birth="1990-01-01", sex="male", address="x")))

    office.network.run(story)
    written = json.dumps(lines(office), ensure_ascii=False)
    assert len(lines(office)) == 2
    for secret in (identity().resident_code, "青葉", "花子", "1980-02-29", "若葉台", "誰", "1990-01-01"):
        assert secret not in written


# -- whom to ask ------------------------------------------------------------------------------------------------------


def test_the_centre_answers_for_prefectures_that_delegate(office: Office) -> None:
    async def story(_: Any) -> None:
        await office.check("pension", "pension-status", four(), keeper=PREFECTURE)

    assert refused(office, story) == (Kind.DELEGATION, CENTRE)
    assert lines(office, PREFECTURE)[-1]["problem"] == "delegation:centre"


def test_a_prefecture_that_does_not_delegate_answers_for_its_own(office: Office) -> None:
    office.delegate(False)

    async def story(_: Any) -> Any:
        await office.tell(HOME, identity(), keeper=PREFECTURE)
        own = await office.check("gifu-works", "land-acquisition", four(), keeper=PREFECTURE)
        state = await office.check("pension", "pension-status", four(), keeper=PREFECTURE)
        centre = await office.check("pension", "pension-status", four())
        return own, state, centre

    assert [finding.verdict for finding in office.network.run(story)] == [Verdict.MATCH, Verdict.MATCH, Verdict.NOT_FOUND]
    assert refused(office, lambda _: office.check("gifu-works", "land-acquisition", four())) == (Kind.DELEGATION, PREFECTURE)
    assert refused(office, lambda _: office.check("ogaki-welfare", "disability-certificate", four())) == (Kind.DELEGATION, PREFECTURE)


def test_a_municipality_answers_no_body(office: Office) -> None:
    assert refused(office, lambda _: office.check("pension", "pension-status", four(), keeper=HOME)) == (Kind.NOT_ALLOWED, "")
