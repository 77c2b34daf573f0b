"""Issued once, numbered without a gap, followed until the paper's fate is known, and known at both towns."""

import asyncio
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jukinet.errors import Kind, Problem
from jukinet.messages import Issue, IssueAsk, IssueStatus, Item, Result
from jukinet.node.audit.log import Stream
from jukinet.node.audit.reading import verify
from jukinet.node.issuance import issue_number, recorded_status, short_name
from jukinet.node.seal import SealKey
from jukinet.node.storage.open import File, open_store
from jukinet.seal import Owner, open_seal
from jukinet.signing import digest

HERE, HOME = "21361", "21202"
NAME = "岐阜県不破郡垂井町"


async def ready(network: Any, case: str = "hanako", kiosk: str = "k1", persons: tuple[int, ...] = (1,)) -> tuple[Any, str]:
    """A visit whose record has come, and the answer it came in."""
    visit = await network.kiosk(kiosk).begin(case)
    await visit.household()
    _, token = await visit.extract(list(persons), [Item.RELATIONSHIP])
    return visit, token


def refused(network: Any, story: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        network.run(story)
    return caught.value


def test_a_copy_names_the_kiosks_town_as_issuer(network: Any) -> None:
    network.clock.now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    network.clock.now = max(network.clock.now, datetime.now(UTC) + timedelta(hours=1))

    async def story(network: Any) -> Any:
        visit, token = await ready(network)
        return await visit.issue(token, copies=2), token

    claims, token = network.run(story)
    issue = claims.body
    assert isinstance(issue, Issue)
    assert claims.node == HERE
    assert (issue.issuer.town, issue.issuer.title) == (HERE, "岐阜県不破郡垂井町長")
    assert issue.extract == digest(token.encode())
    assert issue.fee == 600
    day = issue.date.replace("-", "")
    assert [copy.number for copy in issue.copies] == [f"{day} 垂井町 k1 プリンタ001 001", f"{day} 垂井町 k1 プリンタ001 002"]


def test_each_copy_has_a_seal_that_holds_what_it_says(network: Any) -> None:
    async def story(network: Any) -> Any:
        visit = await network.kiosk().begin("gaiji")
        await visit.household()
        _, token = await visit.extract([1, 2], list(Item))
        return (await visit.issue(token)).body, token

    issue, token = network.run(story)
    key = SealKey.load(network.root / "nodes" / HERE / "seal.pem")
    facts = open_seal(issue.copies[0].seal, {key.id: Owner(HERE, NAME, key.key.public_key())}).facts
    assert (facts.number, facts.issuer, facts.home) == (issue.copies[0].number, HERE, HOME)
    first = facts.persons[0]
    assert (first.name, first.birth, first.sex, first.relationship) == ("𠮷邉\U000e0112 葛\U000e0103葉", "1985-06-21", "female", "世帯主")
    assert (first.kana, first.address_since) == ("ヨシベ クズハ", "2010-04-02")
    assert facts.answer == digest(token.encode())[:16]


def test_the_same_question_gets_the_same_bytes(network: Any) -> None:
    async def story(network: Any) -> tuple[str, str]:
        visit, token = await ready(network)
        ask = IssueAsk(visit=visit.id, nonce=visit.nonce, town=HERE, kiosk="k1", extract=token, copies=1)
        raw = msgspec.json.encode(ask)
        first = await visit.kiosk.node.issue(visit.kiosk.peer, ask, raw)
        network.clock.now += timedelta(hours=2)  # long after the nonce
        again = await visit.kiosk.node.issue(visit.kiosk.peer, ask, raw)
        return first.answer, again.answer

    first, again = network.run(story)
    assert first == again


def test_another_question_under_the_same_visit_is_refused(network: Any) -> None:
    async def story(network: Any) -> None:
        visit, token = await ready(network)
        await visit.issue(token, copies=1)
        await visit.issue(token, copies=2)

    assert refused(network, story).kind is Kind.OTHER_REQUEST


def test_once_issued_no_other_records_are_told_to_the_visit(network: Any) -> None:
    async def story(network: Any) -> None:
        visit, token = await ready(network)
        await visit.issue(token)
        await visit.extract([1, 2])

    assert refused(network, story).kind is Kind.OTHER_REQUEST


def test_a_resident_may_choose_again_before_it_is_issued(network: Any) -> None:
    async def story(network: Any) -> Any:
        visit, _ = await ready(network)
        _, second = await visit.extract([2, 3])
        return (await visit.issue(second)).body, second

    issue, second = network.run(story)
    assert issue.extract == digest(second.encode())


@pytest.mark.parametrize("what", ["other visit", "household", "forged", "never asked"])
def test_only_the_record_of_this_visit_can_be_issued(network: Any, what: str) -> None:
    async def story(network: Any) -> None:
        visit, token = await ready(network)
        if what == "other visit":
            _, token = await ready(network, "taro")
        elif what == "household":
            raw = msgspec.json.encode(visit.household_ask())
            token = (await visit.kiosk.node.household(visit.kiosk.peer, visit.household_ask(), raw)).answer
        elif what == "forged":
            token = token[:-4] + ("AAAA" if not token.endswith("AAAA") else "BBBB")
        else:
            visit = await network.kiosk().begin("hanako")
        await visit.issue(token)

    assert refused(network, story).kind is Kind.PROOF


def test_two_at_once_get_two_numbers_in_a_row(network: Any) -> None:
    async def story(network: Any) -> list[int]:
        visits = [await ready(network, kiosk=f"k{at}") for at in range(8)]
        claims = await asyncio.gather(*(visit.issue(token) for visit, token in visits))
        return [each.body.copies[0].serial for each in claims]

    assert sorted(network.run(story)) == list(range(1, 9))


def test_numbers_begin_again_each_day_in_japan(network: Any) -> None:
    async def story(network: Any) -> list[tuple[str, int]]:
        found = []
        for _ in range(2):
            for _ in range(2):
                visit, token = await ready(network)
                issue = (await visit.issue(token)).body
                found.append((issue.date, issue.copies[0].serial))
            network.clock.now += timedelta(days=1)
        return found

    found = network.run(story)
    assert [serial for _, serial in found] == [1, 2, 1, 2]
    assert found[0][0] != found[2][0]


# -- what became of the paper -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reports", "status"),
    [
        ([], IssueStatus.ISSUED),
        ([Result.PRINTED], IssueStatus.PRINTED),
        ([Result.PRINTED, Result.PRINTED], IssueStatus.PRINTED),
        ([Result.VOIDED], IssueStatus.VOIDED),
        ([Result.UNKNOWN], IssueStatus.UNKNOWN),
        ([Result.UNKNOWN, Result.PRINTED], IssueStatus.PRINTED),
        ([Result.UNKNOWN, Result.VOIDED], IssueStatus.VOIDED),
    ],
)
def test_both_towns_know_what_became_of_it(network: Any, reports: list[Result], status: IssueStatus) -> None:
    """Of a resident of another town, and of one of its own."""

    async def story(network: Any) -> list[str]:
        visits = []
        for case in ("hanako", "local"):
            visit, token = await ready(network, case)
            await visit.issue(token)
            for result in reports:
                await visit.report(result, "paper" if result is Result.VOIDED else "", 1 if result is Result.PRINTED else 0)
            state = await visit.kiosk.node.issue_state(visit.kiosk.peer, visit.id)
            assert state.status is status
            assert len(state.numbers) == 1
            visits.append(visit.id)
        await network.nodes[HERE].drained()
        return visits

    hanako, local = network.run(story, start=True)
    assert recorded_status(network.file(HERE), HERE, hanako) is status
    assert recorded_status(network.file(HOME), HOME, hanako) is status
    assert recorded_status(network.file(HERE), HERE, local) is status
    assert recorded_status(network.file(HOME), HOME, local) is None


@pytest.mark.parametrize("second", [Result.VOIDED, Result.UNKNOWN])
def test_what_is_final_stays(network: Any, second: Result) -> None:
    async def story(network: Any) -> None:
        visit, token = await ready(network)
        await visit.issue(token)
        await visit.report(Result.PRINTED, printed=1)
        await visit.report(second)

    assert refused(network, story).kind is Kind.OTHER_REQUEST


def test_another_kiosk_knows_nothing_of_it(network: Any) -> None:
    async def story(network: Any) -> None:
        visit, token = await ready(network)
        await visit.issue(token)
        stranger = replace(visit, kiosk=network.kiosk("k2"))
        with pytest.raises(Problem):
            await stranger.report(Result.PRINTED)
        await stranger.kiosk.node.issue_state(stranger.kiosk.peer, visit.id)

    assert refused(network, story).kind is Kind.NOT_FOUND


def test_a_visit_without_issue_is_not_found(network: Any) -> None:
    async def story(network: Any) -> None:
        visit, _ = await ready(network)
        await visit.kiosk.node.issue_state(visit.kiosk.peer, visit.id)

    assert refused(network, story).kind is Kind.NOT_FOUND


def test_a_visit_given_up_is_issued_no_more(network: Any) -> None:
    """The kiosk's question was slow and the kiosk had given up: whatever arrives later finds the door shut, and the number unused."""

    async def story(network: Any) -> None:
        visit, token = await ready(network)
        state = await visit.report(Result.VOIDED, "issue_unanswered")
        assert state.status is IssueStatus.VOIDED
        assert state.numbers == []
        await visit.issue(token)

    problem = refused(network, story)
    assert (problem.kind, problem.reason) == (Kind.PROOF, "expired")

    async def next_one(network: Any) -> Any:
        visit, token = await ready(network)
        return await visit.issue(token)

    assert network.run(next_one).body.copies[0].serial == 1


# -- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "short"),
    [
        ("岐阜県不破郡垂井町", "垂井町"),
        ("岐阜県大垣市", "大垣市"),
        ("三重県四日市市", "四日市市"),
        ("福島県郡山市", "郡山市"),
        ("奈良県大和郡山市", "大和郡山市"),
        ("愛知県蒲郡市", "蒲郡市"),
        ("東京都府中市", "府中市"),
        ("京都府京都市", "京都市"),
        ("北海道札幌市", "札幌市"),
        ("鹿児島県大島郡与論町", "与論町"),
        ("東京都新宿区", "新宿区"),
    ],
)
def test_short_names(whole: str, short: str) -> None:
    assert short_name(whole) == short


def test_the_fixed_form_of_a_number() -> None:
    assert issue_number(date(2020, 5, 2), "岐阜県不破郡垂井町", "k1", 11) == "20200502 垂井町 k1 プリンタ001 011"


# -- a node dies ------------------------------------------------------------------------------------------------------

ISSUES_UNTIL_KILLED = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from conftest import Clock, Network
from jukinet.node.directory import DirectoryBook
from jukinet.signing import AnswerKey

root = Path(sys.argv[1])
centre = AnswerKey.load(root / "centre.jwk.json")
book = DirectoryBook((root / "directory.jws").read_text(), centre.public())
network = Network(root, Clock(datetime.now(UTC) + timedelta(hours=1)), book, centre, sys.argv[3])

async def visit(number):
    visit = await network.kiosk(f"k{number}").begin("hanako")
    await visit.household()
    _, token = await visit.extract([1])
    claims = await visit.issue(token)
    print(visit.id, claims.body.copies[0].serial, flush=True)

async def story(network):
    while True:
        await asyncio.gather(*(visit(number) for number in range(4)))

network.run(story, start=True)
"""


def test_kill_9_in_the_middle_of_issuing_loses_nothing_acknowledged(network: Any) -> None:
    network.centre.save(network.root / "centre.jwk.json")
    (network.root / "directory.jws").write_text(network.book.raw)
    command = [sys.executable, "-c", ISSUES_UNTIL_KILLED, str(network.root), str(Path(__file__).parent), network.storage]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline().split() for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        said += [line.split() for line in process.stdout.readlines()]
    assert len(said) >= 20
    issues = open_store(network.file(HERE), File.ISSUES)
    serials = dict(issues.read_now(lambda connection: list(connection.exec_driver_sql("select visit, first_serial from issues").all())))
    wrong = {issues.read_now(partial(verify, town=HERE, stream=stream)).wrong for stream in Stream}
    issues.close()
    assert all(serials[visit] == int(serial) for visit, serial in said)
    assert sorted(serials.values()) == list(range(1, len(serials) + 1)), "no gap"
    assert wrong == {""}

    async def afterwards(network: Any) -> None:
        await network.nodes[HERE].drained()

    network.run(afterwards, start=True)
    for visit in serials:
        assert recorded_status(network.file(HOME), HOME, visit) is IssueStatus.ISSUED, "what was in the outbox arrives after the restart"
