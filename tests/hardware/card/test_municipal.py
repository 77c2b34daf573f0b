"""Services of a municipality on the card: each in its own area, behind its own PIN or key, with its own room."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card import municipal
from hardware.card.municipal import AREAS, FACILITY, LIBRARY, OBJECT_HEAD, WELFARE, Area
from hardware.errors import AreaFull, CardRemoved, NotOurCard, PinLocked, TerminalRefused, UnexpectedStatus, WrongPin
from hardware.interfaces import CardConnection
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_applications import Details
from hardware.simulated.card_file import load_card
from hardware.simulated.card_reader import SimulatedReader

Make = Callable[..., SimulatedCard]
KEY = bytes(range(16))
PIN = b"5678"


@pytest.fixture
def card(make: Make) -> SimulatedCard:
    return make(details=Details(areas=tuple(AREAS), service_pin="5678", service_key=KEY))


@pytest.fixture
def connection(reader: SimulatedReader, card: SimulatedCard) -> CardConnection:
    reader.insert(card)
    return reader.connect()


def enter(connection: CardConnection, area: Area) -> None:
    municipal.select(connection, area)
    if area.pin:
        municipal.open_with_pin(connection, bytearray(PIN))
    else:
        municipal.open_with_key(connection, KEY)


@pytest.mark.parametrize("area", AREAS.values(), ids=AREAS)
def test_written_read_and_erased(connection: CardConnection, area: Area) -> None:
    enter(connection, area)
    assert municipal.free(connection) == area.room
    assert municipal.read(connection, 3) is None
    municipal.write(connection, 3, b"reader 12345")
    assert municipal.read(connection, 3) == b"reader 12345"
    assert municipal.free(connection) == area.room - 12 - OBJECT_HEAD
    municipal.write(connection, 3, b"another")
    assert municipal.read(connection, 3) == b"another"
    municipal.erase(connection, 3)
    municipal.erase(connection, 3)
    assert municipal.read(connection, 3) is None
    assert municipal.free(connection) == area.room


@pytest.mark.parametrize("area", AREAS.values(), ids=AREAS)
def test_a_closed_area_says_nothing(connection: CardConnection, area: Area) -> None:
    municipal.select(connection, area)
    for act in (
        lambda: municipal.free(connection),
        lambda: municipal.read(connection, 3),
        lambda: municipal.write(connection, 3, b"x"),
        lambda: municipal.erase(connection, 3),
    ):
        with pytest.raises(CardRemoved):
            act()


@pytest.mark.parametrize("mine", AREAS.values(), ids=AREAS)
@pytest.mark.parametrize("other", AREAS.values(), ids=AREAS)
def test_one_service_cannot_read_anothers(connection: CardConnection, mine: Area, other: Area) -> None:
    """Even with the same key or PIN for all: what was verified ends with the area."""
    enter(connection, other)
    municipal.write(connection, 1, b"theirs")
    enter(connection, mine)
    if mine is not other:
        assert municipal.read(connection, 1) is None
        municipal.select(connection, other)
        with pytest.raises(CardRemoved):
            municipal.read(connection, 1)


def test_a_wrong_key_and_a_wrong_pin(connection: CardConnection) -> None:
    municipal.select(connection, LIBRARY)
    with pytest.raises(TerminalRefused):
        municipal.open_with_key(connection, bytes(16))
    municipal.select(connection, WELFARE)
    for left in (2, 1, 0):
        with pytest.raises(WrongPin) as wrong:
            municipal.open_with_pin(connection, bytearray(b"0000"))
        assert wrong.value.tries_left == left
    with pytest.raises(PinLocked):
        municipal.open_with_pin(connection, bytearray(PIN))


def test_a_card_taken_apart_opens_no_other(reader: SimulatedReader, make: Make) -> None:
    """Its key is its own: neither the service's nor another card's nor another area's."""

    def number(serial: str, area: Area) -> bytes:
        reader.insert(make(details=Details(serial=serial, areas=tuple(AREAS), service_key=KEY)))
        connection = reader.connect()
        municipal.select(connection, area)
        return connection.transmit(bytes.fromhex("00B0810008"))[:-2]

    keys = {municipal.key_of_card(KEY, number(serial, area)) for serial in ("1", "2") for area in (LIBRARY, FACILITY)}
    assert len(keys | {KEY}) == 5
    municipal.select(connection := reader.connect(), LIBRARY)
    for key in keys:  # as if it were the service's
        with pytest.raises(TerminalRefused):
            municipal.open_with_key(connection, key)
    municipal.open_with_key(connection, KEY)


def test_each_area_opens_in_its_own_way(connection: CardConnection) -> None:
    municipal.select(connection, WELFARE)
    with pytest.raises((TerminalRefused, UnexpectedStatus)):
        municipal.open_with_key(connection, KEY)
    municipal.select(connection, FACILITY)
    with pytest.raises(UnexpectedStatus):
        municipal.open_with_pin(connection, bytearray(PIN))


def test_a_full_area_says_how_much_is_free(connection: CardConnection) -> None:
    enter(connection, LIBRARY)
    municipal.write(connection, 1, b"a" * 200)
    municipal.write(connection, 2, b"b" * 200)
    with pytest.raises(AreaFull) as full:
        municipal.write(connection, 3, b"c" * 150)
    assert (full.value.needed, full.value.free) == (154, 512 - 2 * 204)
    municipal.write(connection, 2, b"b" * 255)  # in the place of what is there
    with pytest.raises(AreaFull) as full:
        municipal.write(connection, 1, b"a" * 255)
    assert full.value.free == 512 - 259  # what it would have given back counts
    assert municipal.read(connection, 1) == b"a" * 200  # nothing was changed
    assert municipal.read(connection, 3) is None
    enter(connection, FACILITY)
    assert municipal.free(connection) == FACILITY.room  # a full neighbour is nobody's matter


@pytest.mark.parametrize(("number", "value"), [(-1, b"x"), (255, b"x"), (0, b""), (0, b"x" * 256)])
def test_what_is_no_object(connection: CardConnection, number: int, value: bytes) -> None:
    enter(connection, LIBRARY)
    with pytest.raises(ValueError, match="object"):
        municipal.write(connection, number, value)


def test_a_card_without_areas(reader: SimulatedReader, make: Make) -> None:
    reader.insert(make(details=Details()))
    with pytest.raises(NotOurCard):
        municipal.select(reader.connect(), LIBRARY)


@given(st.lists(st.tuples(st.integers(0, 4), st.binary(max_size=255)), max_size=12))
def test_the_card_keeps_what_fits_and_nothing_else(make: Make, steps: list[tuple[int, bytes]]) -> None:
    """Against a dictionary with a budget."""
    reader = SimulatedReader()
    reader.insert(make(details=Details(areas=("library",), service_key=KEY)))
    connection = reader.connect()
    enter(connection, LIBRARY)
    kept: dict[int, bytes] = {}

    def used(objects: dict[int, bytes]) -> int:
        return sum(len(value) + OBJECT_HEAD for value in objects.values())

    for number, value in steps:
        after = {key: old for key, old in kept.items() if key != number} | ({number: value} if value else {})
        if not value:
            municipal.erase(connection, number)
        elif used(after) > LIBRARY.room:
            with pytest.raises(AreaFull) as full:
                municipal.write(connection, number, value)
            assert full.value.free < full.value.needed
            continue
        else:
            municipal.write(connection, number, value)
        kept = after
        assert municipal.free(connection) == LIBRARY.room - used(kept)
    found = {number: municipal.read(connection, number) for number in range(5)}
    assert {number: value for number, value in found.items() if value is not None} == kept


def test_pulled_before_the_answer_it_is_there_or_not_at_all(reader: SimulatedReader, card: SimulatedCard) -> None:
    reader.insert(card)
    connection = reader.connect()
    enter(connection, LIBRARY)
    municipal.write(connection, 1, b"before")
    reader.before_command = lambda apdu: reader.pull() if apdu[1] == 0xDA else None
    with pytest.raises(CardRemoved):
        municipal.write(connection, 1, b"after")
    reader.before_command = None
    reader.insert(card)
    connection = reader.connect()
    enter(connection, LIBRARY)
    assert municipal.read(connection, 1) == b"before"


def test_what_the_office_wrote_is_read_with_the_pin_and_may_be_written_over(folder: Path) -> None:
    with (folder / "card.toml").open("a") as out:
        out.write('areas = ["welfare"]\nservice_pin = "5678"\nentitlement = "taxi\\n2027-03-31"\n')
    for value in (b"taxi\n2027-03-31", b"nothing"):
        reader = SimulatedReader()
        reader.insert(load_card(folder))
        connection = reader.connect()
        municipal.select(connection, WELFARE)
        municipal.open_with_pin(connection, PIN)
        assert municipal.read(connection, 1) == value
        municipal.write(connection, 1, b"nothing")
        reader.close()


def test_what_was_written_outlives_the_process(folder: Path) -> None:
    with (folder / "card.toml").open("a") as out:
        out.write(f'areas = ["library", "welfare"]\nservice_pin = "5678"\nservice_key = "{KEY.hex()}"\n')
    for value in (None, b"reader 12345"):
        reader = SimulatedReader()
        reader.insert(load_card(folder))
        connection = reader.connect()
        enter(connection, LIBRARY)
        assert municipal.read(connection, 7) == value
        municipal.write(connection, 7, b"reader 12345")
        reader.close()
