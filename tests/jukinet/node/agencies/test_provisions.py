"""What was told is found again by whom it was about, proven by the log, counted once, and forgotten in time."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from jukinet.agency_messages import Embargo, Form, Sought, Verdict
from jukinet.errors import Kind, Problem
from jukinet.node.agencies.keeping import AT_ONCE, Keeping, forget_identities
from jukinet.node.agencies.provisions import path_in_line, provisions_of, subject_of
from jukinet.node.storage.open import File, Store, open_store
from jukinet.node.storage.tables import audit, former_identities, identities, identity_keys, inquiries, provisions
from jukinet.tree import is_included, leaf_hash
from tests.jukinet.node.agencies.office import CENTRE, HERE, HOME, Office, four, identity

OTHERS = [identity(resident_code=f"{at}0000000000", name=f"某 {at}", address=f"{at}番地") for at in range(1, 8)]
STRANGER = four(name="誰")


def issues(office: Office) -> Store:
    return open_store(office.network.file(CENTRE), File.ISSUES)


def lines(office: Office) -> dict[int, dict[str, Any]]:
    store = issues(office)
    rows = store.read_now(lambda c: c.execute(select(audit.c.entry).where(audit.c.stream == "exchanges")).scalars().all())
    store.close()
    return {line["seq"]: line for line in map(json.loads, rows) if line["kind"] in ("node_agency_answered", "node_agency_batch")}


def test_a_person_finds_what_was_told_and_the_log_proves_it(office: Office) -> None:
    async def story(network: Any) -> str:
        await office.tell(HOME, identity(), *OTHERS)
        await office.tell(HOME, identity(address="新", changed="2026-01-01"))
        await office.check("licences", "licence-application", four())
        await office.batch("pension", "pension-status", [STRANGER, *map(four, OTHERS[:3]), four(), *map(four, OTHERS[3:])])
        await office.check("licences", "licence-application", four(OTHERS[0]))
        return subject_of(network.nodes[CENTRE]._log, identity().resident_code)

    subject = office.network.run(story)
    store = issues(office)
    found = store.read_now(partial(provisions_of, town=CENTRE, subject=subject))
    assert [(each.body, each.affair, each.form, each.embargo, each.told, each.place) for each in found] == [
        ("licences", "licence-application", Form.SINGLE, Embargo.NONE, (), 0),
        ("pension", "pension-status", Form.BATCH, Embargo.COUNTS, ("address", "change"), 3),
    ]
    assert {each.ground for each in found} == {"住民基本台帳法30条の9"}
    assert found[1].items == ("address", "change")
    log = lines(office)
    for each, size in zip(found, (1, 8), strict=True):
        path = store.read_now(partial(path_in_line, town=CENTRE, provision=each))
        root = bytes.fromhex(log[each.line]["subjects"])
        assert is_included(leaf_hash(subject.encode()), each.place, size, path, root)
        assert not is_included(leaf_hash(b"0" * 32), each.place, size, path, root)
    store.close()
    assert (log[found[1].line]["match"], log[found[1].line]["changed"], log[found[1].line]["not_found"]) == (7, 1, 1)


def rows(office: Office) -> tuple[int, int]:
    store = issues(office)
    counts = store.read_now(lambda c: tuple(c.execute(select(func.count()).select_from(t)).scalar_one() for t in (inquiries, provisions)))
    store.close()
    return counts


def test_a_piece_asked_again_is_answered_again_and_counted_once(office: Office) -> None:
    async def story(_: Any) -> Any:
        await office.tell(HOME, *OTHERS)
        return [await office.batch("pension", "pension-status", list(map(four, OTHERS))) for _ in range(3)]

    first, *again = office.network.run(story)
    assert again == [first, first]
    assert rows(office) == (1, 7)
    assert len(lines(office)) == 1


def test_the_same_piece_with_others_in_it_is_refused(office: Office) -> None:
    async def story(_: Any) -> None:
        await office.batch("pension", "pension-status", [four()])
        await office.batch("pension", "pension-status", [STRANGER])

    with pytest.raises(Problem) as caught:
        office.network.run(story)
    assert (caught.value.kind, caught.value.reason) == (Kind.OTHER_REQUEST, "piece")


def test_who_was_only_found_when_asked_again_is_written_down_then(office: Office) -> None:
    async def story(_: Any) -> list[Verdict]:
        before = await office.batch("pension", "pension-status", [four()])
        await office.tell(HOME, identity())
        after = await office.batch("pension", "pension-status", [four()])
        return [each.findings[0].verdict for each in (before, after)]

    assert office.network.run(story) == [Verdict.NOT_FOUND, Verdict.MATCH]
    assert rows(office) == (2, 1)


def test_another_body_may_use_the_same_name_for_its_batch(office: Office) -> None:
    async def story(_: Any) -> None:
        await office.batch("pension", "pension-status", [four()])
        await office.batch("service-pension", "service-pension-status", [STRANGER])

    office.network.run(story)
    assert rows(office) == (2, 0)


# -- in time ----------------------------------------------------------------------------------------------------------


def test_provisions_are_forgotten_after_their_time(office: Office) -> None:
    office.network.keeping = Keeping(provisions_days=100)

    async def story(network: Any) -> None:
        desk = network.nodes[CENTRE]._desk
        await office.tell(HOME, *OTHERS)
        await office.batch("pension", "pension-status", list(map(four, OTHERS)))
        network.clock.now += timedelta(days=60)
        await office.check("licences", "licence-application", four(OTHERS[0]))
        await desk.forget()
        assert rows(office) == (2, 8)
        network.clock.now += timedelta(days=60)
        await desk.forget()
        assert rows(office) == (1, 1)

    office.network.run(story)
    store = issues(office)
    entries = store.read_now(lambda c: [json.loads(entry) for entry in c.execute(select(audit.c.entry)).scalars()])
    store.close()
    (said,) = [line for line in entries if line["kind"] == "node_identities_forgotten"]
    assert (said["identities"], said["inquiries"]) == (0, 1)


def test_former_words_and_removed_people_are_forgotten_after_their_time(office: Office) -> None:
    moved = identity(address="新", changed="1930-05-05")

    async def story(network: Any) -> list[Verdict]:
        await office.tell(HOME, identity(changed="1920-01-01"), moved)
        await office.tell(HOME, identity(resident_code="10000000009", name="故 人", changed="1940-01-01"))
        await office.tell(HOME, identity(resident_code="10000000009", name="故 人", change="deceased", changed="1950-01-01"))
        await office.tell(HERE, identity(resident_code="20000000000", name="年 不詳", change="removed", changed="昭和5年頃"))
        said = []
        for year in (2079, 2080, 2101):
            network.clock.now = network.clock.now.replace(year=year, month=6, day=1)
            await network.nodes[CENTRE]._desk.forget()
            asked = (four(), four(identity(name="故 人")))
            said.append([(await office.check("licences", "licence-application", each)).verdict for each in asked])
        return said

    changed, gone, dead = Verdict.CHANGED, Verdict.NOT_FOUND, Verdict.DECEASED
    assert office.network.run(story) == [[changed, dead], [gone, dead], [gone, gone]]
    store = open_store(office.network.file(CENTRE, "register.db"), File.REGISTER)

    def left(connection: Any) -> list[Any]:
        tables = (former_identities, identity_keys)
        counts = [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]
        return [connection.execute(select(identities.c.name).order_by(identities.c.name)).scalars().all(), *counts]

    assert store.read_now(left) == [["年 不詳", "青葉 花子"], 0, 4]
    store.close()


def test_forgetting_goes_on_until_nothing_is_left_and_takes_some_at_a_time(office: Office) -> None:
    many = [identity(resident_code=f"{at:011d}", name=f"n{at}", change="removed", changed="1900-01-01") for at in range(AT_ONCE + 3)]

    async def story(network: Any) -> list[int]:
        await office.tell(HOME, *many[:800])
        network.clock.now = network.clock.now.replace(year=2100)
        job = partial(forget_identities, keeper=CENTRE, keeping=Keeping(), now=network.clock.now)
        return [await network.nodes[CENTRE]._register.write(job) for _ in range(3)]

    assert office.network.run(story) == [AT_ONCE, 3, 0]


def test_what_the_body_never_asked_is_in_no_row(office: Office) -> None:
    async def story(_: Any) -> None:
        await office.tell(HOME, identity())
        await office.check("pension", "pension-claim", Sought(resident_code=identity().resident_code))

    office.network.run(story)
    store = issues(office)
    texts = store.read_now(lambda c: str([c.execute(select(table)).all() for table in (inquiries, provisions)]))
    store.close()
    assert identity().resident_code not in texts
    assert "青葉" not in texts
