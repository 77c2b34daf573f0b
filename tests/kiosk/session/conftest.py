"""A session set into any state with a visit that has everything, and one sample of every event."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest

from hardware.errors import OnPaper
from hardware.interfaces import Media, Mouth, Outcome, PrinterLevel, PrinterState, Reader, ReaderLevel
from jukinet.messages import Arriving, Copy, Extract, Household, Issue, Issuer, Leaving, Member, Move, Person
from kiosk.session import events as on
from kiosk.session.ease import Ease
from kiosk.session.events import Event
from kiosk.session.levels import Hours, HoursAre, JournalIs, JournalLevel, Levels, Network, NetworkIs, PrinterIs, ReaderIs, Staff, StaffIs
from kiosk.session.looks import Look, Looked
from kiosk.session.moving import Moving, TownName
from kiosk.session.own import AreaRecord, Booking, Entitlement, Ordinance, Slot
from kiosk.session.parts import PARTS
from kiosk.session.session import RESTING, Session
from kiosk.session.states import Reason, State
from kiosk.session.visit import Place, Visit

PLACE = Place(
    town_name="岐阜県不破郡垂井町",
    opens="08:30",
    closes="17:00",
    contact="住民課",
    languages=("ja", "en"),
    services=("copy",),
    ordinances=(
        Ordinance("library", True, "図書館の利用に関する条例", "令和8年条例第1号"),
        Ordinance("facility", False, "施設の利用に関する条例", "令和8年条例第2号"),
    ),
)
SLOT = Slot("s1", Booking("2026-12-05", "09:00", "11:00", "中央体育館"))
# What can stand in a service's area, as the table tells it apart.
RECORDS = (
    AreaRecord(),
    AreaRecord(number=""),
    AreaRecord(number="1234567890128"),
    AreaRecord(number="1234567890128", slots=(SLOT,)),
    AreaRecord(entitlement=Entitlement("福祉タクシー助成", "2027-03-31")),
)
GOOD = Levels(
    reader=Reader.READY,
    media=Media.PRESENT,
    counter=1,
    printer=PrinterState.READY,
    mouth=Mouth.EMPTY,
    network=Network.UP,
)
HOUSEHOLD = Household(
    town="21202",
    town_name="岐阜県大垣市",
    members=[Member(number=1, name="見本一", holder=True), Member(number=2, name="見本二")],
    items=[],
)
EXTRACT = Extract(
    town="21202",
    town_name="岐阜県大垣市",
    address="見本町1番地",
    whole_household=False,
    persons=[Person(number=1, name="見本一", birth="1990-01-01", sex="unknown")],
)
ISSUE = Issue(
    issuer=Issuer(town="21361", town_name="岐阜県不破郡垂井町", title="岐阜県不破郡垂井町長", name="見本三"),
    date="2026-11-24",
    statement="",
    extract=bytes(32),
    copies=[Copy(serial=1, number="20261124 1", seal="")],
)

TOWNS = tuple(TownName(f"21{number}", f"見本県{number}町") for number in range(201, 220))
PREFECTURES = (TownName("20", "見本県"), TownName("21", "例県"))
TODAY = date(2026, 11, 24)


def _move(destination: str, leaving: Leaving, arriving: Arriving | None = None, carry_on_until: str = "") -> Move:
    return Move(
        move="01ARZ3NDEKTSV4RRFFQ69G5FAV",
        origin="21202",
        destination=destination,
        leaves="2026-11-20",
        until="2026-12-21",
        persons=2,
        leaving=leaving,
        arriving=arriving,
        carry_on_until=carry_on_until,
    )


LOOKED = Looked("2019-11-24", (Look("centre", 7, False), *(Look("21202", line, True) for line in range(5))))

# What may be known of a move, as the table tells it apart; the terminal is in 21361.
MOVES = {
    "none": None,
    "expected here": _move("21361", Leaving.TOLD, Arriving.EXPECTED),
    "elsewhere": _move("21204", Leaving.TOLD, Arriving.EXPECTED),
    "complete": _move("21361", Leaving.CLOSED, Arriving.COMPLETE, "2027-02-20"),
}

# Each event in every shape that a question of the table can tell apart.
SAMPLES: list[Event] = [
    on.Touched(),
    on.LanguageChosen("en"),
    on.EaseChosen(Ease(slow=True)),
    on.StaffWanted(),
    on.ServiceChosen("copy"),
    on.TopicChosen("copy"),
    on.ServiceChosen("library"),
    on.ServiceChosen("opinion", about="facility"),
    on.PersonToggled(2),
    on.PersonsChosen(True),
    on.PersonsChosen(False),
    on.ItemToggled("relationship"),
    on.CopiesChanged(1),
    on.SlotChosen("s1"),
    on.UseChosen("yes"),
    on.DayChosen(3),
    on.TownChosen("21"),
    on.TownChosen("21204"),
    on.NoticeWanted(),
    *(on.MovesCame((move,) if move else (), "21361", TODAY, TOWNS, PREFECTURES) for move in MOVES.values()),
    *(on.MoveTaken(move) for move in MOVES.values() if move is not None),
    on.RatingChosen(5),
    on.PageTurned(1),
    on.LooksCame(LOOKED, True),
    on.PinCount(4),
    on.Forward(),
    on.Back(),
    on.Stop(),
    on.MoreTime(),
    on.PreviewWanted(),
    on.SlipWanted(),
    on.Yes(),
    on.No(),
    on.PaperTaken(),
    on.TimeUp(),
    on.CardWasRead(b"certificate", 3),
    on.CardRefused(Reason.CARD_EXPIRED),
    on.CardPulled(),
    on.PinWrong(2),
    on.PinWrong(0),
    on.PinChanged(),
    *(on.AreaRead(record) for record in RECORDS),
    *(on.AreaWritten(record) for record in RECORDS),
    on.AreaWantsPin(3),
    on.OpinionCounted(),
    on.PinsDiffer(),
    on.PaperWanted(),
    on.Proved(b"signature"),
    on.NonceCame(bytes(32)),
    on.HouseholdCame(HOUSEHOLD),
    on.DocumentReady(EXTRACT, "answer", 1),
    on.DocumentReady(EXTRACT, "answer", 1, Reason.PAPER),
    on.Undrawable(),
    on.Issued(ISSUE),
    on.AskFailed(Reason.NETWORK),
    on.AskFailed(Reason.HOME_CLOSED, today=False),
    on.OutcomeKept(),
    on.Printing(1, 3),
    on.PrintEnded(Outcome.PRINTED, OnPaper.ALL, PrinterState.READY),
    on.PrintEnded(Outcome.VOIDED, OnPaper.PART, PrinterState.OUT),
    on.PrintEnded(Outcome.UNKNOWN, OnPaper.UNKNOWN, PrinterState.OFFLINE),
    on.SlipEnded(True),
    on.PreviewReady(b"png"),
    on.MoneyInserted(100),
    on.Paid(),
    on.PaymentFailed(),
    on.MoneyReturned(100),
    on.Recovered(),
    on.CommandFailed("x"),
    on.VendorModeLeft(),
]
LEVELS: list[Event] = [
    *(ReaderIs(ReaderLevel(reader, media, counter)) for reader in Reader for media in Media for counter in (1, 2)),
    *(PrinterIs(PrinterLevel(state, mouth)) for state in PrinterState for mouth in Mouth),
    *(NetworkIs(level) for level in Network),
    *(HoursAre(level) for level in Hours),
    *(StaffIs(level) for level in Staff),
    *(JournalIs(level) for level in JournalLevel),
]


def _full_visit() -> Visit:
    return Visit(
        id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
        number=7,
        language="ja",
        service="copy",
        card_counter=1,
        certificate=b"certificate",
        tries_left=3,
        nonce=bytes(32),
        signature=b"signature",
        household=HOUSEHOLD,
        persons=frozenset({1}),
        extract=EXTRACT,
        answer="answer",
        issue=ISSUE,
    )


@dataclass
class Bench:
    """What the tests of the session work with."""

    place: Place = PLACE
    good: Levels = GOOD

    def session_in(
        self,
        state: State,
        *,
        fee: int = 0,
        stop_wanted: bool = False,
        paid: int = 0,
        sheet_in_mouth: bool = False,
        paper: str = "",
        whole: bool = True,
        own: bool = False,
        service: str = "",
        move: str = "none",
        carries_on: bool = False,
        reason: Reason = Reason.FAULT,
    ) -> Session:
        """At rest in `state`, with a visit that has all it can have."""
        levels = replace(self.good, mouth=Mouth.PAPER) if sheet_in_mouth else self.good
        session = Session(replace(self.place, fee=fee), lambda: "01ARZ3NDEKTSV4RRFFQ69G5FAV", 0.0, levels=levels)
        session.state, session.serial = state, 5
        if state not in RESTING:
            session.visit = _full_visit()
            session.visit.service = next((name for name, part in PARTS.items() if state in part.rows), "copy")
            if own and state is State.ENTER_PIN:  # of the states of all services, the one in which another PIN may be asked for
                session.visit.service = "welfare"
            if service and not any(state in part.rows for part in PARTS.values()):  # the states that all services pass
                session.visit.service = service
            if paper:
                session.visit.issue, session.visit.paper = None, paper
            session.visit.stop_wanted, session.visit.paid, session.visit.inserted = stop_wanted, paid, paid
            if whole:
                session.visit.area, session.visit.slot = RECORDS[3], SLOT.id
                session.visit.looked = LOOKED
                session.visit.about, session.visit.use, session.visit.rating = "facility", "yes", 5
            day, town, prefecture = (3, "21204", "21") if whole else (None, "", "")
            session.visit.moving = Moving("21361", TODAY, TOWNS, PREFECTURES, MOVES[move], carries_on, day, prefecture, town)
            session.visit.reason = reason
            session.visits = 7
        return session

    samples: tuple[Event, ...] = tuple(SAMPLES)
    level_events: tuple[Event, ...] = tuple(LEVELS)


@pytest.fixture(scope="session")
def bench() -> Bench:
    return Bench()


Make = Callable[..., Session]
