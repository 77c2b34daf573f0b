"""Notices arrive, once, in order, whatever the line does; and one that nobody will ever take holds up no other."""

import asyncio
from functools import partial
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection, delete, func, select

from jukinet.errors import Problem
from jukinet.messages import IssueStatus, Result
from jukinet.node.issuance import NOTICES, recorded_status
from jukinet.node.outbox import BATCHES, MOST_REFUSALS, Pauses
from jukinet.node.storage.open import File, open_store
from jukinet.node.storage.tables import audit, given, outbox
from jukinet.node_messages import IssueNotice, IssueNotices, Receipt

HERE, HOME = "21361", "21202"


async def issued(network: Any) -> Any:
    visit = await network.kiosk().begin("hanako")
    await visit.household()
    _, token = await visit.extract([1])
    await visit.issue(token)
    return visit


def waiting(network: Any, dead: int = 0) -> int:
    store = open_store(network.file(HERE), File.ISSUES)
    query = select(func.count()).select_from(outbox).where(outbox.c.dead == dead, outbox.c.destination == HOME)
    rows = store.read_now(lambda connection: connection.execute(query).scalar_one())
    store.close()
    return rows


def test_a_notice_waits_for_the_line_and_arrives(network: Any) -> None:
    async def story(network: Any) -> str:
        visit = await issued(network)
        network.down.add(HOME)
        await visit.report(Result.PRINTED, printed=1)
        while network.knocks < 3:
            await asyncio.sleep(0)
        network.down.clear()
        await network.nodes[HERE].drained()
        return str(visit.id)

    visit = network.run(story, start=True)
    assert recorded_status(network.file(HOME), HOME, visit) is IssueStatus.PRINTED
    assert waiting(network) == 0


def test_a_lost_receipt_means_twice_sent_and_once_counted(network: Any) -> None:
    async def story(network: Any) -> str:
        visit = await issued(network)
        for code in (HERE, HOME, HOME[:2]):  # each tells its own notices; only this one's answers are to be lost
            await network.nodes[code].drained()
        network.lose_answers = 2
        await visit.report(Result.VOIDED, "paper")
        await network.nodes[HERE].drained()
        return str(visit.id)

    visit = network.run(story, start=True)
    sent = [msgspec.json.decode(body, type=IssueNotice) for *_, path, body, _ in network.heard if path == NOTICES]
    assert [notice.number for notice in sent] == [1, 2, 2, 2]
    store = open_store(network.file(HOME), File.ISSUES)
    lines = store.read_now(
        lambda connection: [entry for entry in connection.execute(select(audit.c.entry)).scalars() if b"issue_told" in entry]
    )
    store.close()
    assert len(lines) == 2
    assert recorded_status(network.file(HOME), HOME, visit) is IssueStatus.VOIDED


def test_what_a_former_run_left_is_sent_by_the_next(network: Any) -> None:
    network.down.add(HOME)

    async def cut(network: Any) -> str:
        network.down.discard(HOME)
        visit = await network.kiosk().begin("hanako")
        await visit.household()
        _, token = await visit.extract([1])
        network.down.add(HOME)
        await visit.issue(token)
        return str(visit.id)

    visit = network.run(cut)
    assert recorded_status(network.file(HOME), HOME, visit) is None
    assert waiting(network) == 1
    network.down.clear()

    async def later(network: Any) -> None:
        await network.nodes[HERE].drained()

    network.run(later, start=True)
    assert recorded_status(network.file(HOME), HOME, visit) is IssueStatus.ISSUED


def test_a_notice_refused_for_good_is_put_aside_with_a_line_in_the_log(network: Any) -> None:
    async def story(network: Any) -> str:
        first = await issued(network)
        await network.nodes[HERE].drained()
        forgets = open_store(network.file(HOME), File.ISSUES)
        forgets.write_now(lambda connection: connection.exec_driver_sql("delete from given") and None)
        forgets.close()
        await first.report(Result.PRINTED, printed=1)
        second = await issued(network)
        await network.nodes[HERE].drained()
        return str(second.id)

    second = network.run(story, start=True)
    assert (waiting(network), waiting(network, dead=1)) == (0, 1)
    assert recorded_status(network.file(HOME), HOME, second) is IssueStatus.ISSUED
    store = open_store(network.file(HERE), File.ISSUES)
    lines = store.read_now(
        lambda connection: [entry for entry in connection.execute(select(audit.c.entry)).scalars() if b"notice_dead" in entry]
    )
    store.close()
    assert len(lines) == 1


def test_a_notice_about_nothing_we_told_is_refused(network: Any) -> None:
    async def story(network: Any) -> None:
        visit = await network.kiosk().begin("hanako")
        notice = IssueNotice(number=1, visit=visit.id, status=IssueStatus.PRINTED, at="2026-11-24T00:00:00Z")
        town = network.peer(f"jukinet://node/{HERE}")
        await network.nodes[HOME].issue_notice(town, notice, b"")

    with pytest.raises(Problem, match="not-found"):
        network.run(story)


def test_pauses_grow_to_a_bound_and_are_never_the_same_for_all() -> None:
    pauses = Pauses(first=0.5, most=60.0)
    assert [pauses.after(failures, 1.0) for failures in (1, 2, 3, 8, 99)] == [0.5, 1.0, 2.0, 60.0, 60.0]
    assert pauses.after(1, 0.0) == 0.25
    assert MOST_REFUSALS > 1


def test_what_has_waited_goes_together_and_the_one_that_is_refused_is_found(network: Any) -> None:
    async def story(network: Any) -> list[str]:
        visits = [await issued(network) for _ in range(4)]
        await network.nodes[HERE].drained()
        forgets = open_store(network.file(HOME), File.ISSUES)
        forgets.write_now(partial(_forget, visit=visits[1].id))
        forgets.close()
        network.down.add(HOME)
        for visit in visits:
            await visit.report(Result.PRINTED, printed=1)
        network.down.clear()
        await network.nodes[HERE].drained()
        return [visit.id for visit in visits]

    ids = network.run(story, start=True)
    assert (waiting(network), waiting(network, dead=1)) == (0, 1)
    printed = [recorded_status(network.file(HOME), HOME, visit) is IssueStatus.PRINTED for visit in ids]
    assert printed == [True, False, True, True]


def test_a_batch_is_one_question(network: Any) -> None:
    async def story(network: Any) -> None:
        visits = [await issued(network) for _ in range(3)]
        await network.nodes[HERE].drained()
        network.heard.clear()
        network.down.add(HOME)
        network.knocks = 0
        for visit in visits:
            await visit.report(Result.PRINTED, printed=1)
        while network.knocks < 3:
            await asyncio.sleep(0)
        network.down.clear()
        await network.nodes[HERE].drained()

    network.run(story, start=True)
    assert [path for *_, path, _, _ in network.heard] == [BATCHES[NOTICES]]
    (_, _, _, body, answer), *_ = network.heard
    assert [notice.number for notice in msgspec.json.decode(body, type=IssueNotices).notices] == [4, 5, 6]
    assert msgspec.json.decode(answer, type=Receipt).number == 6


def _forget(connection: Connection, visit: str) -> None:
    connection.execute(delete(given).where(given.c.town == HOME, given.c.visit == visit))
