"""What a screen shows and which events it may tell: a value, so that any renderer can show it and any hand can press it.

A screen gets a `View` and nothing else. Each thing that can be pressed has an id (`actions`), the same in every renderer: the Kivy
button of that id tells that event; a headless script's Tap(id) tells it too. An id that is not in `actions` cannot be pressed.
Personal data are in `Shown` objects only; dropping the view drops them.

Ids: "attract.start" · "language.LANG" · "ease.WHAT" (see `ease.choices`) · "pin.shuffle" · "help.staff" · "service.ID" · "back"
     "stop" · "more_time" · "pin.0".."pin.9" · "pin.erase" · "pin.done" · "persons.N" · "persons.all" · "persons.self" · "persons.next"
     "items.ITEM" · "items.next" · "copies.less" · "copies.more" · "copies.next" · "confirm.yes" · "confirm.preview" · "paper.taken"
     "day.N" · "days.next" · "town.CODE" · "towns.next" · "move.yes" · "move.carry_on" · "move.new" · "move.again"
     "card.register" · "slots.ID" · "slots.book" · "opinion.USE" · "rating.N" · "opinion.send"
     "looks.newer" · "looks.older" · "looks.print"
     "info.TOPIC" · "receipt.yes" · "receipt.no" · "slip.print" · "done.print" · "ok"
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.session.ease import USUAL, Ease
from kiosk.session.events import Event
from kiosk.session.looks import Look
from kiosk.session.own import Booking
from kiosk.session.states import PinName, Reason, State, Step


@dataclass(frozen=True)
class Nothing:
    """States whose words are enough."""


@dataclass(frozen=True)
class AttractShown:
    services: tuple[str, ...]  # service ids open now
    town_name: str
    opens: str  # "08:30"
    closes: str
    languages: tuple[str, ...]


@dataclass(frozen=True)
class ClosedShown:
    """`closed` and `out_of_service`: why (a word key after `why.`), who acts, a code for staff."""

    why: str
    acts: str
    code: str
    opens: str
    closes: str
    contact: str


@dataclass(frozen=True)
class ServicesShown:
    """`discussed`: services that the town has not decided on yet."""

    services: tuple[str, ...]
    languages: tuple[str, ...]
    discussed: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfferShown:
    """`ordinance`: its name and number, in the town's words."""

    service: str
    ordinance: str


@dataclass(frozen=True)
class SlotChoice:
    id: str
    booking: Booking
    chosen: bool


@dataclass(frozen=True)
class BookingsShown:
    bookings: tuple[Booking, ...]
    slots: tuple[SlotChoice, ...]


@dataclass(frozen=True)
class LooksShown:
    """One page of who looked at the record, newest first, since the day `since`; `more`: there are older ones than the last page's."""

    looks: tuple[Look, ...]
    since: str
    page: int
    pages: int
    more: bool


@dataclass(frozen=True)
class OpinionShown:
    """`use` "" and `rating` 0: not chosen yet."""

    about: str
    use: str
    rating: int


@dataclass(frozen=True)
class InformationShown:
    """Words `info.TOPIC.*`. `called` is the key of what its subject is called on `day`, "" where it has no such name."""

    topic: str
    called: str
    day: str


@dataclass(frozen=True)
class InsertCardShown:
    turned: bool  # a mute card: "turn it round"
    several: bool = False  # more than one


@dataclass(frozen=True)
class WaitShown:
    """A wait with its step: `step` is what is done, `number` of `of`."""

    step: Step
    number: int
    of: int


@dataclass(frozen=True)
class PinShown:
    pin: PinName
    entered: int
    length: int
    tries_left: int | None  # told when fewer than the card allows
    wrong: bool  # the last one was wrong
    differ: bool = False  # the new one was not the same twice


@dataclass(frozen=True)
class PersonChoice:
    number: int
    name: str
    kana: str
    chosen: bool
    holder: bool


@dataclass(frozen=True)
class PersonsShown:
    persons: tuple[PersonChoice, ...]
    town_name: str


@dataclass(frozen=True)
class DayChoice:
    day: int  # from today; the button's id
    date: str
    chosen: bool


@dataclass(frozen=True)
class DaysShown:
    """`arrives`: the day of having moved in, `town` the one that was left and `planned` what was told there; else that of moving out."""

    arrives: bool
    days: tuple[DayChoice, ...]
    town: str = ""
    planned: str = ""


@dataclass(frozen=True)
class TownChoice:
    code: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class TownsShown:
    """`prefecture` is the name of the one whose towns these are; "" for towns of all, or for prefectures (`of_towns` False)."""

    of_towns: bool
    prefecture: str
    towns: tuple[TownChoice, ...]


@dataclass(frozen=True)
class MoveShown:
    """`move_confirm`, `move_where`: `what` is the last part of the words' key, each fact has its label's key `done.fact.NAME`."""

    what: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ItemChoice:
    item: str  # messages.Item
    chosen: bool


@dataclass(frozen=True)
class ItemsShown:
    items: tuple[ItemChoice, ...]


@dataclass(frozen=True)
class CopiesShown:
    copies: int
    most: int


@dataclass(frozen=True)
class ConfirmShown:
    """`kana` are the persons' readings, name by name, for who listens; `preview` is a PNG of the paper, only when it was asked for."""

    persons: tuple[str, ...]
    items: tuple[str, ...]
    copies: int
    fee: int
    pages: int
    preview: bytes | None = None
    kana: tuple[str, ...] = ()


@dataclass(frozen=True)
class PayShown:
    amount: int
    inserted: int


@dataclass(frozen=True)
class CardShown:
    """`take_card`, `take_card_back`, `card_left`: how often it has chimed."""

    chimes: int
    paper_follows: bool


@dataclass(frozen=True)
class PrintingShown:
    part: int
    of: int
    hot: bool  # the printer rests and goes on by itself


@dataclass(frozen=True)
class PrintFailedShown:
    """`on_paper`: nothing | part | all | unknown | some (so many whole copies); `why`: printer state; `money`: nothing_taken | returned |
    ask_staff"""

    on_paper: str
    copies: int
    why: str
    money: str
    code: str
    contact: str


@dataclass(frozen=True)
class PaperShown:
    sensor: bool  # the printer sees whether the paper was taken
    chimes: int
    copies: int


@dataclass(frozen=True)
class DoneShown:
    """What `service` has done: words `done.SERVICE.RESULT.*`; each fact with its label's key `done.fact.NAME`."""

    service: str
    result: str
    facts: tuple[tuple[str, str], ...]
    paper: bool


@dataclass(frozen=True)
class RefusedShown:
    """`refused` and `not_today`. `tries_left` etc. are not here: a reason has one set of words, `refused.REASON.*`."""

    reason: Reason
    code: str  # short, for staff; holds no personal data
    contact: str
    opens: str
    closes: str
    slip_printed: bool
    paper_way: bool = False  # a move without the card is told of, too


Shown = (
    Nothing
    | AttractShown
    | ClosedShown
    | ServicesShown
    | InformationShown
    | OfferShown
    | BookingsShown
    | OpinionShown
    | LooksShown
    | InsertCardShown
    | WaitShown
    | PinShown
    | PersonsShown
    | ItemsShown
    | DaysShown
    | TownsShown
    | MoveShown
    | CopiesShown
    | ConfirmShown
    | PayShown
    | CardShown
    | PrintingShown
    | PrintFailedShown
    | PaperShown
    | DoneShown
    | RefusedShown
)


@dataclass(frozen=True)
class View:
    """`serial` grows with each new *screen* (state entered), not with each change of what it shows; `countdown` are the seconds left of
    the warning, None when there is none. `number` is the visit's, for a call for help; 0: there is no visit."""

    state: State
    serial: int
    language: str
    shown: Shown
    actions: Mapping[str, Event] = field(default_factory=dict)
    countdown: int | None = None
    ease: Ease = USUAL
    number: int = 0
    staff_called: bool = False
