"""What one invented household is made of: its members' ages, names, address and dates, from the parts in `assets/people/`. Pure but for the
data it reads once; chance comes in.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any


@cache
def parts(name: str) -> dict[str, Any]:
    return tomllib.loads((files("assets") / "people" / f"{name}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Name:
    written: str
    kana: str


@dataclass(frozen=True)
class Member:
    relationship: str
    sex: str
    born: date


_RANKS = {"世帯主": 0, "夫": 1, "妻": 1, "子": 2}
_LAST_RANKS = {"縁故者": 6, "同居人": 7}


def _rank(relationship: str) -> int:
    """Household order of the standard specification 5.2: head, spouse, children, their families, other relatives, others."""
    plain = relationship.removesuffix("(未届)")
    if plain in _RANKS:
        return _RANKS[plain]
    return 3 if plain.startswith("子の") else _LAST_RANKS.get(plain, 4)


def members_of(chance: Random) -> list[Member]:
    """The members of one household, in the order they stand on a copy."""
    forms = parts("households")["form"]
    form = chance.choices(forms, _weights())[0]
    as_of: date = parts("households")["as_of"]
    head_age = chance.randint(*form["head"])
    planned = [("世帯主", "any", 0, 0), *form["members"]]
    found = []
    for relationship, sex, least, most in planned:
        age = max(0, head_age + chance.randint(least, most))
        born = as_of - timedelta(days=int(age * 365.25) + chance.randrange(365))
        found.append(Member(relationship, chance.choice(("male", "female")) if sex == "any" else sex, born))
    return sorted(found, key=lambda member: (_rank(member.relationship), member.born))


@cache
def _weights() -> list[int]:
    return [form["weight"] for form in parts("households")["form"]]


def family_name(chance: Random) -> Name:
    stock = parts("names")
    first, last = chance.choice(stock["family_first"]), chance.choice(stock["family_last"])
    written = first[0] + last[0]
    if chance.random() * 100 < stock["variants_percent"]:
        written = "".join(chance.choice(stock["variants"].get(each, (each,))) for each in written)
    return Name(written, first[1] + last[1])


def person(chance: Random, family: Name, member: Member) -> dict[str, Any]:
    stock = parts("names")
    first, last = chance.choice(stock["given_first"]), chance.choice(stock[f"given_last_{member.sex}"])
    if member.relationship == "同居人":
        family = family_name(chance)
    found = {"name": f"{family.written} {first[0]}{last[0]}", "kana": f"{family.kana} {first[1]}{last[1]}"}
    if member.relationship in ("妻", "子の妻") and chance.random() < 0.05:
        former = family_name(chance)
        found |= {"former_name": former.written, "former_kana": former.kana}
    return found


def foreign_person(chance: Random) -> dict[str, Any]:
    stock = parts("names")["foreign"]
    nationality, families, given, kana = chance.choice(stock["parts"])
    status, period = chance.choice(stock["statuses"])
    as_of: date = parts("households")["as_of"]
    return {
        "latin_name": f"{chance.choice(families)} {chance.choice(given)}",
        "kana": kana,
        "alias": family_name(chance).written if chance.random() * 100 < stock["aliases_percent"] else "",
        "nationality": nationality,
        "status": status,
        "period": period,
        "expires": "" if period == "***" else (as_of + timedelta(days=chance.randrange(30, 1500))).isoformat(),
        "card_number": f"ZZ{chance.randrange(10**8):08d}ZZ",
        "became": (as_of - timedelta(days=chance.randrange(30, 4000))).isoformat(),
    }


def address(chance: Random, town: str) -> tuple[str, str]:
    """Address with the municipality's name, and 方書."""
    stock = parts("places")
    street = f"{chance.choice(stock['parts']['quarters'])}{chance.randint(1, 5)}丁目{chance.randint(1, 60)}番地{chance.randint(1, 30)}"
    building = ""
    if chance.random() * 100 < stock["parts"]["building_percent"]:
        building = f"{chance.choice(stock['parts']['buildings'])} {chance.randint(1, 9)}{chance.randint(1, 12):02d}号"
    return stock["towns"][town] + street, building


def domicile(chance: Random, address: str) -> str:
    """本籍: any place in the country, for half the families the one they live at."""
    return address if chance.random() < 0.5 else f"{chance.choice(parts('places')['parts']['before'])}{chance.randint(1, 99)}番地"


def since(chance: Random, born: date, foreign: bool) -> dict[str, Any]:
    as_of: date = parts("households")["as_of"]
    if chance.random() * 100 >= parts("places")["parts"]["moved_in_percent"]:
        return {"became_resident": "" if foreign else born.isoformat(), "address_since": born.isoformat()}
    moved = born + timedelta(days=chance.randrange(max(1, (as_of - born).days)))
    return {
        "became_resident": "" if foreign else moved.isoformat(),
        "address_since": moved.isoformat(),
        "notified": (moved + timedelta(days=chance.randrange(14))).isoformat(),
        "previous_address": f"{chance.choice(parts('places')['parts']['before'])}{chance.randint(1, 40)}番{chance.randint(1, 20)}号",
    }


def unknown_date(chance: Random, day: date) -> str:
    """One of the 14 forms, around `day`."""
    stock = parts("households")["dates"]
    _, era, first_year = max(entry for entry in stock["eras"] if entry[0] <= max(day, stock["eras"][0][0]))
    year = day.year - first_year + 1
    return str(chance.choice(stock["unknown"]).format(era=era, year="元" if year == 1 else year, month=day.month, day=day.day))
