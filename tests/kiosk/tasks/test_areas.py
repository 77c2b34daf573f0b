"""What the own services write into a card's areas, on a simulated card through the real driver."""

from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.card import municipal
from hardware.card.municipal import FACILITY, LIBRARY, WELFARE, Area
from hardware.errors import AreaFull, SettingsError
from hardware.interfaces import CardConnection
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_applications import Details, area_application
from hardware.simulated.card_faults import Faults
from hardware.simulated.card_reader import SimulatedReader
from kiosk.session.own import AreaRecord, Booking, Entitlement, Ordinance, Slot
from kiosk.session.states import Reason
from kiosk.settings import load_settings
from kiosk.tasks import areas
from kiosk.tasks.areas import AreaRefused, OwnService, check_digit, new_number, own_services

TODAY = date(2026, 12, 1)
PLACES = ("中央体育館", "文化会館 小ホール", "X")
SLOTS = tuple(Slot(f"s{at}", Booking(f"2026-12-{at + 1:02d}", "09:00", "11:00", PLACES[at % 3])) for at in range(8))


def opened(area: Area, slots: tuple[Slot, ...] = SLOTS) -> tuple[CardConnection, OwnService]:
    reader = SimulatedReader()
    reader.insert(SimulatedCard((area_application(area, Details()),), b"\x3b\x00", Faults()))
    card = reader.connect()
    own = OwnService(Ordinance(area.title, True, "試みの条例", "第1号", slots=slots), area, b"" if area.pin else bytes(16))
    areas.enter(card, own)
    if area.pin:
        municipal.open_with_pin(card, bytearray(b"1234"))
    return card, own


@given(st.binary(min_size=8, max_size=8))
def test_a_number_checks_itself(chance: bytes) -> None:
    """One wrong digit is always found (ISO/IEC 7812-1)."""
    number = new_number(chance)
    assert len(number) == 13
    assert number.isdigit()
    digits = [int(digit) for digit in number]
    doubled = [sum(divmod(digit * (1 + at % 2), 10)) for at, digit in enumerate(reversed(digits))]
    assert sum(doubled) % 10 == 0
    for at in range(12):
        other = number[:at] + str((digits[at] + 1) % 10) + number[at + 1 : -1]
        assert check_digit(other) != number[-1]


def test_the_standards_example() -> None:
    assert check_digit("7992739871") == "3"


def test_who_is_registered_keeps_the_number() -> None:
    card, own = opened(LIBRARY)
    assert areas.read(card, own, TODAY) == AreaRecord(number="")
    first = areas.register(card, own, TODAY, bytes(8))
    assert first == AreaRecord(number="0000000000000")
    assert areas.register(card, own, TODAY, bytes([1] * 8)) == first


@settings(max_examples=25)
@given(st.permutations([slot.id for slot in SLOTS]))
def test_what_is_booked_is_read_back_in_order_until_the_area_is_full(ids: list[str]) -> None:
    card, own = opened(FACILITY)
    areas.register(card, own, TODAY, bytes(8))
    taken: list[Booking] = []
    for name in ids:
        wanted = next(slot.booking for slot in SLOTS if slot.id == name)
        try:
            record = areas.book(card, own, TODAY, name)
        except AreaFull:
            assert areas.read(card, own, TODAY).bookings == tuple(sorted(taken)), "as it was"
            break
        taken.append(wanted)
        assert record.bookings == tuple(sorted(taken))
        assert {slot.id for slot in record.slots or ()} == {slot.id for slot in SLOTS if slot.booking not in taken}


def test_a_slot_that_is_not_to_be_had_is_refused() -> None:
    card, own = opened(FACILITY)
    areas.book(card, own, TODAY, "s1")
    for name in ("s1", "nowhere"):
        with pytest.raises(AreaRefused) as caught:
            areas.book(card, own, TODAY, name)
        assert caught.value.reason is Reason.CARD_FAULT


@given(st.binary(min_size=1, max_size=60))
def test_any_bytes_are_a_record_or_refused(value: bytes) -> None:
    for area, numbers in ((LIBRARY, (1,)), (FACILITY, (1, 2)), (WELFARE, (1,))):
        card, own = opened(area)
        for number in numbers:
            municipal.write(card, number, value)
        with suppress(AreaRefused):  # and no other error
            shown = areas.read(card, own, TODAY)
            assert "".join((shown.number or "", *(each.place for each in shown.bookings))).isprintable()


def test_what_the_welfare_office_wrote() -> None:
    card, own = opened(WELFARE)
    assert areas.read(card, own, TODAY) == AreaRecord()
    municipal.write(card, areas.ENTITLEMENT, "福祉タクシー助成\n2027-03-31".encode())
    assert areas.read(card, own, TODAY).entitlement == Entitlement("福祉タクシー助成", "2027-03-31")


# -- settings ---------------------------------------------------------------------------------------------------------

GOOD = """
[network]
town = "21361"
kiosk = "k1"
urls = ["https://127.0.0.1:1"]
certificate = "cert.pem"
key = "key.pem"
ca = "ca.pem"
directory_key = "directory.jwk.json"
card_anchors = "anchors"

[town]
name = "岐阜県不破郡垂井町"
contact = "住民課"

[[town.ordinance]]
service = "library"
state = "in use"
name = "試みの条例"
number = "令和8年条例第1号"
key = "library.key"
"""


def of(folder: Path, text: str) -> dict[str, OwnService]:
    (folder / "kiosk.toml").write_text(text, encoding="utf-8")
    return own_services(load_settings(folder / "kiosk.toml", joins=False))


def test_a_service_by_its_ordinance(tmp_path: Path) -> None:
    (tmp_path / "library.key").write_text("00112233445566778899aabbccddeeff\n")
    found = of(tmp_path, GOOD)
    assert list(found) == ["library"]
    assert found["library"].key == bytes.fromhex("00112233445566778899aabbccddeeff")
    assert found["library"].ordinance == Ordinance("library", True, "試みの条例", "令和8年条例第1号")
    assert "00112233" not in repr(found)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('"in use"', '"soon"'), "soon"),
        (('"library"', '"swimming"'), "swimming: unknown; known are library, facility, welfare"),
        (('key = "library.key"', 'key = "none.key"'), "none.key"),
        (('key = "library.key"', ""), "town.ordinance.key"),
        (('key = "library.key"', 'key = "short.key"'), "32 hexadecimal digits"),
        (('number = "令和8年条例第1号"', ""), "number"),
        (('number = "令和8年条例第1号"', 'number = ""'), "number"),
        (
            (
                "[[town.ordinance]]",
                '[[town.ordinance]]\nservice = "library"\nstate = "under discussion"\nname = "案"\nnumber = "未定"\n[[town.ordinance]]',
            ),
            "twice",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    (tmp_path / "library.key").write_text("00" * 16)
    (tmp_path / "short.key").write_text("00")
    with pytest.raises(SettingsError, match=says):
        of(tmp_path, GOOD.replace(*change))


def test_one_under_discussion_needs_no_key(tmp_path: Path) -> None:
    found = of(tmp_path, GOOD.replace('"in use"', '"under discussion"').replace('key = "library.key"', ""))
    assert not found["library"].ordinance.in_use
