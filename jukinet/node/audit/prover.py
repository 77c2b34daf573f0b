"""What goes out with answers so that others can hold a node to its log: a line's own proof, and the growth since a kiosk last looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Connection

from jukinet.messages import Growth, Logged
from jukinet.node.audit.log import AuditLog, Line, Stream
from jukinet.node.audit.reading import growth, note_of, recent_proof, root_at, stored_proof, stored_proofs
from jukinet.node.audit.witness import confirmed_note
from jukinet.node.storage.open import Store
from jukinet.notes import LogKey, WrongNote, log_origin


@dataclass(frozen=True)
class Prover:
    town: str
    key: LogKey
    log: AuditLog
    store: Store

    async def line(self, line: Line) -> Logged:
        """For a line whose commit is done."""
        found = recent_proof(self.log, line, self.key)
        if found is None:
            found = await self.store.look(partial(stored_proof, town=self.town, line=line, key=self.key))
        return found

    async def lines(self, lines: Sequence[int]) -> dict[int, Logged]:
        """For lines of the exchanges of any age, by their place; those whose time is over are not among them."""
        return await self.store.read(partial(stored_proofs, town=self.town, lines=lines, key=self.key))

    async def since(self, seen: str) -> Growth | None:
        """The growth of the exchanges since the checkpoint that a kiosk brings back, if that was signed with this key.

        None: it is of another history, which is a line in the log.
        """
        try:
            old = self.key.public.checkpoint(seen, log_origin(self.town, Stream.EXCHANGES))
        except WrongNote:
            old = None
        size = 0 if old is None else old.size
        found = await self.store.look(partial(self._growth, size=size))
        if old is not None and (found is None or found[1] != old.root):
            name = log_origin(self.town, Stream.EXCHANGES)
            await self.store.write(lambda connection: self.log.append(connection, "node_split_view", log=name, said_by="kiosk", size=size))
            return None
        return None if found is None else found[0]

    def _growth(self, connection: Connection, size: int) -> tuple[Growth, bytes] | None:
        """With the root that the log had at `size`; None if it never was that long."""
        try:
            checkpoint, path = growth(connection, self.town, Stream.EXCHANGES, size)
        except IndexError:
            return None
        note = confirmed_note(connection, self.town, Stream.EXCHANGES)
        if note is None or not note.startswith(checkpoint.text):
            note = note_of(self.key, checkpoint)
        return Growth(checkpoint=note, path=path), root_at(connection, self.town, Stream.EXCHANGES, size)
