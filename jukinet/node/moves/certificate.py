"""From records to a moving-out certificate, and from a certificate to records of the new town. Pure.

What it carries is what the Order lets pass between the two towns (Order 23: name, birth, sex, head and relationship, 本籍 and 筆頭者,
My Number, resident code, the standing in insurances, pension and child allowance). The place on the electoral roll and the rice ledger
stay.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta, Struct, structs

from jukinet.messages import ForeignItems
from jukinet.move_messages import MoveCertificate, Mover
from jukinet.node.resident import Resident, Standing

HEAD = "世帯主"
# Items of a record that travel under the same name.
_SAME = tuple(name for name in Mover.__struct_fields__ if name in Resident.__struct_fields__)
_FOREIGN = ForeignItems.__struct_fields__


class Entry(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the new town's counter decides. `relationships` in the certificate's order, to the head of the household they live in now;
    `household` is the number of one that they join, 0 for a new one."""

    address: Annotated[str, Meta(min_length=1, max_length=200)]
    building: Annotated[str, Meta(max_length=200)] = ""
    household: int = 0
    relationships: list[Annotated[str, Meta(min_length=1, max_length=40)]]


def mover_of(person: Resident, cards: Sequence[bytes]) -> Mover:
    """`cards`: the person's that may be carried on."""
    foreign = ForeignItems(**{name: getattr(person, name) for name in _FOREIGN}) if person.nationality else None
    return Mover(**{name: getattr(person, name) for name in _SAME}, foreign=foreign, cards=list(cards))


def resident_of(
    mover: Mover, certificate: MoveCertificate, entry: Entry, relationship: str, place: tuple[str, int, int, int], moved: str, filed: str
) -> Resident:
    """The record as the new town keeps it. `place` is town, 宛名番号, 世帯番号, place in the household."""
    town, number, household, order = place
    items = {name: getattr(mover, name) for name in _SAME} | {"relationship": relationship}
    if mover.foreign is not None:
        items |= structs.asdict(mover.foreign)
    return Resident(
        id=number,
        town=town,
        household=household,
        number=order,
        state=Standing.RESIDENT,
        address=entry.address,
        building=entry.building,
        became_resident="" if mover.foreign is not None else moved,
        address_since=moved,
        notified=filed,
        previous_address=f"{certificate.address} {certificate.building}".rstrip(),
        **items,
    )


def what_is_wrong(entry: Entry, persons: int) -> str:
    """Of the counter's decision, by itself: "" if nothing."""
    if len(entry.relationships) != persons:
        return f"{persons} relationships are required, not {len(entry.relationships)}"
    heads = entry.relationships.count(HEAD)
    if entry.household and heads:
        return f"who joins a household is not its {HEAD}"
    if not entry.household and heads != 1:
        return f"one {HEAD} is required in a new household, not {heads}"
    return ""


def names_of(certificate: MoveCertificate) -> Mapping[int, str]:
    """For the counter's eyes: place in the certificate from 1 on, and name."""
    return {at: mover.name or mover.latin_name for at, mover in enumerate(certificate.movers, 1)}
