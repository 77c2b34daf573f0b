"""When a line's time is over its text goes and its hash stays: the tree above it, and every proof of later lines, hold as before.

Which lines may be empty is itself written down, in the stream of operations, so that nobody can empty others unseen.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from jukinet.node.audit.log import AuditLog, Stream, instant, within
from jukinet.node.audit.reading import TRIMMED, trimmed_to
from jukinet.node.storage.tables import audit, looks

AT_ONCE = 10_000  # lines a commit, so that nobody waits long behind it


@dataclass(frozen=True)
class Retention:
    """How long each stream's lines are kept, in days; towns set their own."""

    exchanges: int = 7 * 366  # 提供記録: seven years
    operations: int = 7 * 366

    def days(self, stream: Stream) -> int:
        return self.exchanges if stream is Stream.EXCHANGES else self.operations


KEEP = Retention()


def trim(connection: Connection, log: AuditLog, stream: Stream, keep_days: int, now: datetime) -> int:
    """Empties the lines that are older, the oldest first, and writes down that it did. How many; 0 when there are none."""
    first, limit = trimmed_to(connection, log.town, stream), instant(now - timedelta(days=keep_days))
    rows = connection.execute(
        select(audit.c.seq, audit.c.entry)
        .where(*within(audit, log.town, stream), audit.c.seq >= first)
        .order_by(audit.c.seq)
        .limit(AT_ONCE)
    ).all()
    end, kept = first, []
    for row in rows:
        line = json.loads(row.entry)
        if line["at"] >= limit:
            break
        end = row.seq + 1
        if line["kind"] == TRIMMED:  # they say which others may be empty
            kept.append(row.seq)
    if end == first:
        return 0
    connection.execute(
        update(audit)
        .where(*within(audit, log.town, stream), audit.c.seq >= first, audit.c.seq < end, audit.c.seq.not_in(kept))
        .values(entry=b"")
    )
    if stream is Stream.EXCHANGES:
        connection.execute(delete(looks).where(looks.c.town == log.town, looks.c.line < end))
    log.append(connection, TRIMMED, stream=str(stream), size=end)
    return end - first
