"""Looks for persons in the node's copy, inside a reading job of the register: three statements, however many are asked for at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from jukinet.agency_messages import Grant, IdentityItem, Sought
from jukinet.node.agencies.likeness import key_of_code, key_of_four
from jukinet.node.agencies.verdict import Judged, Row, judge
from jukinet.node.storage.tables import identities, identities_today, identity_keys

# Built once: putting a statement together takes longer than asking it.
_KEEPER = identity_keys.c.town == bindparam("keeper")
_KEYS = identity_keys.c.key.in_(bindparam("keys", expanding=True))
_CODES = select(identity_keys.c.key, identity_keys.c.resident_code).where(_KEEPER, _KEYS)
_WORDS = select(identities).join_from(
    identity_keys,
    identities,
    (identities.c.town == identity_keys.c.home) & (identities.c.resident_code == identity_keys.c.resident_code),
)
_FOUND = _WORDS.where(_KEEPER, _KEYS)
_TODAY = (
    select(identities_today)
    .join_from(
        identity_keys,
        identities_today,
        (identities_today.c.town == identity_keys.c.home) & (identities_today.c.resident_code == identity_keys.c.resident_code),
    )
    .where(_KEEPER, _KEYS)
)
_SINCE_2015 = {IdentityItem.MY_NUMBER, IdentityItem.KANA}


def find(connection: Connection, keeper: str, sought: Sequence[Sought], grant: Grant) -> list[Judged]:
    """One for each that is sought, in order."""
    keys = [_key_of(each) for each in sought]
    by_four = _codes(connection, keeper, [key for key in keys if key is not None])
    codes = {code for found in by_four.values() for code in found} | {each.resident_code for each in sought if each.resident_code}
    rows = _rows(connection, keeper, codes, bool(_SINCE_2015 & set(grant.items)))
    return [judge(each, by_four.get(key, ()) if key else (), rows, grant) for each, key in zip(sought, keys, strict=True)]


def _key_of(sought: Sought) -> bytes | None:
    four = sought.four
    return None if four is None else key_of_four(four.name, four.birth, four.sex, four.address)


def _codes(connection: Connection, keeper: str, keys: Sequence[bytes]) -> dict[bytes, set[str]]:
    found: dict[bytes, set[str]] = defaultdict(set)
    if keys:
        for row in connection.execute(_CODES, {"keeper": keeper, "keys": keys}):
            found[bytes(row.key)].add(row.resident_code)
    return found


def _rows(connection: Connection, keeper: str, codes: Collection[str], today: bool) -> Mapping[str, list[Row]]:
    """All towns' words on each of these people."""
    found: dict[str, list[Row]] = defaultdict(list)
    if not codes:
        return found
    named = {"keeper": keeper, "keys": [key_of_code(code) for code in codes]}
    more: dict[tuple[str, str], dict[str, Any]] = {}
    if today:
        more = {(row["town"], row["resident_code"]): dict(row) for row in connection.execute(_TODAY, named).mappings()}
    for row in connection.execute(_FOUND, named).mappings():
        known = dict(row)
        found[row["resident_code"]].append(known | more.get((row["town"], row["resident_code"]), {}) if more else known)
    return found
