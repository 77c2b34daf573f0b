"""A town's own services on the card (条例利用): what an ordinance allows, and what stands in a card's area, as a visit sees it.

Texts are the town's, in Japanese in every language. Days are "2026-12-05", times "18:00".
"""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Booking:
    """Part of a day at a facility."""

    day: str
    begins: str
    ends: str
    place: str

    @property
    def hours(self) -> str:
        return f"{self.begins}–{self.ends}"


@dataclass(frozen=True)
class Slot:
    """What can be booked; `id` is its button's (`slots.ID`)."""

    id: str
    booking: Booking


@dataclass(frozen=True)
class Ordinance:
    """Without one a service does not exist. `in_use` False: it is under discussion, and opinions on it are asked for."""

    service: str
    in_use: bool
    name: str
    number: str
    photo_id: bool = False  # only a card with a photo will do
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True)
class Entitlement:
    """What the town's welfare office wrote; `until` is its last day."""

    title: str
    until: str


@dataclass(frozen=True)
class AreaRecord:
    """What stands in one service's area. `number` "": not registered, None: nobody registers. `slots`: those that are still to be had,
    None: nothing is booked."""

    number: str | None = None
    bookings: tuple[Booking, ...] = ()
    entitlement: Entitlement | None = None
    slots: tuple[Slot, ...] | None = None


NOTHING_READ = AreaRecord()
