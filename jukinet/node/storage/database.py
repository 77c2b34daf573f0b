"""What a kind of database must bring so that the rest need not know which it is. Two exist: `sqlite.py` and `postgresql.py`."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError


def keep_first_words(error: BaseException) -> str | None:
    """Takes from a PostgreSQL error all but the first part of what the server said, and returns that: the detail after it quotes the row
    ("Key (town, name)=(…) already exists"). SQLite's errors quote none."""
    said: str | None = getattr(getattr(error, "diag", None), "message_primary", None)
    if said is not None:
        error.args = (said,)
    return said


class Database(Protocol):
    @property
    def at_hand(self) -> bool:
        """A look-up by key is a matter of microseconds, like one in memory."""

    def reader(self) -> Engine:
        """Each transaction sees one state of the data from its first statement to its last, and can change nothing."""

    def writer(self) -> Engine:
        """A commit that returned survives a power cut. Transactions are serializable."""

    def alone(self, connection: Connection) -> AbstractContextManager[None]:
        """Around a write transaction, begun inside: no other program writes this node's rows meanwhile."""

    def check(self, connection: Connection) -> str:
        """What is wrong: a disk that is not told the truth. Nothing if nothing is."""

    def is_as_closed(self) -> bool:
        """Before anything is written: it was left in order, and nobody has touched it since."""

    def read_through(self) -> str:
        """What is damaged; nothing if nothing is. Takes as long as the disk does; in any thread, while others read and write."""

    def closed(self) -> None:
        """All of ours let go of it, in order."""

    def is_conflict(self, error: DBAPIError) -> bool:
        """The transaction ran into another one and left nothing behind: to be done again."""
