"""How long identities and what was told of them are kept, and which items are. Towns keep what they notified for 150 years after the next
word or the removal (Order on the Act, standard specification); of what was told, prefectures answer for five to seven years back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, select

from jukinet.node.agencies.copy import Row, keys_of
from jukinet.node.storage.tables import former_identities, identities, identities_today, identity_keys
from jukinet.node_messages import Change

AT_ONCE = 500  # rows a commit


@dataclass(frozen=True)
class Keeping:
    """`today`: 個人番号 and 振り仮名 are told and kept, too; without it the six items. `embargo_days`: after so many, people are shown what
    was told of them under an embargo."""

    today: bool = False
    identities_years: int = 150
    provisions_days: int = 7 * 366
    embargo_days: int = 7 * 366  # as long as it is kept: never, until a keeper sets what the law allows


KEEP = Keeping()


def forget_identities(connection: Connection, keeper: str, keeping: Keeping, now: datetime) -> int:
    """Former words whose successor is older than that, then people whose removal is. At most AT_ONCE; how many. Days on no calendar stay.

    Inside a job of the register's store."""
    limit = f"{now.year - keeping.identities_years:04d}-{now:%m-%d}"
    first = keeper if keeper.isdigit() else ""  # the centre keeps everybody's
    old = select(former_identities).where(
        former_identities.c.town >= first,
        former_identities.c.town <= first + "~",
        former_identities.c.until >= "0",
        former_identities.c.until < limit,
    )
    if former := _rows(connection, old.limit(AT_ONCE)):
        for row in former:
            _drop(connection, former_identities, row, former_identities.c.version == row["version"])
            _unlist(connection, keeper, [row])
        return len(former)
    gone = select(identities).where(
        identities.c.town >= first,
        identities.c.town <= first + "~",
        identities.c.change.in_([str(Change.REMOVED), str(Change.DECEASED)]),
        identities.c.changed >= "0",
        identities.c.changed < limit,
    )
    rows = _rows(connection, gone.limit(AT_ONCE))
    for row in rows:
        all_words = [row, *_former(connection, row)]
        for table in (identities, identities_today, former_identities):
            _drop(connection, table, row)
        _unlist(connection, keeper, all_words)
    return len(rows)


def _drop(connection: Connection, table: Table, row: Row, *more: ColumnElement[bool]) -> None:
    connection.execute(delete(table).where(table.c.town == row["town"], table.c.resident_code == row["resident_code"], *more))


def _rows(connection: Connection, query: Select[Any]) -> list[Row]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _former(connection: Connection, row: Row) -> list[Row]:
    here = (former_identities.c.town == row["town"], former_identities.c.resident_code == row["resident_code"])
    return _rows(connection, select(former_identities).where(*here))


def _unlist(connection: Connection, keeper: str, dropped: Sequence[Row]) -> None:
    """Of one person: is no longer found by what no word says any more."""
    row = dropped[0]
    here = (identities.c.town == row["town"], identities.c.resident_code == row["resident_code"])
    left = [*_rows(connection, select(identities).where(*here)), *_former(connection, row)]
    keys = {key for each in dropped for key in keys_of(each)} - {key for each in left for key in keys_of(each)}
    for key in keys:
        connection.execute(
            delete(identity_keys).where(
                identity_keys.c.town == keeper,
                identity_keys.c.key == key,
                identity_keys.c.home == row["town"],
                identity_keys.c.resident_code == row["resident_code"],
            )
        )
