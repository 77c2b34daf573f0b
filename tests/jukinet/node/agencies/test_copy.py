"""Prefecture and centre hold the six items and no more, and of each town what the town itself last said, whatever the lines did."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, delete, event, func, select
from sqlalchemy.pool import StaticPool

from jukinet.agency_messages import Verdict
from jukinet.errors import Kind, Problem
from jukinet.node.agencies.copy import keys_of, list_anew, take
from jukinet.node.agencies.finding import find
from jukinet.node.agencies.keeping import Keeping
from jukinet.node.identity import identity_of
from jukinet.node.register import change, everybody
from jukinet.node.resident import Standing
from jukinet.node.storage.open import File, open_store
from jukinet.node.storage.tables import REGISTER, card_registry, former_identities, identities, identities_today, identity_keys
from jukinet.node_messages import Identity, IdentityNotice
from tests.jukinet.node.agencies.office import CENTRE, HERE, HOME, PREFECTURE, SHIPPED, Office, four, identity

SIX = ("resident_code", "name", "birth", "sex", "address", "change", "changed")  # the last two are 変更情報
TODAY = (*SIX, "my_number", "kana")


@pytest.fixture
def copy() -> Iterator[Connection]:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    REGISTER.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def words(connection: Connection, town: str) -> dict[str, tuple[str, ...]]:
    rows = connection.execute(select(identities).where(identities.c.town == town)).mappings()
    return {row["resident_code"]: tuple(row[name] for name in SIX) for row in rows}


def as_told(each: Identity) -> tuple[str, ...]:
    return tuple(str(getattr(each, name)) for name in SIX)


# -- the six items and no more ----------------------------------------------------------------------------------------


@given(st.text(min_size=1).filter(lambda name: name not in TODAY), st.text() | st.integers() | st.none())
def test_an_item_more_is_refused_at_the_edge(name: str, value: Any) -> None:
    said = msgspec.to_builtins(identity()) | {name: value}
    with pytest.raises(msgspec.ValidationError, match="unknown field"):
        msgspec.json.decode(msgspec.json.encode({"number": 1, "town": HOME, "identities": [said]}), type=IdentityNotice)


@pytest.mark.parametrize("item", ["my_number", "kana"])
def test_items_of_today_are_refused_where_the_six_are_set(office: Office, item: str) -> None:
    told = msgspec.structs.replace(identity(), **{item: "123456789018"})
    with pytest.raises(Problem) as caught:
        office.network.run(lambda _: office.tell(HOME, told))
    assert (caught.value.kind, caught.value.reason) == (Kind.MALFORMED, "items")


def dumped(office: Office, code: str) -> set[str]:
    """Every text in the register of a keeper, whatever table and column it is in; cards are another list, and name nobody."""
    store = open_store(office.network.file(code, "register.db"), File.REGISTER)
    texts: set[str] = set()
    for table in REGISTER.sorted_tables:
        if table is not card_registry:
            rows = store.read_now(lambda connection, table=table: connection.execute(select(table)).all())
            texts |= {str(value) for row in rows for value in row if not isinstance(value, bytes)}
    store.close()
    return texts


def all_that_was_told(office: Office) -> set[str]:
    told = set()
    for town in (HOME, HERE):
        store = open_store(office.network.file(town, "register.db"), File.REGISTER)
        for entry in store.read_now(lambda connection, town=town: list(everybody(connection, town))):
            told |= set(as_told(identity_of(entry.person, entry.change, entry.changed)))
        store.close()
    return told


async def settle(office: Office) -> None:
    for code in (HERE, HOME, PREFECTURE):
        await office.network.nodes[code].drained()


def test_a_dump_shows_these_only(office: Office) -> None:
    office.network.run(lambda _: settle(office), start=True)
    told = all_that_was_told(office)
    for code in (PREFECTURE, CENTRE):
        texts = dumped(office, code)
        assert len(texts & told) > 300
        assert texts <= told | {HOME, HERE, code}


def test_todays_set_where_the_settings_want_it(office: Office) -> None:
    office.network.keeping = Keeping(today=True)

    async def story(_: Any) -> Any:
        await settle(office)
        return await office.check("benefits", "number-holder", four())

    told = office.network.run(story, start=True).told
    store = open_store(office.network.file(CENTRE, "register.db"), File.REGISTER)
    rows = store.read_now(lambda connection: connection.execute(select(func.count()).select_from(identities_today)).scalar_one())
    store.close()
    assert rows == 120
    assert (len(told.my_number), told.kana) == (12, "アオバ ハナコ")


# -- as the towns have it ---------------------------------------------------------------------------------------------

CODES = ("10000000009", "20000000000", "30000000000")
_words = st.builds(
    identity,
    resident_code=st.sampled_from(CODES),
    address=st.sampled_from(["a", "b", "c"]),
    change=st.sampled_from(["added", "changed", "removed", "deceased"]),
    changed=st.sampled_from(["2020-01-01", "2021-01-01", "昭和30年頃"]),
)
_notices = st.lists(st.tuples(st.sampled_from([HOME, HERE]), st.lists(_words, max_size=5)), max_size=8)


@settings(max_examples=60)
@given(_notices, st.randoms(use_true_random=False))
def test_any_order_between_towns_and_any_repetition_gives_what_each_town_said_last(notices: Any, chance: random.Random) -> None:
    engine = create_engine("sqlite://", poolclass=StaticPool)
    REGISTER.create_all(engine)
    said = {town: [told for whose, told in notices if whose == town] for town in (HOME, HERE)}
    with engine.connect() as connection:
        left = {town: list(told) for town, told in said.items()}
        while any(left.values()):
            town = chance.choice([town for town, rest in left.items() if rest])
            told = left[town].pop(0)
            for _ in range(chance.choice([1, 1, 2, 3])):  # a receipt was lost
                take(connection, CENTRE, town, told)
        for town, told in said.items():
            last = {each.resident_code: as_told(each) for notice in told for each in notice}
            assert words(connection, town) == last
        query = select(identity_keys.c.key, identity_keys.c.home, identity_keys.c.resident_code)
        listed = {tuple(row) for row in connection.execute(query)}
        versions = [
            {"town": town, **{name: str(getattr(each, name)) for name in SIX}}
            for town, told in said.items()
            for notice in told
            for each in notice
        ]
        assert listed == {(key, row["town"], row["resident_code"]) for row in versions for key in keys_of(row)}
    engine.dispose()


def test_former_words_are_kept_once_each(copy: Connection) -> None:
    first, second, third = identity(), identity(address="b", changed="2024-01-01"), identity(address="c", changed="2025-01-01")
    take(copy, CENTRE, HOME, [first])
    for _ in range(2):
        take(copy, CENTRE, HOME, [second, third])
    rows = copy.execute(select(former_identities.c.address, former_identities.c.until).order_by(former_identities.c.until)).all()
    assert [tuple(row) for row in rows] == [(first.address, "2024-01-01"), ("b", "2025-01-01")]


def test_a_list_is_made_for_a_copy_that_has_none(copy: Connection) -> None:
    for town, codes in ((HOME, CODES), (HERE, CODES[:1])):
        take(copy, CENTRE, town, [identity(resident_code=code) for code in codes])
    query = select(identity_keys).order_by(*identity_keys.primary_key)
    before = copy.execute(query).all()
    copy.execute(delete(identity_keys))
    list_anew(copy, CENTRE)
    assert copy.execute(query).all() == before
    assert len(before) == 8


def _changes(connection: Connection, town: str, chance: random.Random) -> None:
    """Something happens to somebody."""
    people = [entry.person for entry in everybody(connection, town)]
    person = chance.choice(people)
    day = f"2026-{chance.randrange(1, 11):02d}-15"
    happens: list[Callable[[], Any]] = [
        lambda: change(connection, town, person.id, "転居", day, address=f"岐阜県どこか{chance.randrange(100)}番地"),
        lambda: change(connection, town, person.id, "国内転出", day, state=Standing.MOVED),
        lambda: change(connection, town, person.id, "死亡", day, state=Standing.DECEASED),
    ]
    chance.choice(happens)()


@pytest.mark.parametrize("seed", range(2))
def test_the_centre_equals_the_towns_after_any_partition(office: Office, seed: int) -> None:
    chance = random.Random(seed)

    async def story(network: Any) -> None:
        for _ in range(8):
            network.down = set(chance.sample([PREFECTURE, CENTRE], chance.randrange(3)))
            network.lose_answers = chance.randrange(3)
            for town in (HOME, HERE):
                store = open_store(network.file(town, "register.db"), File.REGISTER)
                store.write_now(partial(_changes, town=town, chance=chance))
                store.close()
                await network.nodes[town]._municipal.teller.tell()
        network.down = set()
        network.lose_answers = 0
        await settle(office)

    office.network.run(story, start=True)
    for town in (HOME, HERE):
        store = open_store(office.network.file(town, "register.db"), File.REGISTER)
        entries = store.read_now(lambda connection, town=town: list(everybody(connection, town)))
        store.close()
        own = {e.person.resident_code: as_told(identity_of(e.person, e.change, e.changed)) for e in entries}
        for keeper in (PREFECTURE, CENTRE):
            store = open_store(office.network.file(keeper, "register.db"), File.REGISTER)
            assert store.read_now(partial(words, town=town)) == own
            store.close()


def test_a_look_up_reads_the_list_by_its_key(copy: Connection) -> None:
    """Else it would cost more the more people there are."""
    plans = []
    listen = partial(_explain, plans)
    event.listen(copy.engine, "before_cursor_execute", listen)
    find(copy, CENTRE, [four()], SHIPPED.grants[0])
    event.remove(copy.engine, "before_cursor_execute", listen)
    assert len(plans) == 1
    assert "SEARCH identity_keys USING" in plans[0]
    assert "SCAN" not in plans[0]


def _explain(plans: list[str], _connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
    plans.append(str(cursor.connection.execute(f"explain query plan {statement}", parameters).fetchall()))


def test_verdict_of_the_lab(office: Office) -> None:
    """Cases of the lab whose record is closed."""

    async def story(_: Any) -> list[Verdict]:
        await settle(office)
        found = []
        for name in ("遠泉 道彦", "青葉 花子"):
            store = open_store(office.network.file(CENTRE, "register.db"), File.REGISTER)
            row = store.read_now(lambda c, name=name: c.execute(select(identities).where(identities.c.name == name)).mappings().first())
            store.close()
            sought = four(identity(**{item: row[item] for item in ("name", "birth", "sex", "address")}))
            found.append((await office.check("licences", "licence-application", sought)).verdict)
        return found

    assert office.network.run(story, start=True) == [Verdict.CHANGED, Verdict.MATCH]
