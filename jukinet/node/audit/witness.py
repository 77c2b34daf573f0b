"""Nodes watch over each other's logs: a checkpoint is confirmed only after a proof that nothing was rewritten since the last one.

A node that shows one history to the auditor and another to the kiosk must do so to its witness as well, and is found out: its town's
prefecture confirms a municipality's checkpoints, the centre a prefecture's, and a municipality its prefecture's.

`Witness` is the side that confirms, `Confirmations` the side that asks, a round each minute.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select

from jukinet.errors import Kind, Problem
from jukinet.messages import UNREADABLE
from jukinet.node.asker import Asker
from jukinet.node.audit.log import AuditLog, Stream, instant, within
from jukinet.node.audit.reading import growth
from jukinet.node.storage.open import Store
from jukinet.node.storage.prepared import Prepared
from jukinet.node.storage.tables import confirmed, witnessed
from jukinet.node_messages import Directory, WitnessAsk, Witnessed
from jukinet.notes import Checkpoint, LogKey, Verifier, WrongNote, log_origin, log_owner
from jukinet.tree import Frontier, is_consistent

_CONFIRMED = Prepared(select(confirmed.c.note).where(confirmed.c.town == bindparam("town"), confirmed.c.stream == bindparam("stream")))

PATH = "/v1/witness"
SECONDS = 5.0
CENTRE = "centre"


def witnesses_of(code: str, directory: Directory) -> Sequence[str]:
    """Who confirms the logs of `code`: at least one node above or beside it where there is one."""
    towns = {town.code: town.prefecture for town in directory.towns}
    if code in towns:
        return [towns[code]]
    if code == CENTRE:
        return [prefecture.code for prefecture in directory.prefectures[:1]]
    return [CENTRE, *[town for town, prefecture in towns.items() if prefecture == code][:1]]


@dataclass(frozen=True)
class Witness:
    """`town` is this node's own code, in whose name it confirms."""

    town: str
    key: LogKey
    log: AuditLog
    clock: Callable[[], datetime]

    def confirm(self, connection: Connection, ask: WitnessAsk, author: Verifier, code: str) -> Witnessed:
        """Runs in a job. Without cosignature: the proof must begin at `size`, which is how far this witness has come.

        `split`: another history than the one confirmed before; that is a line in this node's own log as well. Raises Problem(PROOF): the
        checkpoint is not `author`'s.
        """
        checkpoint = self._checkpoint(ask, author, code)
        known = self._known(connection, checkpoint.origin)
        if ask.old != known.size:
            return Witnessed(size=known.size)
        if not is_consistent(known.size, known.root, checkpoint.size, checkpoint.root, ask.path):
            self.log.append(connection, "node_split_view", log=checkpoint.origin, said_by=log_owner(self.town), size=checkpoint.size)
            return Witnessed(size=known.size, split=True)
        now = self.clock()
        values = {"size": checkpoint.size, "root": checkpoint.root, "at": instant(now)}
        connection.execute(delete(witnessed).where(witnessed.c.town == self.town, witnessed.c.origin == checkpoint.origin))
        connection.execute(insert(witnessed).values(town=self.town, origin=checkpoint.origin, **values))
        return Witnessed(size=checkpoint.size, cosignature=self.key.cosign(checkpoint, int(now.timestamp())))

    def _checkpoint(self, ask: WitnessAsk, author: Verifier, code: str) -> Checkpoint:
        for stream in Stream:
            try:
                return author.checkpoint(ask.checkpoint, log_origin(code, stream))
            except WrongNote as wrong:
                if str(wrong) != "origin":
                    raise Problem(Kind.PROOF, "checkpoint") from None
        raise Problem(Kind.PROOF, "checkpoint")

    def _known(self, connection: Connection, name: str) -> Checkpoint:
        """How far this witness has come: a log it never saw is empty to it."""
        row = connection.execute(
            select(witnessed.c.size, witnessed.c.root).where(witnessed.c.town == self.town, witnessed.c.origin == name)
        ).first()
        return Checkpoint(name, 0, Frontier().root) if row is None else Checkpoint(name, row.size, row.root)


@dataclass(frozen=True)
class Confirmations:
    """A node's own streams before their witnesses."""

    town: str
    key: LogKey
    log: AuditLog
    store: Store
    asker: Asker

    async def round(self, witnesses: Sequence[str]) -> None:
        """Raises Problem: a witness that cannot be reached, after the others have been asked; the next round asks again."""
        gone: Problem | None = None
        for witness in witnesses:
            try:
                for stream in Stream:
                    await self._ask(witness, stream)
            except Problem as problem:
                gone = problem
        if gone is not None:
            raise gone

    async def _ask(self, witness: str, stream: Stream) -> None:
        old = 0
        for _ in range(2):  # the second time with a proof from where the witness stands
            try:
                checkpoint, path = await self.store.read(partial(growth, town=self.town, stream=stream, old=old))
            except IndexError:  # the witness has seen more lines than there are
                await self._note_split(witness, stream, old)
                return
            note = self.key.sign(checkpoint)
            body = msgspec.json.encode(WitnessAsk(checkpoint=note, old=old, path=path))
            answer = _read(await self.asker.ask(witness, PATH, body, SECONDS))
            if answer.split:
                await self._note_split(witness, stream, answer.size)
                return
            if answer.cosignature:
                await self.store.write(partial(self._keep, stream=stream, size=checkpoint.size, note=note + answer.cosignature))
                return
            old = answer.size

    async def _note_split(self, witness: str, stream: Stream, size: int) -> None:
        name, said_by = log_origin(self.town, stream), log_owner(witness)
        await self.store.write(lambda connection: self.log.append(connection, "node_split_view", log=name, said_by=said_by, size=size))

    def _keep(self, connection: Connection, stream: Stream, size: int, note: str) -> None:
        connection.execute(delete(confirmed).where(*within(confirmed, self.town, stream)))
        connection.execute(insert(confirmed).values(town=self.town, stream=stream, size=size, note=note))


def _read(answer: bytes) -> Witnessed:
    try:
        return msgspec.json.decode(answer, type=Witnessed)
    except UNREADABLE:
        raise Problem(Kind.UNREACHABLE, "broken") from None


def confirmed_note(connection: Connection, town: str, stream: Stream) -> str | None:
    """The newest checkpoint that a witness has confirmed, with its signature."""
    note: str | None = _CONFIRMED.value(connection, town=town, stream=str(stream))
    return note
