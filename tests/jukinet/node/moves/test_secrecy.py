"""Who learns what of a move. 本籍 and 筆頭者 go from the old town to the new one and nowhere else; no log of anybody has a person in it."""

from typing import Any

import pytest
from sqlalchemy import MetaData, select

from jukinet.node.storage.tables import ISSUES, REGISTER, identities, outbox

NEW, OLD, PREFECTURE, CENTRE = "21361", "21202", "21", "centre"
CERTIFICATES = "/v1/notices/certificates"
KIOSK_ASKS = ("/v1/moves", "/v1/moves/out")


@pytest.fixture
def moved(towns: Any) -> Any:
    async def story(network: Any) -> str:
        return str(await towns.moves())

    towns.before = towns.people(OLD)
    towns.move = towns.network.run(story, start=True)
    return towns


def family(towns: Any) -> list[Any]:
    return [person for person in towns.before.values() if person.household == 1]


def test_domicile_and_family_head_go_from_town_to_town_in_one_message(moved: Any) -> None:
    planted = {person.domicile for person in family(moved)} | {person.family_head for person in family(moved)}
    assert planted == {"長野県松本市雪見台30番地", "青葉 樹"}
    ways = {
        (sender, code, path)
        for sender, code, path, body, answer in moved.network.heard
        if b"\xe6\x9d\xbe\xe6\x9c\xac\xe5\xb8\x82" in body + answer
    }
    assert ways == set(), "the certificate is a JWS: not to be read in passing"
    sent = moved.certificates(OLD)
    assert {mover.domicile for mover in sent[0].movers} == {"長野県松本市雪見台30番地"}
    assert [(sender, code) for sender, code, path, _, _ in moved.network.heard if path == CERTIFICATES] == [(f"jukinet://node/{OLD}", NEW)]
    new = {person.resident_code: person for person in moved.people(NEW).values()}
    assert all(new[person.resident_code].domicile == person.domicile for person in family(moved))
    assert all(new[person.resident_code].family_head == person.family_head for person in family(moved))


def test_what_stays_at_the_old_town_stays(moved: Any) -> None:
    """Items 9 and 12: the electoral roll and the rice ledger."""
    assert {person.elector for person in family(moved)} == {"登録"}
    of_them = {person.resident_code for person in family(moved)}
    entered = [person for person in moved.people(NEW).values() if person.resident_code in of_them]
    assert {(person.elector, person.rice) for person in entered} == {("", "")}


def test_no_log_has_a_person_in_it(moved: Any) -> None:
    text = "".join(str(moved.lines(code)) for code in (NEW, OLD, PREFECTURE, CENTRE))
    for person in family(moved):
        for planted in (person.name, person.kana, person.birth, person.address, person.domicile, person.my_number, person.resident_code):
            assert planted not in text
    assert not [card for card in ("hanako",) if moved.network.card(card).fingerprint.hex() in text]


def holds(moved: Any, code: str, tables: MetaData, planted: str) -> bool:
    """Anywhere in a database, as a text or among bytes."""
    name = "register.db" if tables is REGISTER else "issue.db"
    values = [value for table in tables.sorted_tables for row in moved.look(code, select(table), name) for value in row]
    return any(
        planted in value if isinstance(value, str) else planted.encode() in value for value in values if isinstance(value, str | bytes)
    )


def test_prefecture_and_centre_hold_the_six_items_and_learn_of_the_change(moved: Any) -> None:
    assert holds(moved, NEW, REGISTER, "松本市"), "what is looked for can be found"
    of_her = select(identities.c.town, identities.c.change).where(identities.c.resident_code == family(moved)[1].resident_code)
    for code in (PREFECTURE, CENTRE):
        assert not holds(moved, code, REGISTER, "松本市")
        assert not holds(moved, code, ISSUES, "松本市")
        assert {(row.town, row.change) for row in moved.look(code, of_her, "register.db")} == {(OLD, "removed"), (NEW, "added")}


def test_nothing_of_the_certificate_is_kept_once_they_are_entered(moved: Any) -> None:
    for code in (NEW, OLD):
        assert not holds(moved, code, ISSUES, "松本市")
        assert moved.look(code, select(outbox.c.path)) == [], "signed, it would not be found by its words"


def test_each_step_stands_in_both_logs_under_one_name(moved: Any) -> None:
    old = [line["state"] for line in moved.lines(OLD) if line["kind"] == "node_move_leaving" and line["move"] == moved.move]
    new = [line["state"] for line in moved.lines(NEW) if line["kind"] == "node_move_arriving" and line["move"] == moved.move]
    assert old == ["sent", "told", "arrived", "closed"]
    assert new == ["expected", "filed", "confirmed", "entered", "complete"]
    sent, came = (
        [line["certificate"] for line in moved.lines(code) if line["kind"] == kind and line["certificate"]]
        for code, kind in ((OLD, "node_move_leaving"), (NEW, "node_move_arriving"))
    )
    assert sent == came
    assert [line["visit"] for line in moved.lines(OLD) if line["kind"] == "node_move_noticed"] == [moved.move]


def test_a_resident_finds_the_steps_that_are_about_her(moved: Any) -> None:
    """By the key that only her town has."""
    entered = next(line for line in moved.lines(NEW) if line["kind"] == "node_move_arriving" and line["state"] == "entered")
    assert len(entered["subjects"]) == 3
    assert all(len(subject) == 32 for subject in entered["subjects"])
