"""What a seal says, as lines to be compared with the paper: label, and the value as the paper writes it.

In the paper's order. The page in the browser (assets/verify/table.js) makes the same lines of the same words; a test compares.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from jukinet.messages import Person
from jukinet.seal_facts import Facts
from kiosk.document.dates import japanese
from kiosk.document.fields import values_of
from kiosk.words import Words

# The items of a person, as assets/forms/wide_area.toml has them; those of Japanese and of foreign residents in one order.
ITEMS = (
    *("kana", "name", "latin_name", "alias", "former_kana", "former_name", "birth", "sex", "relationship", "nationality"),
    *("became_resident", "became", "address_since", "notified", "previous_address", "status", "period", "expires", "card_number"),
)


@dataclass(frozen=True)
class Line:
    """A line without a value is the heading of a person."""

    label: str
    value: str = ""


def table_of(facts: Facts, words: Words) -> list[Line]:
    return list(_lines(facts, words))


def _lines(facts: Facts, words: Words) -> Iterator[Line]:
    def line(field: str, value: str) -> Iterator[Line]:
        if value:
            yield Line(words.text(f"verify.fact.{field}"), shown(value))

    yield from line("number", facts.number)
    yield from line("date", japanese(facts.date))
    yield from line("office", facts.title)
    yield from line("officer", facts.name)
    yield from line("pages", words.text("verify.sheets", number=facts.pages))
    yield from line("address", facts.address)
    yield from line("building", facts.building)
    yield from line("head", facts.head or "")
    count = len(facts.persons) if facts.rest is None else facts.rest.persons
    yield from line("persons", f"{words.text('verify.persons', number=count)} ({_whole(facts, words)})")
    for number, person in enumerate(facts.persons, 1):
        yield Line(words.text("verify.person", number=number))
        values = _values(person, words)
        for item in ITEMS:
            yield from line(item, values.get(item) or "")


def _whole(facts: Facts, words: Words) -> str:
    return words.text("verify.whole") if facts.whole_household else words.text("verify.members")


def _values(person: Person, words: Words) -> dict[str, str | None]:
    return values_of(person) | {"sex": words.text(f"verify.sex.{person.sex}")}


def shown(text: str) -> str:
    """A signed text may still hold what moves a terminal's cursor or cannot be seen; that is put where it can be. The wide space between
    family name and given name stays."""
    return "".join(each if each.isprintable() or each == "\N{IDEOGRAPHIC SPACE}" else "\N{REPLACEMENT CHARACTER}" for each in text)
