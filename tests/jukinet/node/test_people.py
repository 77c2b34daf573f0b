"""Invented people: the same for the same seed, with codes that check, dates of every era, and nobody's cases missing."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from jukinet.node.cases import CardState, all_cases, resident_ids
from jukinet.node.codes import holds, town_with_check_digit, with_check_digit
from jukinet.node.invention import parts, unknown_date
from jukinet.node.people import make_register, make_register_file, population
from jukinet.node.register import everybody
from jukinet.node.resident import is_under_age, year_of
from jukinet.node.storage.open import File, Place, open_store, read_once
from jukinet.node.storage.sqlite import mark_of
from jukinet.node.storage.tables import history, residents

HOME, LOCAL = "21202", "21361"
MANY = 2000


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(population(300, 5)) == list(population(300, 5))
    assert list(population(300, 5)) != list(population(300, 6))


def test_more_people_do_not_change_the_first_ones() -> None:
    assert list(population(400, 5))[:300] == list(population(300, 5))


@pytest.mark.parametrize(("first", "whole"), [("12345678901", "123456789018"), ("98320567321", "983205673214")])
def test_published_numbers_check(first: str, whole: str) -> None:
    assert with_check_digit(first) == whole
    assert holds(whole)


def test_published_codes_check() -> None:
    assert holds("24727059608")
    assert town_with_check_digit("21361") == "213616"


@given(st.text("0123456789", min_size=10, max_size=11), st.integers(0, 10), st.integers(1, 9))
def test_a_wrong_digit_is_noticed(first: str, at: int, by: int) -> None:
    """All but one kind: a remainder of 0 and one of 1 share the check digit 0, so these two may stand for one another."""
    number = with_check_digit(first)
    at %= len(number)
    other = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    if number[-1] != "0" and other[-1] != "0":
        assert not holds(other)


def test_everybody_has_codes_of_their_own_that_check() -> None:
    people = list(population(MANY, 1))
    assert len(people) == MANY
    for codes, length in (([each.my_number for each in people], 12), ([each.resident_code for each in people], 11)):
        assert len(set(codes)) == MANY
        assert all(holds(code) and len(code) == length for code in codes)


def test_households_stand_in_their_order() -> None:
    ranks = {"世帯主": 0, "夫": 1, "妻": 1, "妻(未届)": 1, "子": 2}
    people = list(population(MANY, 1))
    numbers: Counter[int] = Counter()
    for person in people:
        numbers[person.household] += 1
        assert person.number == numbers[person.household]
        assert (person.relationship == "世帯主") == (person.number == 1)
        assert person.address
    for before, after in pairwise(people):
        if before.household == after.household and {before.relationship, after.relationship} <= set(ranks):
            assert ranks[before.relationship] <= ranks[after.relationship]
    assert max(numbers.values()) >= 6


def test_everything_worth_testing_is_there() -> None:
    people = list(population(MANY, 1))
    assert {each.state for each in people} == {"resident", "moved", "deceased"}
    for flag in ("protected", "moving", "pending"):
        assert any(getattr(each, flag) for each in people)
    assert any(each.nationality and not each.name and each.latin_name and not each.domicile for each in people)
    assert any("\U000e0100" <= character <= "\U000e01ef" for each in people[30:] for character in each.name)
    assert {year_of(each.birth) for each in people} >= {1911, 1926, 1989, 2019}
    assert all(is_under_age(each.birth, date(2026, 11, 24)) is not None or each.birth == "年月日不詳" for each in people)


def test_the_fourteen_forms_of_a_date_nobody_knows() -> None:
    forms = parts("households")["dates"]["unknown"]
    assert len(forms) == len(set(forms)) == 14
    written = {unknown_date(Random(at), date(1989, 1, 8)) for at in range(400)}
    assert len(written) == 14
    assert "平成元年1月8日頃" in written
    assert "推定昭和64年1月7日" in {unknown_date(Random(at), date(1989, 1, 7)) for at in range(400)}


@pytest.mark.parametrize(
    ("birth", "under"),
    [
        ("2011-11-25", True),
        ("2011-11-24", False),
        ("1980-02-29", False),
        ("昭和30年頃", False),
        ("昭和13年2月29日", False),
        ("平成23年頃", True),
        ("平成22年頃", False),
        ("令和元年月日不詳", True),
        ("1990年頃", False),
        ("年月日不詳", None),
    ],
)
def test_under_fifteen_also_where_no_calendar_has_the_date(birth: str, under: bool | None) -> None:
    assert is_under_age(birth, date(2026, 11, 24)) is under


def test_a_register_file_has_them_all_and_says_since_when(tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    make_register_file(path, 150, 3)
    before = path.read_bytes()
    make_register_file(path, 999, 4)
    assert path.read_bytes() == before, "what is there stays"
    store = open_store(path, File.REGISTER)
    counts = store.read_now(
        lambda connection: [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (residents, history)]
    )
    store.close()
    assert counts == [150, 150]
    assert sorted(tmp_path.iterdir()) == [path, mark_of(path)]


def test_a_register_of_either_kind_has_them_once(new_place: Callable[..., Place]) -> None:
    place = new_place(File.REGISTER, HOME)
    for many, seed in ((150, 3), (300, 4)):  # what is there stays
        make_register(place, many, seed)
    people = read_once(place, lambda connection: [entry.person for entry in everybody(connection, HOME)])
    assert people == list(population(150, 3))


def test_every_case_is_somebody() -> None:
    cases = all_cases()
    assert set(cases) >= {
        *("hanako", "taro", "gaiji", "foreign", "child", "moved", "deceased", "protected", "moving", "long_address", "unknown_dates"),
        *("large_household", "undrawable", "expired_card", "revoked_card", "locked_card", "foreign_ca_card", "no_certificate"),
        *("licence_card", "local"),
    }
    people = {(town, person.id): person for town in (HOME, LOCAL) for person in population(0, 1, town)}
    for name, case in cases.items():
        holder = people[case.town, resident_ids(case.town)[name]]
        assert holder.name == case.persons[case.holder].name
    assert {case.card for case in cases.values()} == set(CardState)
    assert resident_ids(LOCAL).keys() == {"local"}
