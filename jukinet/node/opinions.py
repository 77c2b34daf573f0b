"""What residents think of services under discussion: counts by day, service, choice and mark. No row is one person's, and none has a time
finer than its day, a kiosk or a visit."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from jukinet.messages import OpinionAsk
from jukinet.node.storage.tables import opinions
from jukinet.node.storage.upsert import insert_into


@dataclass(frozen=True)
class Count:
    about: str
    day: str
    use: str  # messages.Use
    rating: int
    count: int


def count(connection: Connection, town: str, ask: OpinionAsk, day: date) -> None:
    """One more."""
    row = {"town": town, "about": ask.about, "day": day.isoformat(), "chosen": ask.use.value, "rating": ask.rating, "count": 1}
    statement = insert_into(connection, opinions).values(row)
    more = statement.on_conflict_do_update(index_elements=list(opinions.primary_key), set_={"count": opinions.c.count + 1})
    connection.execute(more)


def counts(connection: Connection, town: str) -> list[Count]:
    """In the order of service and day."""
    order = (opinions.c.about, opinions.c.day, opinions.c.chosen, opinions.c.rating)
    rows = connection.execute(select(*order, opinions.c.count).where(opinions.c.town == town).order_by(*order))
    return [Count(*row) for row in rows]
