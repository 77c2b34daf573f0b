"""A town's own services at the terminal, on the card's own areas: each good and each unhappy end, and what stands on the card after it."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from hardware.card.apdu import Ins
from hardware.card.municipal import FACILITY, LIBRARY, WELFARE
from hardware.simulated.card_reader import SimulatedReader
from kiosk.hours import JAPAN
from kiosk.session.own import Booking
from kiosk.session.states import PinName, Reason, State
from kiosk.settings import OrdinanceSettings, SlotSettings
from kiosk.terminal import utc_now

AREAS = {area.application: area.title for area in (WELFARE, LIBRARY, FACILITY)}
PLACE, OTHER_PLACE = "中央体育館", "文化会館 小ホール"
START = "see attract\ntap attract.start\nsee choose_service\n"
TO = START + "tap service.{service}\nsee insert_card\ncard {case}\n"
HOME = "tap ok\nsee take_card_back\npull\nsee goodbye\n"
KEY, OTHER_KEY = bytes(16), bytes(15) + b"\x01"  # the first is what simulated cards are made with

CARDS = {
    "juki_a": 'kind = "juki"\nexpires = 2099-12-31\nphoto = false\nareas = ["library"]\n',
    "juki_b": 'kind = "juki"\nexpires = 2099-12-31\nareas = ["library"]\n',
    "juki_over": 'kind = "juki"\nexpires = 2020-12-31\nareas = ["library"]\n',
    "over": 'kind = "mynumber"\nexpires = 2020-12-31\nareas = ["library"]\n',
    "other_key": f'kind = "mynumber"\nareas = ["library"]\nservice_key = "{OTHER_KEY.hex()}"\n',
    "no_certificate": 'kind = "mynumber"\nareas = ["library"]\n',  # for user authentication: not needed here
    "no_area": 'kind = "mynumber"\nareas = ["facility"]\n',
    "all_areas": 'kind = "mynumber"\nareas = ["welfare", "library", "facility"]\nservice_pin = "5678"\n',
}

Open = Callable[..., "Terminal"]


def in_days(number: int) -> date:
    return utc_now().astimezone(JAPAN).date() + timedelta(days=number)


def slot(name: str, days: int, place: str = PLACE) -> SlotSettings:
    return SlotSettings(id=name, day=in_days(days), begins="18:00", ends="20:00", place=place)


SLOTS = (slot("s1", 3), slot("s2", 4, OTHER_PLACE), slot("gone", -1))


class Terminal:
    """A bench whose town has these services, and cards of its own. `selected` are the areas that were selected, by title."""

    def __init__(self, bench, cards: Path) -> None:
        self.bench, self.cards = bench, cards
        self.selected: list[str] = []
        reader = bench.devices.reader
        assert isinstance(reader, SimulatedReader)
        self.reader = reader
        reader.before_command = self._look

    def _look(self, command: bytes) -> None:
        if command[1] == Ins.SELECT and bytes(command[5:]) in AREAS:
            self.selected.append(AREAS[bytes(command[5:])])

    def follow(self, script: str, **words: str) -> "Terminal":
        self.bench.follow(script, **words)
        return self

    def home(self) -> "Terminal":
        self.bench.follow(HOME)
        self.bench.wait(6)
        return self

    def on_card(self, case: str, area: str) -> dict[int, bytes]:
        memory = self.cards / case / "state.json"
        held = json.loads(memory.read_text()).get(area, {}) if memory.exists() else {}
        return {int(number): bytes.fromhex(value) for number, value in held.items()}

    def write(self, case: str, area: str, objects: dict[int, bytes]) -> None:
        """As another program of the service's did."""
        memory = {area: {str(number): value.hex() for number, value in objects.items()}}
        (self.cards / case / "state.json").write_text(json.dumps(memory))

    @property
    def shown(self):
        return self.bench.shown

    def facts(self) -> dict[str, str]:
        return dict(self.bench.shown.facts)


@pytest.fixture
def open_with(network, tmp_path, bench_type) -> Iterator[Open]:
    """open_with("library", photo_id=True, …): a terminal with these services in use."""
    cards = tmp_path / "cards"
    for case, toml in CARDS.items():
        (cards / case).mkdir(parents=True)
        (cards / case / "card.toml").write_text(toml)
        if "juki" in toml:
            for file in (network.folder / "cards" / "juki_card").glob("auth*"):
                shutil.copy(file, cards / case)
    key = tmp_path / "service.key"
    key.write_text(KEY.hex())
    with ExitStack() as held:

        def opened(*services: str, state: str = "in use", photo_id: bool = False) -> Terminal:
            entries = tuple(
                OrdinanceSettings(
                    service=service,
                    state=state,  # type: ignore[arg-type]
                    name="試みの条例",
                    number="令和8年条例第1号",
                    photo_id=photo_id,
                    key=str(key),
                    slots=SLOTS if service == "facility" else (),
                )
                for service in services
            )
            town = msgspec.structs.replace(network.settings.town, ordinance=entries)
            devices = msgspec.structs.replace(network.settings.devices, cards=str(cards))
            settings = msgspec.structs.replace(network.settings, town=town, devices=devices)
            made = bench_type(settings, tmp_path / "state", "simulated:custom-vkp80?baud=0")
            held.callback(made.close)
            return Terminal(made, cards)

        yield opened


# -- library ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["all_areas", "no_certificate", "juki_a", "juki_b"])
def test_a_card_is_registered_and_shows_its_number_from_then_on(open_with: Open, case: str) -> None:
    terminal = open_with("library")
    terminal.follow(TO + "see card_offer", service="library", case=case)
    assert terminal.shown.ordinance == "試みの条例 令和8年条例第1号"
    assert terminal.on_card(case, "library") == {}
    terminal.follow("tap card.register\nsee done")
    number = terminal.facts()["number"]
    assert (terminal.shown.service, terminal.shown.result) == ("library", "registered")
    assert terminal.on_card(case, "library") == {1: number.encode()}
    terminal.home().follow(TO + "see done", service="library", case=case)
    assert (terminal.shown.result, terminal.facts()) == ("shown", {"number": number})
    assert terminal.bench.papers == []
    assert terminal.bench.record is None


def test_whoever_goes_back_or_stops_is_not_registered(open_with: Open) -> None:
    terminal = open_with("library")
    terminal.follow(
        TO + "see card_offer\ntap back\nsee choose_service\ntap service.library\nsee card_offer", service="library", case="all_areas"
    )
    terminal.follow("tap stop\nsee take_card_back\npull\nsee goodbye")
    assert terminal.on_card("all_areas", "library") == {}


def test_whoever_takes_the_card_at_the_offer_leaves(open_with: Open) -> None:
    terminal = open_with("library")
    terminal.follow(TO + "see card_offer\npull\nsee goodbye", service="library", case="all_areas")
    assert terminal.on_card("all_areas", "library") == {}


REFUSED = [
    ("no_area", Reason.AREA_NONE),
    ("other_key", Reason.AREA_KEY),
    ("over", Reason.CARD_EXPIRED),
    ("juki_over", Reason.CARD_JUKI_ENDED),
]


@pytest.mark.parametrize(("case", "reason"), REFUSED)
def test_what_does_not_serve_here(open_with: Open, case: str, reason: Reason) -> None:
    terminal = open_with("library")
    terminal.follow(TO + "see refused", service="library", case=case)
    assert terminal.shown.reason is reason
    terminal.home()
    assert terminal.on_card(case, "library") == {}


FULL = {0x20: bytes(250), 0x21: bytes(244)}  # and four bytes each: ten are left, fewer than a number needs


def test_a_full_area_stays_as_it_was(open_with: Open) -> None:
    terminal = open_with("library")
    terminal.write("all_areas", "library", FULL)
    terminal.follow(TO + "see card_offer\ntap card.register\nsee refused", service="library", case="all_areas")
    assert terminal.shown.reason is Reason.AREA_FULL
    terminal.home()
    assert terminal.on_card("all_areas", "library") in ({}, FULL)  # {}: the card never wrote its memory anew
    assert json.loads((terminal.cards / "all_areas" / "state.json").read_text())["library"].keys() == {"32", "33"}


def test_another_programs_bytes_are_not_written_over(open_with: Open) -> None:
    terminal = open_with("library")
    terminal.write("all_areas", "library", {1: b"\xff\xfe"})
    terminal.follow(TO + "see refused", service="library", case="all_areas")
    assert terminal.shown.reason is Reason.CARD_FAULT
    assert terminal.on_card("all_areas", "library") == {1: b"\xff\xfe"}


# -- pulled -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["before_command", "after_command"])
@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_pulled_while_it_is_written(open_with: Open, moment: str, at: int) -> None:
    """Reading, writing, reading back, telling: whichever was the last command, the card has a whole number or none, and says which."""
    terminal = open_with("library")
    terminal.follow(TO + "see card_offer", service="library", case="all_areas")
    last, reader = terminal.reader.exchanged + at, terminal.reader

    def pull(command: bytes) -> None:
        if reader.exchanged == last:
            reader.pull()

    setattr(reader, moment, pull)
    terminal.follow("tap card.register\nsee refused")
    assert terminal.shown.reason is Reason.AREA_EARLY
    setattr(reader, moment, None)
    terminal.follow("tap ok\nsee goodbye")
    terminal.bench.wait(6)
    written = terminal.on_card("all_areas", "library")
    assert bool(written) == (at > 2 or (at, moment) == (2, "after_command"))
    assert all(len(number) == 13 and number.isdigit() for number in written.values())
    terminal.follow(TO + f"see {'done' if written else 'card_offer'}", service="library", case="all_areas")


# -- facility ---------------------------------------------------------------------------------------------------------


def test_a_time_is_booked_once_and_listed_from_then_on(open_with: Open) -> None:
    terminal = open_with("facility")
    terminal.follow(TO + "see card_offer\ntap card.register\nsee card_bookings", service="facility", case="all_areas")
    assert [choice.id for choice in terminal.shown.slots] == ["s1", "s2"], "what is over is not offered"
    terminal.follow("tap slots.s1\ntap slots.s2\ntap slots.book\nsee done")
    facts = terminal.facts()
    assert terminal.shown.result == "booked"
    assert (facts["place"], facts["day"], facts["time"]) == (OTHER_PLACE, in_days(4).isoformat(), "18:00–20:00")
    terminal.home().follow(TO + "see card_bookings", service="facility", case="all_areas")
    booked = Booking(in_days(4).isoformat(), "18:00", "20:00", OTHER_PLACE)
    assert terminal.shown.bookings == (booked,)
    assert [choice.id for choice in terminal.shown.slots] == ["s1"]
    terminal.follow("tap slots.s1\ntap slots.book\nsee done")
    text = terminal.on_card("all_areas", "facility")[2].decode()
    assert text.split("\n") == [in_days(3).isoformat(), "18:00", "20:00", PLACE, *(booked.day, "18:00", "20:00", OTHER_PLACE)]


def test_what_one_card_has_booked_no_other_is_offered(open_with: Open) -> None:
    """Also after the terminal was restarted; and an area that is full takes nothing."""
    terminal = open_with("facility")
    terminal.write("no_area", "facility", {1: b"1234567890128", 0x20: bytes(240), 0x21: bytes(230)})
    terminal.follow(TO + "see card_bookings\ntap slots.s2\ntap slots.book\nsee refused", service="facility", case="no_area")
    assert terminal.shown.reason is Reason.AREA_FULL
    assert (terminal.cards.parent / "state" / "booked").read_text() == ""
    terminal.home().follow(TO + "see card_offer\ntap card.register\nsee card_bookings", service="facility", case="all_areas")
    terminal.follow("tap slots.s1\ntap slots.book\nsee done")
    terminal.home()
    again = open_with("facility")
    again.follow(TO + "see card_bookings", service="facility", case="no_area")
    assert [choice.id for choice in again.shown.slots] == ["s2"]


def test_nothing_is_booked_before_one_is_chosen(open_with: Open) -> None:
    terminal = open_with("facility")
    terminal.write("all_areas", "facility", {1: b"1234567890128"})
    terminal.follow(TO + "see card_bookings", service="facility", case="all_areas")
    assert "slots.book" not in terminal.bench.terminal.conductor.view.actions
    terminal.follow("tap slots.s1\ntap slots.s1\ngone slots.book\ntap stop\nsee take_card_back\npull\nsee goodbye")
    assert terminal.on_card("all_areas", "facility") == {1: b"1234567890128"}


def test_what_is_over_makes_room(open_with: Open) -> None:
    """And too many to come are an area that is full."""
    terminal = open_with("facility")
    old = "\n".join(["2020-01-01", "09:00", "11:00", "館" * 70]).encode()
    terminal.write("all_areas", "facility", {1: b"1234567890128", 2: old})
    terminal.follow(TO + "see card_bookings", service="facility", case="all_areas")
    assert terminal.shown.bookings == ()
    terminal.follow("tap slots.s1\ntap slots.book\nsee done")
    assert b"2020-01-01" not in terminal.on_card("all_areas", "facility")[2]


def test_more_bookings_than_an_object_holds(open_with: Open) -> None:
    terminal = open_with("facility")
    much = "\n".join([in_days(9).isoformat(), "09:00", "11:00", "館" * 70]).encode()
    terminal.write("all_areas", "facility", {1: b"1234567890128", 2: much})
    terminal.follow(TO + "see card_bookings\ntap slots.s1\ntap slots.book\nsee refused", service="facility", case="all_areas")
    assert terminal.shown.reason is Reason.AREA_FULL
    assert terminal.on_card("all_areas", "facility")[2] == much


# -- welfare ----------------------------------------------------------------------------------------------------------

ENTITLED = {1: "福祉タクシー助成\n2027-03-31".encode()}


def test_what_the_card_entitles_to_is_shown_after_its_own_pin(open_with: Open) -> None:
    terminal = open_with("welfare")
    terminal.write("all_areas", "welfare", ENTITLED)
    terminal.follow(TO + "see enter_pin", service="welfare", case="all_areas")
    assert terminal.shown.pin is PinName.SERVICE
    terminal.follow("pin 1234\nsee card_opening\nsee enter_pin")
    assert (terminal.shown.wrong, terminal.shown.tries_left) == (True, 2)
    terminal.follow("pin 5678\nsee done")
    assert terminal.facts() == {"entitlement": "福祉タクシー助成", "until": "2027-03-31"}
    assert terminal.bench.terminal.conductor.desk.pin.count == 0
    terminal.home()


def test_three_wrong_ones_lock_the_area(open_with: Open) -> None:
    terminal = open_with("welfare")
    terminal.follow(
        TO + "pin 0000\nsee card_opening\nsee enter_pin\npin 0000\nsee card_opening\nsee enter_pin\npin 0000\nsee refused",
        service="welfare",
        case="all_areas",
    )
    assert terminal.shown.reason is Reason.PIN_LOCKED
    terminal.home().follow(TO + "see refused", service="welfare", case="all_areas")
    assert terminal.shown.reason is Reason.PIN_LOCKED, "without another try"


def test_nothing_was_written_yet(open_with: Open) -> None:
    terminal = open_with("welfare")
    terminal.follow(TO + "see enter_pin\npin 5678\nsee refused", service="welfare", case="all_areas")
    assert terminal.shown.reason is Reason.AREA_EMPTY


def test_pulled_while_the_pin_is_asked_for(open_with: Open) -> None:
    terminal = open_with("welfare")
    terminal.write("all_areas", "welfare", ENTITLED)
    terminal.follow(
        TO + "see enter_pin\ntap pin.5\npull\nsee insert_card\ncard all_areas\nsee enter_pin\npin 5678\nsee done",
        service="welfare",
        case="all_areas",
    )


# -- the ordinance ----------------------------------------------------------------------------------------------------


def test_without_an_ordinance_nothing_is_shown_and_no_area_selected(open_with: Open) -> None:
    terminal = open_with()
    terminal.follow(START)
    assert {name for name in terminal.bench.terminal.conductor.view.actions if name.startswith("service.")} == {
        "service.copy",
        "service.disclosure",
        "service.move",
        "service.pin",
    }
    terminal.follow("tap service.copy\nsee insert_card\ncard all_areas\nsee refused")
    assert terminal.reader.exchanged > 0
    assert terminal.selected == []


def test_only_the_area_of_the_service_is_selected(open_with: Open) -> None:
    """A welfare card in a town that has a library service: what one is entitled to is not even looked for."""
    terminal = open_with("library", "facility")
    terminal.write("all_areas", "welfare", ENTITLED)
    terminal.follow(TO + "see card_offer\ntap card.register\nsee done", service="library", case="all_areas")
    assert terminal.selected == ["library"]
    terminal.home().follow(TO + "see card_offer", service="facility", case="all_areas")
    assert terminal.selected == ["library", "facility"]


# -- kinds of card ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "end"), [("juki_a", "refused"), ("juki_b", "card_offer"), ("all_areas", "card_offer")])
def test_only_a_card_with_a_photo_is_photo_id(open_with: Open, case: str, end: str) -> None:
    terminal = open_with("library", photo_id=True)
    terminal.follow(TO + f"see {end}", service="library", case=case)
    if end == "refused":
        assert terminal.shown.reason is Reason.AREA_PHOTO
        assert terminal.selected == []


def test_a_juki_card_is_no_card_for_a_copy(open_with: Open) -> None:
    terminal = open_with("library")
    terminal.follow(TO + "see refused", service="copy", case="juki_b")
    assert terminal.shown.reason is Reason.CARD_NO_CERTIFICATE


def test_nothing_of_it_is_in_the_log(open_with: Open) -> None:
    terminal = open_with("library")
    terminal.follow(TO + "see card_offer\ntap card.register\nsee done", service="library", case="all_areas")
    number = terminal.facts()["number"]
    terminal.home()
    assert terminal.bench.state in (State.ATTRACT, State.GOODBYE)
    assert number not in terminal.bench.logged.getvalue()


def test_a_lab_offers_all_of_it(bench) -> None:
    """As it is made: two services in use, one under discussion."""
    bench.follow(TO + "see card_offer\ntap card.register\nsee done", service="library", case="hanako").follow(HOME)
    bench.wait(6)
    bench.follow(TO + "see card_offer\ntap card.register\nsee card_bookings", service="facility", case="hanako")
    bench.follow("tap slots.s2\ntap slots.book\nsee done\n" + HOME)
    bench.wait(6)
    bench.follow(START + "tap service.welfare\nsee opinion\ntap opinion.yes\ntap rating.5\ntap opinion.send\nsee done")
