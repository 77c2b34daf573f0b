"""One resident's visit: everything that is known of it, in one object. Dropping the object drops everything."""

from dataclasses import dataclass, field

from hardware.errors import OnPaper
from hardware.interfaces import Outcome, PrinterState
from jukinet.messages import Extract, Household, Issue
from kiosk.session.commands import Proof
from kiosk.session.ease import USUAL, Ease
from kiosk.session.looks import NOT_LOOKED, Looked
from kiosk.session.moving import NOT_MOVING, Moving
from kiosk.session.own import NOTHING_READ, AreaRecord, Ordinance
from kiosk.session.states import Reason
from kiosk.session.topics import LATEST, Names


@dataclass(frozen=True)
class Place:
    """What a session must know of where it stands; from the settings."""

    town_name: str
    opens: str
    closes: str
    contact: str
    languages: tuple[str, ...]
    services: tuple[str, ...]
    fee: int = 0  # yen a copy
    most_copies: int = 3
    names: Names = LATEST
    ordinances: tuple[Ordinance, ...] = ()  # of the town's own services on the card

    @property
    def open_services(self) -> tuple[str, ...]:
        return (*self.services, *(ordinance.service for ordinance in self.ordinances if ordinance.in_use))

    @property
    def discussed(self) -> tuple[str, ...]:
        return tuple(ordinance.service for ordinance in self.ordinances if not ordinance.in_use)


@dataclass
class Visit:
    """`id` is the ULID by which network and journal know it, `number` a short one for people."""

    id: str
    number: int
    language: str
    ease: Ease = USUAL
    staff_called: bool = False
    service: str = ""
    topic: str = ""
    # the card
    card_counter: int = -1
    certificate: bytes = b""
    tries_left: int | None = None
    pin_entered: int = 0
    pin_was_wrong: bool = False
    pins_differed: bool = False
    nonce: bytes = b""
    signature: bytes = b""
    # what is asked
    household: Household | None = None
    persons: frozenset[int] = frozenset()
    items: frozenset[str] = frozenset()
    copies: int = 1
    # what came
    extract: Extract | None = None
    answer: str = ""
    pages: int = 1
    preview: bytes | None = None
    issue: Issue | None = None
    paid: int = 0
    inserted: int = 0
    # of a town's own service, or of one under discussion
    area: AreaRecord = NOTHING_READ
    slot: str = ""
    about: str = ""
    use: str = ""
    rating: int = 0
    moving: Moving = NOT_MOVING
    # who looked at the record
    looked: Looked = NOT_LOOKED
    page: int = 0
    # of a service that issues nothing
    paper: str = ""  # which paper it can have printed
    result: str = ""  # word key after `done.SERVICE.`
    facts: tuple[tuple[str, str], ...] = ()  # word key after `done.fact.`, and what it says
    # how it ends
    stop_wanted: bool = False
    printed: int = 0
    bands: int = 0
    outcome: Outcome | None = None
    on_paper: OnPaper = OnPaper.NOTHING
    cause: PrinterState = PrinterState.READY
    copies_out: int = 0
    paper_seen: bool = False
    slip_printed: bool = False
    reason: Reason = Reason.FAULT
    left_behind: str = field(default="")  # "card" | "paper": why the terminal went out of service

    @property
    def proof(self) -> Proof:
        return Proof(self.id, self.nonce, self.certificate, self.signature)

    def fee(self, place: Place) -> int:
        return place.fee * self.copies
