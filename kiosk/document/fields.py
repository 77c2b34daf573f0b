"""What each item of a person holds, as the paper writes it.

Two kinds of resident have their own lists of items (住民基本台帳法 7条, 30条の45). Together they use every field of the message that a
copy can show; a test says so.
"""

from jukinet.messages import Person
from kiosk.document.dates import japanese, western

# Written as one name: never broken inside a part that fits into a line.
NAMES = frozenset({"kana", "name", "former_kana", "former_name", "latin_name", "alias"})

# Digits that the law keeps from other eyes: they stand on the copy, never on a screen (番号法 19条, 住民基本台帳法 30条の38).
SECRET = frozenset({"my_number", "resident_code"})

_BOTH = ("kana", "name", "birth", "sex", "relationship", "address_since", "notified", "previous_address", "my_number", "resident_code")
JAPANESE = (*_BOTH, "former_kana", "former_name", "became_resident")
FOREIGN = (*_BOTH, "latin_name", "alias", "nationality", "status", "period", "expires", "card_number", "became")


def values_of(person: Person) -> dict[str, str | None]:
    """Item -> words. "" where the record holds nothing, None where the item was not asked for. `sex` stays the message's word."""
    common: dict[str, str | None] = {
        "kana": person.kana,
        "name": person.name,
        "sex": person.sex,
        "relationship": person.relationship,
        "address_since": japanese(person.address_since),
        "notified": japanese(person.notified),
        "previous_address": person.previous_address,
        "my_number": person.my_number,
        "resident_code": person.resident_code,
    }
    foreign = person.foreign
    if foreign is None:
        return common | {
            "former_kana": person.former_kana,
            "former_name": person.former_name,
            "birth": japanese(person.birth),
            "became_resident": japanese(person.became_resident),
        }
    return common | {
        "latin_name": person.latin_name,
        "alias": person.alias,
        "birth": western(person.birth),
        "nationality": foreign.nationality,
        "status": foreign.status,
        "period": foreign.period,
        "expires": western(foreign.expires),
        "card_number": foreign.card_number,
        "became": japanese(foreign.became),
    }
