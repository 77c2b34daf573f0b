"""Registers of invented people, the same for the same seed: households of every form, put together from the parts in `assets/people/`.

The named cases of the town come first. Codes are random with right check digits; items that never leave the town (本籍, 筆頭者,
items 9 to 12) are filled in as well, so that a test can look for them where they must not be.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from jukinet.node import invention
from jukinet.node.cases import HOME, Case, CasePerson, cases_of, seeded
from jukinet.node.codes import with_check_digit
from jukinet.node.register import added, enter, last_line
from jukinet.node.resident import LEAST_AGE, Resident, Standing
from jukinet.node.storage.grown import grown
from jukinet.node.storage.open import File, Place, Store, open_store
from jukinet.node.storage.sqlite import mark_of
from jukinet.node.storage.tables import REGISTER

CHUNK = 5000  # residents a transaction


@dataclass
class Codes:
    """Numbers that are given once only."""

    chance: Random
    given: set[int] = field(default_factory=set)

    def _fresh(self, digits: int) -> str:
        while (number := self.chance.randrange(10 ** (digits - 1), 10**digits)) in self.given:
            pass
        self.given.add(number)
        return with_check_digit(str(number))

    def my_number(self) -> str:
        return self._fresh(11)

    def resident_code(self) -> str:
        return self._fresh(10)


def make_register_file(path: Path, residents: int, seed: int, town: str = HOME) -> None:
    """Makes `path` with that many residents (the cases at least). A file that is there already stays as it is. Raises StorageError.

    It is written under another name first: a half-made register never stands where a node would open it.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    for left_over in path.parent.glob(unfinished.name + "*"):  # of a run that was cut off, its -wal too
        left_over.unlink()
    store = open_store(unfinished, File.REGISTER)
    fill_register(store, population(residents, seed, town), town)
    store.close()
    mark_of(unfinished).rename(mark_of(path))
    unfinished.rename(path)


def make_register(place: Place, residents: int, seed: int, town: str = HOME) -> None:
    """The same on either kind of database. One that has residents of that town already stays as it is. Raises StorageError."""
    store = open_store(place, File.REGISTER)
    try:
        if store.read_now(partial(last_line, town=town)) == 0:
            fill_register(store, population(residents, seed, town), town)
    finally:
        store.close()


def fill_register(store: Store, people: Iterable[Resident], town: str) -> None:
    """Enters residents as a register's first content, a transaction for each chunk."""
    rest = iter(people)
    while chunk := [added(person) for person in islice(rest, CHUNK)]:
        store.write_now(partial(enter, town=town, entries=chunk))
    store.write_now(lambda connection: grown(connection, *REGISTER.sorted_tables))


def population(residents: int, seed: int, town: str = HOME) -> Iterator[Resident]:
    """The cases of the town, then invented households, until there are `residents`."""
    codes = Codes(seeded(seed, town, "codes"))
    number = household = 0
    for name, case in cases_of(town).items():
        household += 1
        yield from _case_household(case, number + 1, household, codes, seeded(seed, town, name))
        number += len(case.persons)
    chance = seeded(seed, town, "people")
    while number < residents:
        household += 1
        made = _household(town, number + 1, household, codes, chance)
        yield from made[: residents - number]
        number += len(made)


# -- the cases --------------------------------------------------------------------------------------------------------


def _case_household(case: Case, first: int, household: int, codes: Codes, chance: Random) -> Iterator[Resident]:
    head = case.persons[0]
    for at, person in enumerate(case.persons):
        yield Resident(
            id=first + at,
            town=case.town,
            household=household,
            number=at + 1,
            state=case.state,
            protected=int(case.protected),
            moving=int(case.moving),
            pending=int(case.pending),
            address=case.address,
            building=case.building,
            my_number=codes.my_number(),
            resident_code=codes.resident_code(),
            **{name: getattr(person, name) for name in CasePerson.__struct_fields__ if name != "holder"},
            **_kept_in_town(chance, case.domicile, head.name, adult=True, foreign=bool(person.nationality)),
        )


def _kept_in_town(chance: Random, domicile: str, head: str, adult: bool, foreign: bool) -> dict[str, Any]:
    """Items 5 and 9 to 12 of art. 7. Foreign residents have no 戸籍 and no vote."""
    return {
        "domicile": "" if foreign else domicile,
        "family_head": "" if foreign else head,
        "elector": "登録" if adult and not foreign else "",
        "health_insurance": "国保 退職" if chance.random() < 0.3 else "社保",
        "elderly_insurance": "後期高齢 該当なし",
        "care_insurance": "介護 第2号" if adult else "",
        "pension": "国年 第1号" if adult else "",
        "child_allowance": "" if adult else "児手 受給",
        "rice": "米穀 農家外",
    }


# -- everybody else ---------------------------------------------------------------------------------------------------


def _household(town: str, first: int, household: int, codes: Codes, chance: Random) -> list[Resident]:
    members = invention.members_of(chance)
    rates = invention.parts("households")["thousandths"]

    def happens(what: str) -> bool:
        return bool(chance.random() * 1000 < rates[what])

    foreign = chance.random() * 100 < invention.parts("names")["foreign"]["percent"]
    family = invention.family_name(chance)
    address, building = invention.address(chance, town)
    domicile = invention.domicile(chance, address)
    state = Standing.MOVED if happens("moved") else Standing.RESIDENT
    flags: dict[str, Any] = {name: int(happens(name)) for name in ("protected", "moving", "pending")}
    names = [invention.foreign_person(chance) if foreign else invention.person(chance, family, member) for member in members]
    head = names[0].get("name", "")
    as_of: date = invention.parts("households")["as_of"]
    return [
        Resident(
            id=first + at,
            town=town,
            household=household,
            number=at + 1,
            state=Standing.DECEASED if (at or len(members) == 1) and happens("deceased") else state,
            **flags,
            **names[at],
            birth=invention.unknown_date(chance, member.born) if happens("unknown_birth") else member.born.isoformat(),
            sex=member.sex,
            relationship=member.relationship,
            address=address,
            building=building,
            **invention.since(chance, member.born, foreign),
            my_number=codes.my_number(),
            resident_code=codes.resident_code(),
            **_kept_in_town(chance, domicile, head, (as_of - member.born).days > LEAST_AGE * 366, foreign),
        )
        for at, member in enumerate(members)
    ]
