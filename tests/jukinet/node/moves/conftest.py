"""A family that moves: what its members do at the kiosk of the new town, what the counter does, and what both towns hold afterwards."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from jukinet.errors import Problem
from jukinet.messages import Arriving, Leaving, Move, Moves, Signed
from jukinet.move_messages import CarryOnAsk, CertificateNotice, MoveCertificate, MoveInAsk, MoveOutAsk, MovesAsk
from jukinet.node.audit.log import AuditLog
from jukinet.node.hours import local_date
from jukinet.node.moves.certificate import Entry
from jukinet.node.moves.counter import confirm
from jukinet.node.moves.leaving import CERTIFICATES
from jukinet.node.moves.table import ENDS
from jukinet.node.register import everybody
from jukinet.node.resident import Resident
from jukinet.node.storage.open import File, open_store, read_once
from jukinet.node.storage.tables import arrivals, audit, card_holders, card_registry, departures, history
from jukinet.signing import open_move

NEW, OLD, PREFECTURE, CENTRE = "21361", "21202", "21", "centre"
NODES = (NEW, OLD, PREFECTURE, CENTRE)
ENTRY = Entry(address="岐阜県不破郡垂井町若竹1番地", building="若竹荘 3号", relationships=["世帯主", "妻", "子"])


@dataclass
class Mover:
    """Somebody with a card at a kiosk of the new town. Each call is a visit of its own unless it is given one."""

    network: Any
    case: str = "hanako"

    async def visit(self) -> Any:
        return await self.network.kiosk().begin(self.case)

    async def ask(self, deed: str, shape: type[MovesAsk], visit: Any = None, **more: Any) -> list[Move]:
        visit = visit or await self.visit()
        proof = visit.card.prove(visit.id, visit.nonce, visit.kiosk.name)
        ask = shape(visit=visit.id, nonce=visit.nonce, town=NEW, kiosk=visit.kiosk.name, proof=proof, **more)
        raw = msgspec.json.encode(ask)
        signed: Signed = await getattr(self.network.nodes[NEW], deed)(visit.kiosk.peer, ask, raw)
        body = visit.open(signed.answer, raw).body
        assert isinstance(body, Moves)
        return body.moves

    async def out(self, leaves: str = "", persons: list[int] | None = None, destination: str = NEW, visit: Any = None) -> Move:
        more = {"persons": persons or [1, 2, 3], "leaves": leaves or self.day(), "destination": destination}
        return (await self.ask("move_out", MoveOutAsk, visit, **more))[0]

    async def where(self) -> Move:
        return (await self.ask("moves", MovesAsk))[0]

    async def file(self, move: str, moved: str = "", visit: Any = None) -> Move:
        return (await self.ask("move_in", MoveInAsk, visit, move=move, moved=moved or self.day()))[0]

    async def carry_on(self, move: str) -> Move:
        return (await self.ask("carry_on", CarryOnAsk, move=move))[0]

    def day(self, later: int = 0) -> str:
        return (local_date(self.network.clock()) + timedelta(later)).isoformat()


@dataclass
class Towns:
    """Both towns from outside: the counter, the days, the files."""

    network: Any

    async def rest(self) -> None:
        """Until nothing is on its way: a notice that is taken may bring others, of which the longest chain has four."""
        for _ in range(4):
            for code in NODES:
                await self.network.nodes[code].drained()

    async def moves(self, case: str = "hanako", persons: list[int] | None = None, entry: Entry = ENTRY) -> str:
        """The whole of it; the move's name."""
        mover = Mover(self.network, case)
        move = (await mover.out(persons=persons)).move
        await self.rest()
        filed = await mover.file(move)
        await self.confirm(filed.number, entry)
        await self.rest()
        return move

    async def confirm(self, number: int, entry: Entry = ENTRY, since: str = "") -> None:
        await self.at_counter(confirm, number=number, entry=entry, since=since)

    async def at_counter(self, deed: Callable[..., Any], **what: Any) -> None:
        """As the command does, beside the running node."""
        log = AuditLog(NEW, b"k" * 32, self.network.clock)
        store = open_store(self.network.file(NEW), File.ISSUES, log.seal_group)
        try:
            await store.write(partial(deed, log=log, **what))
        finally:
            store.close()

    def entry(self, **what: Any) -> Entry:
        return Entry(**what)

    def write(self, code: str, job: Callable[[Any], Any], name: str = "register.db") -> None:
        store = open_store(self.network.file(code, name), File.REGISTER if name == "register.db" else File.ISSUES)
        store.write_now(job)
        store.close()

    def revoke(self, case: str, reason: str) -> None:
        """The centre hears that a card is lost, or the like."""
        of_card = card_registry.c.certificate == self.network.card(case).fingerprint
        self.write(
            CENTRE, lambda connection: connection.execute(update(card_registry).where(of_card).values(status="revoked", reason=reason))
        )

    def bind(self, case: str, resident: int) -> None:
        """That case's card becomes another's of the old town."""
        of_card = card_holders.c.certificate == self.network.card(case).fingerprint
        self.write(OLD, lambda connection: connection.execute(update(card_holders).where(of_card).values(resident=resident)))

    def fresh(self) -> None:
        """All files as they were at first."""
        nodes, first = self.network.root / "nodes", self.network.root / "first"
        if first.exists():
            shutil.rmtree(nodes)
        else:
            shutil.copytree(nodes, first)
        shutil.copytree(first, nodes, dirs_exist_ok=True)
        self.network.heard.clear()
        self.network.at_line = lambda: None

    def order(self) -> dict[str, Any]:
        """For the victim: where the files are, and what counts at this moment."""
        network = self.network
        return {
            "root": str(network.root),
            "directory": network.book.raw,
            "key": network.centre.public(),
            "now": network.clock().isoformat(),
        }

    def states(self, move: str) -> tuple[Leaving | None, Arriving | None]:
        old = self.look(OLD, select(departures.c.state).where(departures.c.move == move))
        new = self.look(NEW, select(arrivals.c.state).where(arrivals.c.move == move))
        return (Leaving(old[0].state) if old else None, Arriving(new[0].state) if new else None)

    def ended(self, move: str) -> bool:
        return self.states(move) in ENDS

    def look(self, code: str, query: Any, name: str = "issue.db") -> list[Any]:
        return read_once(self.network.file(code, name), lambda connection: connection.execute(query).all())

    def people(self, code: str) -> dict[str, Resident]:
        """By resident code: what is registered of each now."""
        return read_once(
            self.network.file(code, "register.db"),
            lambda connection: {each.person.resident_code: each.person for each in everybody(connection, code)},
        )

    def reasons(self, code: str, resident: int) -> list[str]:
        """Of each line of somebody's history."""
        query = select(history.c.reason).where(history.c.town == code, history.c.resident == resident).order_by(history.c.seq)
        return [row.reason for row in self.look(code, query, "register.db")]

    def card(self, case: str, keeper: str = CENTRE) -> tuple[str, str, str]:
        """What a keeper says of a card: home, status, reason."""
        query = select(card_registry).where(card_registry.c.certificate == self.network.card(case).fingerprint)
        row = self.look(keeper, query, "register.db")[0]
        return row.home, row.status, row.reason

    def certificates(self, code: str) -> list[MoveCertificate]:
        """What a town certified, opened as the other one does."""
        sent = [body for sender, _, path, body, _ in self.network.heard if path == CERTIFICATES and sender.endswith(code)]
        tokens = [msgspec.json.decode(body, type=CertificateNotice).certificate for body in sent]
        return [open_move(token, self.network.book.keys(code)) for token in tokens]

    def lines(self, code: str) -> list[dict[str, Any]]:
        return [msgspec.json.decode(row.entry) for row in self.look(code, select(audit.c.entry).order_by(audit.c.stream, audit.c.seq))]


@pytest.fixture(params=["sqlite"])
def storage(request: pytest.FixtureRequest) -> str:
    """Files; `both_kinds` for what is to hold on a server too."""
    return ""


@pytest.fixture
def towns(network: Any) -> Towns:
    return Towns(network)


@pytest.fixture
def mover(towns: Towns) -> Callable[..., Mover]:
    return partial(Mover, towns.network)


@pytest.fixture
def refused() -> Callable[..., Any]:
    async def problem(coming: Any) -> tuple[str, str]:
        with pytest.raises(Problem) as caught:
            await coming
        return caught.value.kind, caught.value.reason

    return problem
