"""What prefecture and centre hold of a town's residents: the newest word on each, the words before it, and by what they are found.

Closed tables: the six items of art. 30-6 and nothing else, with 個人番号 and 振り仮名 in a table of their own where the settings want
today's set. Towns' words never mix: each town's newest stands beside the others', and only the look-up decides which counts (`verdict`).
So the copy does not depend on the order in which two towns' notices come, and equals the towns' own after any partition.

All functions run inside a job of the register's store.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, select

from jukinet.node.agencies.likeness import key_of_code, key_of_four
from jukinet.node.storage.tables import former_identities, identities, identities_today, identity_keys
from jukinet.node.storage.upsert import insert_into, upsert
from jukinet.node_messages import Identity

CHUNK = 1000  # identities at a time, where a whole copy is gone through

_ITEMS = ("name", "birth", "sex", "address", "change", "changed")
_KNOWN = select(identities).where(
    identities.c.town == bindparam("home"), identities.c.resident_code.in_(bindparam("codes", expanding=True))
)
Row = Mapping[str, Any]


def take(connection: Connection, keeper: str, town: str, told: Sequence[Identity]) -> None:
    """Takes in what a town tells, in its order. The same again changes nothing. `keeper` is the code of the node that keeps them."""
    codes = [each.resident_code for each in told]
    known = connection.execute(_KNOWN, {"home": town, "codes": codes}).mappings()
    now: dict[str, Row] = {row["resident_code"]: dict(row) for row in known}
    last = {each.resident_code: _row(town, each) for each in told}
    former = []
    for each in told:
        row, before = _row(town, each), now.get(each.resident_code)
        if before is not None and not _same(before, row) and not _same(before, last[each.resident_code]):
            former.append({**before, "version": _version(before), "until": row["changed"]})
        now[each.resident_code] = row
    if last:
        connection.execute(upsert(connection, identities), list(last.values()))
        _enter_keys(connection, keeper, (_row(town, each) for each in told))
    if former:
        connection.execute(insert_into(connection, former_identities).on_conflict_do_nothing(), former)
    if today := {each.resident_code: _today(town, each) for each in told if each.my_number is not None or each.kana is not None}:
        connection.execute(upsert(connection, identities_today), list(today.values()))


def list_anew(connection: Connection, keeper: str) -> None:
    """Makes the list by which identities are found, of a copy that was taken in before there was one."""
    some = connection.execute(select(identity_keys.c.key).where(identity_keys.c.town == keeper).limit(1)).first()
    if some is not None:
        return
    town, code = "", ""
    while rows := _after(connection, town, code):
        _enter_keys(connection, keeper, rows)
        town, code = rows[-1]["town"], rows[-1]["resident_code"]


def keys_of(row: Row) -> tuple[bytes, bytes]:
    return key_of_code(row["resident_code"]), key_of_four(row["name"], row["birth"], row["sex"], row["address"])


def _enter_keys(connection: Connection, keeper: str, rows: Iterable[Row]) -> None:
    keys = {(key, row["town"], row["resident_code"]) for row in rows for key in keys_of(row)}
    values = [{"town": keeper, "key": key, "home": home, "resident_code": code} for key, home, code in sorted(keys)]
    if values:
        connection.execute(insert_into(connection, identity_keys).on_conflict_do_nothing(), values)


def _after(connection: Connection, town: str, code: str) -> list[Row]:
    """The rest of that town, or the beginning of the next one that has any."""
    here = (identities.c.town == town, identities.c.resident_code > code)
    rest = select(identities).where(*here).order_by(identities.c.resident_code)
    beyond = select(identities).where(identities.c.town >= town + "\x01").order_by(identities.c.town, identities.c.resident_code)
    for query in (rest, beyond):
        rows: list[Row] = [dict(row) for row in connection.execute(query.limit(CHUNK)).mappings()]
        if rows:
            return rows
    return []


def _row(town: str, each: Identity) -> dict[str, Any]:
    return {"town": town, "resident_code": each.resident_code} | {name: str(getattr(each, name)) for name in _ITEMS}


def _today(town: str, each: Identity) -> dict[str, Any]:
    return {"town": town, "resident_code": each.resident_code, "my_number": each.my_number or "", "kana": each.kana or ""}


def _same(one: Row, other: Row) -> bool:
    return all(one[name] == other[name] for name in _ITEMS)


def _version(row: Row) -> bytes:
    return sha256("\n".join(row[name] for name in _ITEMS).encode()).digest()
