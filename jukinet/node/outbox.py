"""Notices to other nodes that must arrive though nobody waits for them: written with the deed, sent until taken, in order.

A row is written in the transaction of the deed that it tells of. One sender a destination sends the oldest, together with those of its
kind that wait behind it where the receiver takes several at once, waits for the receipt, drops them and goes on. What fails for a time is
tried again with growing pauses; of several that are refused each is sent by itself; what is refused for good by itself is tried a few
times more and then put aside as dead with a line in the log, so that one bad notice does not hold up all others. The receiver drops what
it has already, by sender and number: a notice counts once though it may come twice.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile

import msgspec
from sqlalchemy import BindParameter, Connection, Executable, bindparam, delete, func, insert, select, update

from jukinet.errors import Kind, Problem, Remedy
from jukinet.messages import UNREADABLE, VERSION
from jukinet.node.asker import Asker
from jukinet.node.audit.log import AuditLog
from jukinet.node.storage.open import Store
from jukinet.node.storage.prepared import Prepared, Row
from jukinet.node.storage.tables import counters, outbox
from jukinet.node.storage.upsert import insert_for, upsert_for
from jukinet.node_messages import Receipt

SECONDS = 10.0  # for one notice to be taken in
# Where several notices of a kind may go at once, and how many: what it costs to send one is the question, not the notice.
BATCHES = {"/v1/notices/issues": "/v1/notices/issues/batches"}
MOST = 100
MOST_REFUSALS = 5  # final refusals before a notice is put aside


@dataclass(frozen=True)
class Pauses:
    """Seconds. Each failure doubles the pause; half of it is chance, so that senders do not knock in step when a node comes back."""

    first: float = 0.5
    most: float = 60.0

    def after(self, failures: int, chance: float) -> float:
        return float(min(self.most, self.first * 2 ** min(failures - 1, 16)) * (0.5 + chance / 2))


_TOWN: BindParameter[str] = bindparam("town")
_COUNT = Prepared(select(counters.c.value).where(counters.c.town == _TOWN, counters.c.name == bindparam("name")))
_SET = Prepared(lambda kind: upsert_for(kind, counters))
_OLDEST = Prepared(
    select(outbox.c.id, outbox.c.path, outbox.c.number, outbox.c.body, outbox.c.refused)
    .where(outbox.c.town == _TOWN, outbox.c.destination == bindparam("destination"), outbox.c.dead == 0)
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
_NEXT = func.coalesce(func.max(outbox.c.id), 0) + 1
_GIVEN = [bindparam(name, type_=outbox.c[name].type) for name in ("destination", "path", "number", "body", "refused", "dead")]
_ADD = Prepared(
    insert(outbox).from_select(
        ["town", "id", *(each.key for each in _GIVEN)],
        select(bindparam("town", type_=outbox.c.town.type), _NEXT, *_GIVEN).where(outbox.c.town == _TOWN),
    )
)
_TAKEN = Prepared(delete(outbox).where(outbox.c.town == _TOWN, outbox.c.id == bindparam("id")))


def count(connection: Connection, town: str, name: str) -> int:
    """The counter's value, 0 if it never counted."""
    value: int | None = _COUNT.value(connection, town=town, name=name)
    return 0 if value is None else value


def set_count(connection: Connection, town: str, name: str, value: int) -> None:
    _SET.do(connection, town=town, name=name, value=value)


def count_up(connection: Connection, town: str, name: str) -> int:
    """One more than before, from 1 on."""
    return int(_ONE_MORE.value(connection, town=town, name=name, value=1))


def _one_more(kind: str) -> Executable:
    first = insert_for(kind, counters)
    more = first.on_conflict_do_update(index_elements=list(counters.primary_key), set_={"value": counters.c.value + 1})
    return more.returning(counters.c.value)


_ONE_MORE = Prepared(_one_more)


@dataclass
class _Sender:
    more: asyncio.Event = field(default_factory=asyncio.Event)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    since: float | None = None  # loop time from when on its oldest notice has waited; None: nothing waits
    task: "asyncio.Task[None] | None" = None


class Outbox:
    """`chance` gives numbers from 0 to 1. `start`, `wake`, `drained` and `stop` belong to the event loop, `add` into a job of the store."""

    def __init__(self, town: str, store: Store, asker: Asker, log: AuditLog, chance: Callable[[], float], pauses: Pauses) -> None:
        self._town, self._store, self._asker, self._log = town, store, asker, log
        self._chance, self._pauses = chance, pauses
        self._senders: dict[str, _Sender] = {}

    def add(self, connection: Connection, destination: str, path: str, make: Callable[[int], msgspec.Struct]) -> int:
        """Writes the notice that `make(number)` gives. Its number counts by destination and path, without gaps."""
        number = count_up(connection, self._town, f"out {destination} {path}")
        body = msgspec.json.encode(make(number))
        _ADD.do(connection, town=self._town, destination=destination, path=path, number=number, body=body, refused=0, dead=0)
        return number

    def is_new(self, connection: Connection, sender: str, path: str, number: int) -> bool:
        """At the receiver: False for a notice that was taken in before. True counts it as taken, with the deed it stands in."""
        name = f"in {sender} {path}"
        if number <= count(connection, self._town, name):
            return False
        set_count(connection, self._town, name, number)
        return True

    def received(self, connection: Connection, sender: str, path: str) -> int:
        """The highest number taken in."""
        return count(connection, self._town, f"in {sender} {path}")

    async def start(self) -> None:
        """Goes on with what a former run left."""
        for destination in await self._store.read(self._destinations):
            self.wake(destination)

    def wake(self, destination: str) -> None:
        """There is something new for it."""
        sender = self._senders.setdefault(destination, _Sender())
        sender.idle.clear()
        sender.more.set()
        if sender.task is None or sender.task.done():
            # A context of its own: the sender outlives the question that woke it, with its deadline and its name.
            sender.task = asyncio.get_running_loop().create_task(self._send(destination, sender), context=Context())

    async def drained(self) -> None:
        """Returns once everything that was written so far is taken or put aside."""
        for sender in tuple(self._senders.values()):
            await sender.idle.wait()

    def waits(self) -> dict[str, float]:
        """Seconds for which each destination's oldest notice has waited since this node saw that it was the oldest."""
        now = asyncio.get_running_loop().time()
        return {code: now - sender.since for code, sender in self._senders.items() if sender.since is not None}

    async def stop(self) -> None:
        tasks = [sender.task for sender in self._senders.values() if sender.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _send(self, destination: str, sender: _Sender) -> None:
        failures, oldest = 0, 0
        alone = 0  # notices to be sent one by one, since one of them was refused
        while True:
            sender.more.clear()
            rows = await self._store.look(partial(self._oldest, destination, 1 if alone else MOST))
            if not rows:
                sender.since = None
                if not sender.more.is_set():
                    sender.idle.set()
                await sender.more.wait()
                continue
            first = rows[0]
            if first.id != oldest:
                oldest, sender.since = first.id, asyncio.get_running_loop().time()
            try:
                receipt = _receipt(await self._asker.ask(destination, *_question(rows), SECONDS))
                if receipt.number < rows[-1].number:
                    raise Problem(Kind.INTERNAL, "receipt")
                await self._store.write(partial(self._drop, rows))
                failures, alone = 0, max(0, alone - 1)
            except Problem as problem:
                if problem.remedy is not Remedy.RETRY_AFTER:
                    if len(rows) > 1:
                        alone = len(rows)
                        continue
                    with suppress(Problem):  # BUSY: it will be refused again
                        await self._store.write(partial(self._refused, first, destination, problem))
                failures += 1
                await asyncio.sleep(self._pauses.after(failures, self._chance()))

    def _destinations(self, connection: Connection) -> list[str]:
        return list(connection.execute(select(outbox.c.destination).distinct().where(outbox.c.town == self._town)).scalars())

    def _oldest(self, destination: str, most: int, connection: Connection) -> list[Row]:
        """At most `most`, all of one kind, and one only where the kind goes one by one."""
        rows = _OLDEST.all(connection, town=self._town, destination=destination, most=most)
        if rows and rows[0].path not in BATCHES:
            return rows[:1]
        return list(takewhile(lambda row: row.path == rows[0].path, rows))

    def _drop(self, rows: Sequence[Row], connection: Connection) -> None:
        _TAKEN.do_all(connection, [{"town": self._town, "id": row.id} for row in rows])

    def _refused(self, row: Row, destination: str, problem: Problem, connection: Connection) -> None:
        refused = row.refused + 1
        dead = refused >= MOST_REFUSALS
        here = (outbox.c.town == self._town, outbox.c.id == row.id)
        connection.execute(update(outbox).where(*here).values(refused=refused, dead=int(dead)))
        if dead:
            words = {"destination": destination, "path": row.path, "problem": str(problem.kind)}
            self._log.append(connection, "node_notice_dead", number=row.number, **words)


def _question(rows: Sequence[Row]) -> tuple[str, bytes]:
    """Path and body."""
    if len(rows) == 1:
        return rows[0].path, rows[0].body
    return BATCHES[rows[0].path], msgspec.json.encode({"v": VERSION, "notices": [msgspec.Raw(row.body) for row in rows]})


def _receipt(answer: bytes) -> Receipt:
    try:
        return msgspec.json.decode(answer, type=Receipt)
    except UNREADABLE:
        raise Problem(Kind.INTERNAL, "receipt") from None
