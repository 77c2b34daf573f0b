"""A node's place among those that watch over each other's logs: confirms when asked, asks in each round, and lets old lines go."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from jukinet.errors import Kind, Problem
from jukinet.node.asker import Asker
from jukinet.node.audit.log import AuditLog, Stream
from jukinet.node.audit.prover import Prover
from jukinet.node.audit.retention import Retention, trim
from jukinet.node.audit.witness import Confirmations, Witness, witnesses_of
from jukinet.node.directory import DirectoryBook
from jukinet.node.storage.open import Store
from jukinet.node_messages import WitnessAsk, Witnessed
from jukinet.notes import LogKey


@dataclass(frozen=True)
class Watching:
    town: str
    key: LogKey
    log: AuditLog
    store: Store
    asker: Asker
    book: DirectoryBook
    retention: Retention
    clock: Callable[[], datetime]

    @property
    def prover(self) -> Prover:
        return Prover(self.town, self.key, self.log, self.store)

    async def confirm(self, code: str, ask: WitnessAsk) -> Witnessed:
        """For the node of `code`. Raises Problem(PROOF): its checkpoint is not signed with its key in the directory."""
        author = self.book.log_key(code)
        if author is None:
            raise Problem(Kind.PROOF, "key")
        witness = Witness(self.town, self.key, self.log, self.clock)
        return await self.store.write(partial(witness.confirm, ask=ask, author=author, code=code))

    async def round(self) -> None:
        """Raises Problem: a witness that does not answer, or BUSY; the next round does it."""
        for stream in Stream:
            days = self.retention.days(stream)
            await self.store.write(partial(trim, log=self.log, stream=stream, keep_days=days, now=self.clock()))
        witnesses = [code for code in witnesses_of(self.town, self.book.directory) if self.book.log_key(code) is not None]
        await Confirmations(self.town, self.key, self.log, self.store, self.asker).round(witnesses)
