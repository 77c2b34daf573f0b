"""What a copy says, as the digital seal holds it: `Facts` <-> a CBOR map with small integers for keys. Two tables decide everything.

A date is the number of days since 1970-01-01 (as RFC 8943, without its tag) where a calendar has it, else the text as it was written;
a town's code is a number, 1100 for 01100; what is empty is left out. An optional item that was not asked for is left out too, one that
was asked for and is empty is an empty text.

A household may be too large for a code that can be printed. `tiers` gives the same copy with less and less in it; from the second on,
`rest` says how many persons there are and has the SHA-256 of the whole map, by which the town can tell whether a paper is the one.

Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum
from hashlib import sha256
from typing import Any

import cbor2
import msgspec

from jukinet.messages import Extract, ForeignItems, Issuer, Person

_EPOCH = date(1970, 1, 1)
ANSWER = 16  # bytes of the digest of the home town's answer


class Kind(Enum):
    TEXT = "text"
    DATE = "date"
    SEX = "sex"
    TOWN = "town"
    NUMBER = "number"
    FLAG = "flag"
    BYTES = "bytes"


TEXT, DATE = Kind.TEXT, Kind.DATE

# Key of the map -> field, what it is. Keys are never used again for something else.
COPY = {
    1: ("number", TEXT),  # 発行番号, without page/pages
    2: ("issuer", Kind.TOWN),
    3: ("date", DATE),
    4: ("home", Kind.TOWN),
    5: ("address", TEXT),
    6: ("building", TEXT),  # 方書
    7: ("head", TEXT),  # 世帯主
    8: ("whole_household", Kind.FLAG),
    11: ("answer", Kind.BYTES),  # the first half of the SHA-256 of the home town's answer
    12: ("title", TEXT),  # 職名
    13: ("name", TEXT),
    14: ("pages", Kind.NUMBER),
}
_PERSONS, _REST = 9, 10
PERSON = {
    1: ("name", TEXT),
    2: ("kana", TEXT),
    3: ("birth", DATE),
    4: ("sex", Kind.SEX),
    5: ("relationship", TEXT),
    6: ("became_resident", DATE),
    7: ("address_since", DATE),
    8: ("notified", DATE),
    9: ("previous_address", TEXT),
    10: ("former_name", TEXT),
    11: ("former_kana", TEXT),
    12: ("latin_name", TEXT),
    13: ("alias", TEXT),
}
FOREIGN = {
    14: ("nationality", TEXT),
    15: ("status", TEXT),
    16: ("period", TEXT),
    17: ("expires", DATE),
    18: ("card_number", TEXT),
    19: ("became", DATE),
}
_NATIONALITY = 14  # there for every foreign resident, even if empty
# What tells one person from another and the head's family from others, kept as long as there is any room for persons.
CORE = frozenset({"name", "latin_name", "birth", "sex", "relationship"})
OPTIONAL = frozenset({"relationship", "head"})
SEXES = ("unknown", "male", "female")


class NotFacts(Exception):
    """No map of this kind. `str()` is the key, or "map"."""


@dataclass(frozen=True)
class Rest:
    """What stands for facts that did not fit: the number of persons, SHA-256 over the CBOR of all facts."""

    persons: int
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`Person.number` is the place on this copy; `my_number` and `resident_code` are always None. `rest` None: these are all."""

    number: str
    issuer: str  # town code
    title: str
    name: str
    date: str
    pages: int
    home: str  # town code
    address: str
    building: str
    head: str | None
    whole_household: bool
    persons: tuple[Person, ...]
    answer: bytes
    rest: Rest | None = None


def facts_of(extract: Extract, answer: bytes, issuer: Issuer, number: str, date: str, pages: int) -> Facts:
    """What the copy will say. `answer` is the SHA-256 of the home town's JWS, `date` that of issue."""
    return Facts(
        number=number,
        issuer=issuer.town,
        title=issuer.title,
        name=issuer.name,
        date=date,
        pages=pages,
        home=extract.town,
        address=extract.address,
        building=extract.building,
        head=extract.head,
        whole_household=extract.whole_household,
        persons=tuple(
            msgspec.structs.replace(person, number=at, my_number=None, resident_code=None) for at, person in enumerate(extract.persons, 1)
        ),
        answer=answer[:ANSWER],
    )


def encode(facts: Facts) -> bytes:
    """Deterministic CBOR."""
    tree = _part(facts, COPY)
    if facts.persons:
        tree[_PERSONS] = [_person(person) for person in facts.persons]
    if facts.rest is not None:
        tree[_REST] = [facts.rest.persons, facts.rest.digest]
    return cbor2.dumps(tree, canonical=True)


def tiers(facts: Facts) -> Iterator[Facts]:
    """All facts; then of each person only what tells who it is; then no persons; then neither the household."""
    yield facts
    rest = Rest(len(facts.persons), sha256(encode(facts)).digest())
    core = [{field: getattr(person, field) for field in CORE} for person in facts.persons]
    yield replace(facts, rest=rest, persons=tuple(Person(number=at, **one) for at, one in enumerate(core, 1)))
    yield replace(facts, rest=rest, persons=())
    yield replace(facts, rest=rest, persons=(), address="", building="", head=None)


def decode(data: bytes) -> Facts:
    """Raises NotFacts, also for a key or a kind of value that is not in the tables: what cannot be shown must not be passed over."""
    try:
        tree = cbor2.loads(data)
    except (ValueError, TypeError, EOFError, RecursionError, cbor2.CBORDecodeError):
        raise NotFacts("map") from None
    if not isinstance(tree, dict) or cbor2.dumps(tree, canonical=True) != data:
        raise NotFacts("map")
    persons, rest = tree.pop(_PERSONS, []), tree.pop(_REST, None)
    values = {"title": "", "name": "", "address": "", "building": "", "head": None, "pages": 1} | _values(tree, COPY)
    if not isinstance(persons, list):
        raise NotFacts(str(_PERSONS))
    try:
        facts = Facts(**values, persons=tuple(_read_person(one, at) for at, one in enumerate(persons, 1)), rest=_read_rest(rest))
    except TypeError:  # a field without which there is no copy
        raise NotFacts("map") from None
    if facts.rest is None and not facts.persons:
        raise NotFacts(str(_PERSONS))
    return facts


def _part(source: object, table: Mapping[int, tuple[str, Kind]]) -> dict[int, Any]:
    tree = {}
    for key, (field, kind) in table.items():
        value = getattr(source, field)
        if _is_there(field, value):
            tree[key] = value if kind is TEXT else _written(value, kind)
    return tree


def _is_there(field: str, value: object) -> bool:
    if field in OPTIONAL:
        return value is not None
    return value != "" and not (field == "pages" and value == 1)


def _person(person: Person) -> dict[int, Any]:
    tree = _part(person, PERSON)
    if person.foreign is not None:
        tree |= _part(person.foreign, FOREIGN)
        tree.setdefault(_NATIONALITY, "")
    return tree


def _written(value: Any, kind: Kind) -> Any:
    match kind:
        case Kind.DATE:
            return _days(value)
        case Kind.SEX:
            return SEXES.index(value)
        case Kind.TOWN:
            return int(value)
        case _:
            return value


def _days(text: str) -> int | str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return (day - _EPOCH).days if day.isoformat() == text else text


def _values(tree: Mapping[Any, Any], table: Mapping[int, tuple[str, Kind]]) -> dict[str, Any]:
    found = {}
    for key, value in tree.items():
        if type(key) is not int or key not in table:
            raise NotFacts(str(key)[:16])
        field, kind = table[key]
        found[field] = _read(value, kind, str(key))
    return found


def _read(value: Any, kind: Kind, key: str) -> Any:
    match kind, value:
        case ((Kind.TEXT | Kind.DATE), str()):
            return value
        case Kind.DATE, int() if type(value) is int:
            try:
                return (_EPOCH + timedelta(days=value)).isoformat()
            except OverflowError:
                raise NotFacts(key) from None
        case Kind.SEX, int() if type(value) is int and 0 <= value < len(SEXES):
            return SEXES[value]
        case Kind.TOWN, int() if type(value) is int and 0 <= value <= 99_999:
            return f"{value:05d}"
        case Kind.NUMBER, int() if type(value) is int and 1 <= value <= 99:
            return value
        case Kind.FLAG, bool():
            return value
        case Kind.BYTES, bytes() if len(value) == ANSWER:
            return value
        case _:
            raise NotFacts(key)


def _read_person(tree: Any, at: int) -> Person:
    if not isinstance(tree, dict):
        raise NotFacts(str(_PERSONS))
    own = _values({key: value for key, value in tree.items() if key not in FOREIGN}, PERSON)
    foreign = _values({key: value for key, value in tree.items() if key in FOREIGN}, FOREIGN)
    if foreign and "nationality" not in foreign:
        raise NotFacts(str(_NATIONALITY))
    return Person(number=at, **{"name": "", "birth": ""} | own, foreign=ForeignItems(**foreign) if foreign else None)


def _read_rest(tree: Any) -> Rest | None:
    match tree:
        case None:
            return None
        case [int() as persons, bytes() as digest] if type(persons) is int and persons > 0 and len(digest) == sha256().digest_size:
            return Rest(persons, digest)
        case _:
            raise NotFacts(str(_REST))
