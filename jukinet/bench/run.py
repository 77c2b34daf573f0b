"""One measurement: a network of four nodes, one kind of database, one size of register.

A copy costs what its visit costs: all five questions at the kiosk's town, and what the home town and the centre do for them. The notices
that follow later are counted with the question they follow from.
"""

import asyncio
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import Connection, func, select

from jukinet.bench.load import Question, Terminals, Visit
from jukinet.bench.machine import Spread, cpu_of, keep_on, resident_memory
from jukinet.bench.town import LoadedTown, make_town
from jukinet.lab.network import CENTRE, HOME_TOWN, KIOSK_TOWN, PREFECTURE
from jukinet.lab.run import Lab
from jukinet.messages import CardProof
from jukinet.node.cards import CardChecker
from jukinet.node.settings import load
from jukinet.node.storage.open import File, open_store, read_once
from jukinet.node.storage.tables import outbox

# Who works for a copy. The prefecture is only its witness, once a minute.
TOUCHED = (KIOSK_TOWN.code, HOME_TOWN.code, CENTRE.code)
ALL = (*TOUCHED, PREFECTURE.code)
WARM_UP = 128  # visits; by then every statement is compiled and every link open
_POLL_SECONDS = 0.05

Cost = Mapping[str, float]  # node -> µs of CPU


@dataclass(frozen=True)
class Measured:
    """`rounds`: of each round what a question cost, by question. `waited`: how long terminals waited. `memory`: bytes of the kiosk's
    town with `links` links open. `opened`: seconds until the home town's register could be used, as it was closed and read through."""

    residents: int
    storage: str
    links: int
    rounds: Sequence[Mapping[Question, Cost]]
    waited: Mapping[Question, Spread]
    memory: int
    opened: tuple[float, float]

    def cost(self, questions: Sequence[Question], nodes: Sequence[str]) -> list[float]:
        """µs a visit, one for each round, best first."""
        return sorted(sum(each[question][node] for question in questions for node in nodes) for each in self.rounds)


def measure(folder: Path, residents: int, server: str, visits: int, links: int, at_once: int, rounds: int) -> Measured:
    """`at_once` terminals ask at the same time. Raises SettingsError, RuntimeError when a node says no."""
    town = make_town(folder, residents, links, server, datetime.now(UTC))
    with Lab(town.paths):
        pass  # a node's first start makes its databases, with what only that needs in its memory
    with Lab(town.paths) as lab:
        costs, waited, memory = asyncio.run(_load(lab, town, visits, links, at_once, rounds))
    opened = _opened(town)
    return Measured(residents, "PostgreSQL" if server else "SQLite", links, costs, waited, memory, opened)


async def _load(
    lab: Lab, town: LoadedTown, visits: int, links: int, at_once: int, rounds: int
) -> tuple[list[dict[Question, Cost]], dict[Question, Spread], int]:
    own = load(town.paths.node_settings(KIOSK_TOWN.code))
    url = "https://{}:{}".format(*own.listen[0])
    waited: dict[Question, list[float]] = {question: [] for question in Question}
    costs = []
    for at, code in enumerate(ALL):
        keep_on(lab.pid(code), at)
    async with Terminals(town, url, at_once) as terminals:
        await _round(lab, town, terminals, terminals.visits(WARM_UP), {question: [] for question in Question})
        for _ in range(rounds):
            costs.append(await _round(lab, town, terminals, terminals.visits(visits), waited))
    async with Terminals(town, url, links) as terminals:
        await terminals.health()
        memory = resident_memory(lab.pid(KIOSK_TOWN.code))
    return costs, {question: Spread.of(seconds) for question, seconds in waited.items()}, memory


async def _round(
    lab: Lab, town: LoadedTown, terminals: Terminals, visits: Sequence[Visit], waited: Mapping[Question, list[float]]
) -> dict[Question, Cost]:
    costs: dict[Question, Cost] = {}
    for question in Question:
        asks = terminals.asks(question, visits)
        before = {code: cpu_of(lab.pid(code)) for code in ALL}
        waited[question].extend(await terminals.ask_all(question, asks))
        while not await asyncio.to_thread(_told, town):
            await asyncio.sleep(_POLL_SECONDS)
        costs[question] = {code: (cpu_of(lab.pid(code)) - before[code]) / len(visits) * 1e6 for code in ALL}
    return costs


def _told(town: LoadedTown) -> bool:
    """The notices that visits bring have been taken."""

    def waiting(connection: Connection) -> int:
        return connection.execute(select(func.count()).select_from(outbox).where(outbox.c.town == KIOSK_TOWN.code)).scalar_one()

    return read_once(load(town.paths.node_settings(KIOSK_TOWN.code)).place(File.ISSUES), waiting) == 0


def _opened(town: LoadedTown) -> tuple[float, float]:
    """The home town's register after its node ended in order, and as after a power cut: the mark beside it is gone."""
    place = load(town.paths.node_settings(HOME_TOWN.code)).place(File.REGISTER)

    def timed() -> float:
        began = time.perf_counter()
        open_store(place, File.REGISTER, read_later=True).close()
        return time.perf_counter() - began

    in_order = min(timed() for _ in range(3))
    if isinstance(place, Path):
        place.with_name(f"{place.name}.whole").unlink(missing_ok=True)
    return in_order, timed()


def card_check(town: LoadedTown) -> float:
    """µs that a node takes to prove one card: certificate, its chain, dates and purpose, and the card's signature. Median of many cards."""
    checker = CardChecker.load(town.paths.root / "jpki" / "anchors")
    message, now = b"a question", datetime.now(UTC)
    signature = town.key.sign(message, PKCS1v15(), SHA256())

    def each() -> Iterator[float]:
        for certificate in town.certificates:
            began = time.process_time()
            checker.proof(CardProof(certificate=certificate, signature=signature), message, now)
            yield (time.process_time() - began) * 1e6

    return statistics.median(each())
