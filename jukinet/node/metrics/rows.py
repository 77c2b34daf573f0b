"""What a node's figures need of its databases: few rows by key, whatever their size."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from jukinet.messages import IssueStatus
from jukinet.node.audit.log import Stream, last_frontier, within
from jukinet.node.storage.tables import confirmed, issues, outbox, witnessed

# An issue's state is settled within minutes, by staff within some days; what is older is in the log.
DAYS = 7


@dataclass(frozen=True)
class Outgoing:
    waiting: int
    dead: int


@dataclass(frozen=True)
class Rows:
    """`issues` are those of the last seven days by state; `unsettled` the ones of them that were not made today and of which nobody knows
    whether they were printed. `sizes` and `confirmed` count lines of each stream; none confirmed is 0."""

    sizes: dict[str, int]
    confirmed: dict[str, int]
    witnessed: dict[str, datetime]  # when this node confirmed others' logs last, by log
    issues: dict[str, int]
    unsettled: int
    outbox: dict[str, Outgoing]


def read_rows(connection: Connection, town: str, today: date) -> Rows:
    by_day = connection.execute(
        select(issues.c.day, issues.c.status, func.count())
        .where(issues.c.town == town, issues.c.day > (today - timedelta(days=DAYS)).isoformat())
        .group_by(issues.c.day, issues.c.status)
    ).all()
    states = {str(status): 0 for status in IssueStatus}
    unsettled = 0
    for day, status, number in by_day:
        states[status] += number
        if status in (IssueStatus.ISSUED, IssueStatus.UNKNOWN) and day != today.isoformat():
            unsettled += number
    waiting = connection.execute(
        select(outbox.c.destination, func.count(), func.sum(outbox.c.dead)).where(outbox.c.town == town).group_by(outbox.c.destination)
    ).all()
    others = connection.execute(select(witnessed.c.origin, witnessed.c.at).where(witnessed.c.town == town)).all()
    return Rows(
        sizes={stream: last_frontier(connection, town, stream).size for stream in Stream},
        confirmed={stream: _confirmed(connection, town, stream) for stream in Stream},
        witnessed={row.origin: datetime.fromisoformat(row.at) for row in others},
        issues=states,
        unsettled=unsettled,
        outbox={code: Outgoing(number - int(dead), int(dead)) for code, number, dead in waiting},
    )


def _confirmed(connection: Connection, town: str, stream: Stream) -> int:
    return connection.execute(select(confirmed.c.size).where(*within(confirmed, town, stream))).scalar_one_or_none() or 0
