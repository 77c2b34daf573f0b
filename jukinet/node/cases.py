"""The lab's named residents, read from `assets/people/cases.toml`: whose record it is, and what is the matter with it or with the card."""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from random import Random

from msgspec import Struct, convert

from jukinet.revoked import Revoked

HOME = "21202"


class CardState(StrEnum):
    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    REVOKED = "revoked"
    LOCKED = "locked"
    LAST_TRY = "last_try"
    FOREIGN_CA = "foreign_ca"
    TEST_CA = "test_ca"
    NO_CERTIFICATE = "no_certificate"
    LICENCE = "licence"  # another kind of card
    JUKI = "juki"  # a 住基カード past its ten years
    TURNED = "turned"  # does not answer


class CasePerson(Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    kana: str
    birth: str
    sex: str
    relationship: str
    address_since: str
    became_resident: str = ""
    notified: str = ""
    previous_address: str = ""
    latin_name: str = ""
    alias: str = ""
    former_name: str = ""
    former_kana: str = ""
    nationality: str = ""
    status: str = ""
    period: str = ""
    expires: str = ""
    card_number: str = ""
    became: str = ""
    holder: bool = False


class Case(Struct, frozen=True, forbid_unknown_fields=True):
    address: str
    persons: list[CasePerson]
    town: str = HOME
    building: str = ""
    domicile: str = ""
    card: CardState = CardState.VALID
    revoked: Revoked = Revoked.LOST
    sign: bool = False
    areas: list[str] = []
    entitlement: str = ""
    state: str = "resident"
    protected: bool = False
    moving: bool = False
    pending: bool = False

    @property
    def holder(self) -> int:
        """Index in `persons` of whose card it is."""
        return next((at for at, person in enumerate(self.persons) if person.holder), 0)


@cache
def all_cases() -> dict[str, Case]:
    """By name, in the file's order."""
    return convert(tomllib.loads((files("assets") / "people" / "cases.toml").read_text(encoding="utf-8")), dict[str, Case])


def cases_of(town: str) -> dict[str, Case]:
    return {name: case for name, case in all_cases().items() if case.town == town}


def resident_ids(town: str) -> dict[str, int]:
    """Case -> id of the card's holder: the cases come first in their town's register, so their ids follow from the file alone."""
    ids, last = {}, 0
    for name, case in cases_of(town).items():
        ids[name] = last + 1 + case.holder
        last += len(case.persons)
    return ids


def seeded(seed: int, *what: object) -> Random:
    """Chance of its own for each purpose, so that more residents do not change the first ones."""
    return Random("/".join(str(each) for each in (seed, *what)))
