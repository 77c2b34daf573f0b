"""Two nodes, one watching over the other's log: growth is confirmed, a rewritten or second history is found and written down."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from jukinet.errors import Kind, Problem
from jukinet.node.audit.log import AuditLog, Stream
from jukinet.node.audit.reading import growth
from jukinet.node.audit.witness import Confirmations, Witness, confirmed_note, witnesses_of
from jukinet.node.storage.open import File, Store, open_store
from jukinet.node.storage.tables import audit
from jukinet.node_messages import Directory, Prefecture, Town, WitnessAsk, Witnessed
from jukinet.notes import LogKey

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ORIGIN = "jukinet/21361/exchanges"


@dataclass
class Node:
    code: str
    store: Store
    log: AuditLog
    key: LogKey

    def write(self, count: int, who: str = "peer") -> None:
        for at in range(count):
            self.store.write_now(partial(self.log.append, kind="node_refused", actor=f"{who} {at}", reason="not-allowed"))

    def kinds(self) -> list[str]:
        entries = self.store.read_now(lambda connection: list(connection.execute(select(audit.c.entry)).scalars()))
        return [json.loads(entry)["kind"] for entry in entries]


Make = Callable[[str, str], Node]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    stores = []

    def one(code: str, name: str) -> Node:
        log = AuditLog(code, b"k" * 32, lambda: NOON)
        store = open_store(tmp_path / f"{name}.db", File.ISSUES, log.seal_group)
        stores.append(store)
        path = tmp_path / f"{code}.key"
        key = LogKey.load(f"jukinet/{code}", path) if path.exists() else LogKey.make(f"jukinet/{code}", path)
        return Node(code, store, log, key)

    yield one
    for store in stores:
        store.close()


@dataclass
class Wire:
    """The prefecture at the other end, without a network."""

    prefecture: Node
    town: Node
    asked: int = 0

    async def ask(self, code: str, path: str, body: bytes, seconds: float) -> bytes:
        assert (code, path) == (self.prefecture.code, "/v1/witness")
        self.asked += 1
        node = self.prefecture
        witness = Witness(node.code, node.key, node.log, lambda: NOON)
        ask = msgspec.json.decode(body, type=WitnessAsk)
        job = partial(witness.confirm, ask=ask, author=self.town.key.public, code=self.town.code)
        return msgspec.json.encode(await node.store.write(job))


def go(town: Node, wire: Wire) -> None:
    asyncio.run(Confirmations(town.code, town.key, town.log, town.store, wire).round(["21"]))


def note(node: Node) -> str | None:
    return node.store.read_now(partial(confirmed_note, town=node.code, stream=Stream.EXCHANGES))


def test_growth_is_confirmed_round_after_round(make: Make) -> None:
    town, prefecture = make("21361", "town"), make("21", "prefecture")
    wire = Wire(prefecture, town)
    for size in (3, 5, 5):
        town.write(size - (0 if note(town) is None else town.key.public.checkpoint(note(town) or "", ORIGIN).size))
        go(town, wire)
        assert town.key.public.checkpoint(note(town) or "", ORIGIN).size == size
        assert prefecture.key.public.witnessed(note(town) or "") == int(NOON.timestamp())


def test_a_log_confirmed_before_its_first_line_may_grow(make: Make) -> None:
    """A town's first day: the witness asks for nothing but that what was empty was empty."""
    town, prefecture = make("21361", "town"), make("21", "prefecture")
    wire = Wire(prefecture, town)
    for size in (0, 3):
        town.write(size)
        go(town, wire)
        assert town.key.public.checkpoint(note(town) or "", ORIGIN).size == size
    assert prefecture.kinds() == town.kinds()[3:] == []


def test_a_second_history_is_found_by_the_witness_and_by_its_author(make: Make) -> None:
    town, prefecture = make("21361", "town"), make("21", "prefecture")
    town.write(3)
    go(town, Wire(prefecture, town))
    other = make("21361", "another history")
    other.write(4, "stranger")
    go(other, Wire(prefecture, other))
    assert note(other) is None
    assert "node_split_view" in prefecture.kinds()
    assert "node_split_view" in other.kinds()


def test_a_history_cut_short_is_found(make: Make) -> None:
    town, prefecture = make("21361", "town"), make("21", "prefecture")
    town.write(3)
    go(town, Wire(prefecture, town))
    restored = make("21361", "restored")
    restored.write(2)
    go(restored, Wire(prefecture, restored))
    assert note(restored) is None
    assert "node_split_view" in restored.kinds()


def test_only_the_author_s_own_checkpoints_are_confirmed(make: Make) -> None:
    town, prefecture = make("21361", "town"), make("21", "prefecture")
    town.write(1)
    witness = Witness("21", prefecture.key, prefecture.log, lambda: NOON)
    checkpoint, _ = town.store.read_now(partial(growth, town="21361", stream=Stream.EXCHANGES, old=0))
    for signed, code in ((prefecture.key.sign(checkpoint), "21361"), (town.key.sign(checkpoint), "21202")):
        ask = WitnessAsk(checkpoint=signed)
        with pytest.raises(Problem, match="checkpoint"):
            prefecture.store.write_now(partial(witness.confirm, ask=ask, author=town.key.public, code=code))


def test_a_proof_from_elsewhere_is_told_where_to_begin(make: Make) -> None:
    town, prefecture = make("21361", "town"), make("21", "prefecture")
    town.write(2)
    witness = Witness("21", prefecture.key, prefecture.log, lambda: NOON)
    checkpoint, _ = town.store.read_now(partial(growth, town="21361", stream=Stream.EXCHANGES, old=0))
    ask = WitnessAsk(checkpoint=town.key.sign(checkpoint), old=1)
    answer = prefecture.store.write_now(partial(witness.confirm, ask=ask, author=town.key.public, code="21361"))
    assert answer == Witnessed(size=0)


def test_one_witness_that_is_gone_does_not_spare_the_others(make: Make) -> None:
    class Gone(Wire):
        async def ask(self, code: str, path: str, body: bytes, seconds: float) -> bytes:
            if code == "centre":
                raise Problem(Kind.UNREACHABLE, "no-link")
            return await super().ask(code, path, body, seconds)

    town, prefecture = make("21361", "town"), make("21", "prefecture")
    town.write(2)
    confirmations = Confirmations(town.code, town.key, town.log, town.store, Gone(prefecture, town))
    with pytest.raises(Problem, match="no-link"):
        asyncio.run(confirmations.round(["centre", "21"]))
    assert prefecture.key.public.witnessed(note(town) or "") == int(NOON.timestamp())


@pytest.mark.parametrize("answer", [b"", b"[]", b'{"size": 1, "cosignature": "\xff"}'])
def test_a_witness_that_talks_nonsense_is_as_good_as_none(make: Make, answer: bytes) -> None:
    """The next round asks again."""

    class Nonsense:
        async def ask(self, code: str, path: str, body: bytes, seconds: float) -> bytes:
            return answer

    town = make("21361", "town")
    town.write(1)
    with pytest.raises(Problem, match="unreachable"):
        asyncio.run(Confirmations(town.code, town.key, town.log, town.store, Nonsense()).round(["21"]))
    assert note(town) is None


def test_who_watches_over_whom() -> None:
    def town(code: str) -> Town:
        return Town(code=code, name="", prefecture=code[:2], urls=[], keys=[])

    prefectures = [Prefecture(code=code, name="", urls=[]) for code in ("21", "23")]
    towns = [town("21361"), town("21202"), town("23100")]
    directory = Directory(version=1, issued="", centre_name="", centre_urls=[], prefectures=prefectures, towns=towns)
    assert witnesses_of("21361", directory) == ["21"]
    assert witnesses_of("23", directory) == ["centre", "23100"]
    assert witnesses_of("centre", directory) == ["21"]
