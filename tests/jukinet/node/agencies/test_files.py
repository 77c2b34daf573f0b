"""A body's file against a real desk, cut off at every step: each line is answered once, and the node counts it once."""

import asyncio
import csv
import json
from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from jukinet.agency.batch import MOST_TRIES, Run, Wrong
from jukinet.agency_messages import BatchAnswer, BatchAsk
from jukinet.errors import Kind, Problem, SettingsError
from jukinet.node.storage.open import File, open_store
from jukinet.node.storage.tables import audit
from tests.jukinet.node.agencies.office import CENTRE, HOME, Office, identity

PEOPLE = [identity(resident_code=f"{at:011d}", name=f"某 {at}", address=f"岐阜県大垣市{at}番地") for at in range(1, 551)]
LINES = 603  # three pieces


class Cut(Exception):
    """The power goes."""


@pytest.fixture
def storage() -> str:
    """The client does not see what the node writes to."""
    return ""


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    file = tmp_path / "in.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["住所", "氏名", "性別", "生年月日"])
        for at in range(LINES):
            person = PEOPLE[at % len(PEOPLE)]
            writer.writerow([person.address, person.name, "誰" if at == 300 else "女", person.birth if at % 100 else "1900-01-01"])
    return file


def running(office: Office, told: Callable[[str], None] = lambda _: None, **more: Any) -> Run:
    loop, numbers = asyncio.get_running_loop(), count()
    peer = office.network.peer("jukinet://agency/pension")

    def ask(question: BatchAsk, _: float) -> BatchAnswer:
        told("asks")
        raw = msgspec.json.encode(question)
        answer = asyncio.run_coroutine_threadsafe(office.network.nodes[CENTRE].agency_batch(peer, question, raw), loop).result()
        told("has the answer")
        return answer

    def progress(_: int) -> None:
        told("goes on")

    return Run(ask, lambda: f"01JX{next(numbers):022d}", lambda _: None, progress, **more)


async def answered(office: Office, asked: Path, out: Path, **more: Any) -> Counter[str]:
    return await asyncio.to_thread(running(office, **more).file, asked, out, "pension-status")


def counted(office: Office) -> Counter[str]:
    """What the log says of all pieces together."""
    store = open_store(office.network.file(CENTRE), File.ISSUES)
    entries = store.read_now(lambda connection: list(connection.execute(select(audit.c.entry)).scalars()))
    store.close()
    total: Counter[str] = Counter()
    for line in map(json.loads, entries):
        if line["kind"] == "node_agency_batch":
            total.update({word: line[word] for word in ("match", "changed", "deceased", "not_found")}, pieces=1)
    return total


def test_counts_log_and_lines_agree_and_wrong_lines_are_named(office: Office, asked: Path, tmp_path: Path) -> None:
    wrong: list[Wrong] = []

    async def story(_: Any) -> Counter[str]:
        await office.tell(HOME, *PEOPLE[:250])
        await office.tell(HOME, *PEOPLE[250:], identity(resident_code=PEOPLE[1].resident_code, change="deceased", name="某 2"))
        return await answered(office, asked, tmp_path / "out.csv", wrong=wrong.append)

    counts = office.network.run(story)
    with (tmp_path / "out.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["行"] for row in rows] == [str(number) for number in range(2, LINES + 2)]
    assert Counter(row["結果"] for row in rows) == counts
    assert counts["誤り"] == 1
    assert (counts["死亡"], counts["該当なし"]) == (2, 6), "lines of one who died; births that are not theirs"
    assert [str(each) for each in wrong] == ["line 302: 性別: one of 男、女、空欄 is required"]
    assert rows[300]["誤り"] == "性別: one of 男、女、空欄 is required"
    assert rows[1]["異動年月日"] == "2006-03-28"
    assert counted(office) == {
        "pieces": 3,
        "match": counts["生存"],
        "changed": counts["変更"],
        "deceased": counts["死亡"],
        "not_found": counts["該当なし"],
    }
    assert not (tmp_path / "out.csv.state").exists()


def test_cut_off_at_every_step_it_goes_on_and_nothing_is_counted_twice(office: Office, asked: Path, tmp_path: Path) -> None:
    steps = 1 + 3 * 3

    async def story(_: Any) -> list[bytes]:
        await office.tell(HOME, *PEOPLE)
        outs = []
        for at in range(steps + 1):
            out, seen = tmp_path / f"out{at}.csv", count()

            def told(_: str, at: int = at, seen: Any = seen) -> None:
                if next(seen) == at:
                    raise Cut

            try:
                await answered(office, asked, out, told=told)
            except Cut:
                state = json.loads((tmp_path / f"out{at}.csv.state").read_bytes())
                assert not out.exists()
                unfinished = tmp_path / f"out{at}.csv.unfinished"
                unfinished.write_bytes(unfinished.read_bytes() + b"half a li")  # what a dying disk adds
                before = state["batch"]
                run = running(office, lambda _: None)
                run.new_batch = lambda before=before: pytest.fail(f"{before} goes on, no other begins")
                await asyncio.to_thread(run.file, asked, out, "pension-status")
            outs.append(out.read_bytes())
        return outs

    outs = office.network.run(story)
    assert len(set(outs)) == 1
    assert counted(office)["pieces"] == 3, "the batches have one name here, so all of them are one"


def test_the_answer_stands_and_only_the_state_is_left_over(office: Office, asked: Path, tmp_path: Path) -> None:
    """Killed between the last two deeds."""
    out = tmp_path / "out.csv"

    async def story(_: Any) -> tuple[Any, Any]:
        states: list[bytes] = []
        run = running(office, lambda _: states.append(note.read_bytes()) if note.exists() else None)
        note = tmp_path / "out.csv.state"
        first = await asyncio.to_thread(run.file, asked, out, "pension-status")
        note.write_bytes(states[-1])
        again = await answered(office, asked, out, told=lambda _: pytest.fail("nothing is asked"))
        return first, again

    first, again = office.network.run(story)
    assert first == again
    assert not (tmp_path / "out.csv.state").exists()


@pytest.mark.parametrize("what", ["another file", "another affair", "an answer that is there", "no state of ours"])
def test_it_does_not_go_on_with_something_else(office: Office, asked: Path, tmp_path: Path, what: str) -> None:
    out = tmp_path / "out.csv"

    async def story(_: Any) -> None:
        def cut(word: str) -> None:
            if word == "has the answer":
                raise Cut

        with pytest.raises(Cut):
            await answered(office, asked, out, told=cut)
        affair = "pension-status"
        if what == "another file":
            asked.write_bytes(asked.read_bytes() + b"\n")
        elif what == "another affair":
            affair = "pension-claim"
        elif what == "an answer that is there":
            out.write_bytes(b"")
            out.with_name("out.csv.state").unlink()
        else:
            out.with_name("out.csv.state").write_bytes(b"{")
        await asyncio.to_thread(running(office).file, asked, out, affair)

    with pytest.raises(SettingsError):
        office.network.run(story)


def test_a_node_that_is_away_is_waited_for_but_not_for_ever(asked: Path, tmp_path: Path) -> None:
    pauses: list[float] = []

    def away(_: BatchAsk, __: float) -> BatchAnswer:
        raise Problem(Kind.UNREACHABLE, "no-link")

    run = Run(away, lambda: f"01JX{0:022d}", pauses.append)
    with pytest.raises(Problem, match="no-link"):
        run.file(asked, tmp_path / "out.csv", "pension-status")
    assert len(pauses) == MOST_TRIES - 1
    assert 300 < sum(pauses) < 1200


def test_a_no_is_a_no(asked: Path, tmp_path: Path) -> None:
    def no(_: BatchAsk, __: float) -> BatchAnswer:
        raise Problem(Kind.NOT_ALLOWED, "affair")

    run = Run(no, lambda: f"01JX{0:022d}", lambda _: pytest.fail("nothing to wait for"))
    with pytest.raises(Problem, match="affair"):
        run.file(asked, tmp_path / "out.csv", "pension-status")
