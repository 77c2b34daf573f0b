"""A record, its certificate, and the record that the new town makes of it: nothing that may travel is lost, nothing else comes along."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import json, structs

from jukinet.move_messages import MoveCertificate, Mover
from jukinet.node.moves.certificate import Entry, mover_of, resident_of, what_is_wrong
from jukinet.node.resident import Resident

STAYS = {"elector", "rice", "protected", "moving", "pending"}
NEW_AT_THE_TOWN = {"id", "town", "household", "number", "state", "relationship", "address", "building"}
DATES = {"became_resident", "address_since", "notified", "previous_address"}
FOREIGN = {"nationality", "status", "period", "expires", "card_number", "became"}

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
days = st.dates().map(str)


@st.composite
def people(draw: st.DrawFn) -> Resident:
    items = {
        name: draw(texts)
        for name in Resident.__struct_fields__
        if name not in {"id", "household", "number", "protected", "moving", "pending"}
    }
    foreign = draw(st.booleans())
    items |= {} if foreign else dict.fromkeys(FOREIGN, "")
    items |= {"nationality": "中国"} if foreign else {}
    items |= {"sex": draw(st.sampled_from(["male", "female", "unknown"])), "resident_code": draw(st.from_regex(r"\A[0-9]{11}\Z"))}
    return Resident(id=draw(st.integers(1, 10**12)), household=1, number=1, **items)


@given(people(), st.lists(st.binary(min_size=32, max_size=32), max_size=3), days)
def test_what_may_travel_arrives(person: Resident, cards: list[bytes], moved: str) -> None:
    sent = json.decode(json.encode(mover_of(person, cards)), type=Mover)
    assert sent.cards == cards
    certificate = MoveCertificate(
        move="0" * 26, origin="21202", destination="21361", noticed=moved, leaves=moved, address="若葉台", building="3号", movers=[sent]
    )
    entry = Entry(address="若竹", building="1", relationships=["子"])
    made = resident_of(sent, certificate, entry, "子", ("21361", 7, 8, 9), moved, moved)
    there = structs.asdict(made)
    for name, value in structs.asdict(person).items():
        if name not in STAYS | NEW_AT_THE_TOWN | DATES:
            assert there[name] == value, name
    assert {there[name] for name in STAYS} <= {"", 0}
    assert (made.id, made.household, made.number, made.relationship) == (7, 8, 9, "子")
    assert (made.address_since, made.notified, made.previous_address) == (moved, moved, "若葉台 3号")
    assert made.became_resident == ("" if person.nationality else moved)


@given(st.lists(st.sampled_from(["世帯主", "妻", "子"]), min_size=1, max_size=5), st.integers(0, 3), st.integers(1, 5))
def test_what_a_counter_may_enter(relationships: list[str], household: int, persons: int) -> None:
    entry = Entry(address="若竹", household=household, relationships=relationships)
    heads = relationships.count("世帯主")
    right = len(relationships) == persons and heads == (0 if household else 1)
    assert (what_is_wrong(entry, persons) == "") is right
