"""券面事項入力補助 and 共通カード: what is written on the card, and what no kiosk asks for."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card import card_text, common
from hardware.card.card_text import BasicFacts
from hardware.card.tlv import Tlv, TlvError
from hardware.errors import CardRemoved, NotOurCard, PinLocked, WrongPin
from hardware.interfaces import CardConnection
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_applications import Details, Kind
from hardware.simulated.card_faults import Faults
from hardware.simulated.card_maker import INVENTED_FACTS
from hardware.simulated.card_reader import SimulatedReader

Make = Callable[..., SimulatedCard]
NUMBER_FILE = 0x01  # 個人番号


def pin(digits: str) -> bytearray:
    return bytearray(digits.encode("ascii"))


def put_in(reader: SimulatedReader, card: SimulatedCard) -> CardConnection:
    reader.insert(card)
    return reader.connect()


@pytest.mark.parametrize("faults", [Faults(), Faults(no_short_ids=0x6A86, most_read=20), Faults(t0=True)], ids=["plain", "slow", "T=0"])
def test_four_facts_after_the_pin(reader: SimulatedReader, make: Make, faults: Faults) -> None:
    connection = put_in(reader, make(faults=faults))
    card_text.select(connection)
    with pytest.raises(CardRemoved):
        card_text.read_basic_facts(connection)
    assert card_text.tries_left(connection) == 3
    card_text.verify(connection, pin("1234"))
    assert card_text.read_basic_facts(connection) == INVENTED_FACTS


def test_long_facts_with_characters_beyond_the_first_plane(reader: SimulatedReader, make: Make) -> None:
    facts = BasicFacts("𠮷邉\U000e0112　葛\U000e0103葉", "岐阜県大垣市" + "古川端１０８番地　" * 40, "19850621", "2")
    connection = put_in(reader, make(details=Details(facts=facts)))
    card_text.select(connection)
    card_text.verify(connection, pin("1234"))
    assert card_text.read_basic_facts(connection) == facts


def test_nothing_asks_for_the_number(reader: SimulatedReader, make: Make) -> None:
    """File 0001 is neither selected nor named by its short id, by anything the driver does, on either kind of card."""
    for faults in (Faults(), Faults(no_short_ids=0x6A86)):
        heard: list[bytes] = []
        reader.before_command = heard.append
        connection = put_in(reader, make(faults=faults))
        card_text.select(connection)
        with pytest.raises(WrongPin):
            card_text.verify(connection, pin("9999"))
        card_text.change_pin(connection, pin("1234"), pin("4321"))
        card_text.read_basic_facts(connection)
        assert heard
        for command in heard:
            assert command[:5] + command[5:7] != bytes.fromhex("00A4020C020001")
            assert not (command[1] == 0xB0 and command[2] == 0x80 | NUMBER_FILE)


def test_its_pin_is_its_own(reader: SimulatedReader, make: Make) -> None:
    connection = put_in(reader, make())
    card_text.select(connection)
    for _ in range(3):
        with pytest.raises(WrongPin):
            card_text.verify(connection, pin("0000"))
    with pytest.raises(PinLocked):
        card_text.verify(connection, pin("1234"))


def test_a_persons_facts_are_in_no_repr() -> None:
    assert "見本" not in repr(INVENTED_FACTS)


texts = st.text(max_size=90)


@given(texts, texts, texts, texts, st.binary(max_size=20))
def test_the_offsets_lead_to_the_facts(name: str, address: str, birth: str, sex: str, filler: bytes) -> None:
    """Whatever the length of the outer length, which moves them."""
    facts = BasicFacts(name, address, birth, sex)
    assert card_text.parse(card_text.build(facts) + filler) == facts


@given(st.binary(max_size=80))
def test_a_file_of_another_form_is_no_crash(data: bytes) -> None:
    with pytest.raises((TlvError, UnicodeDecodeError)):
        card_text.parse(data)


def test_offsets_are_used_not_guessed() -> None:
    """The same facts in another order: found by their offsets; a wrong offset is seen."""
    parts = {tag: Tlv(tag, text).encode() for tag, text in ((0xDF22, b"n"), (0xDF23, b"a"), (0xDF24, b"19800101"), (0xDF25, b"9"))}
    order = (0xDF25, 0xDF24, 0xDF22, 0xDF23)
    start = 2 + 1 + 3 + 8
    places = {tag: start + sum(len(parts[before]) for before in order[: order.index(tag)]) for tag in order}
    body = b"".join(parts[tag] for tag in order)

    def file(places: dict[int, int]) -> bytes:
        offsets = b"".join(places[tag].to_bytes(2, "big") for tag in sorted(places))
        return Tlv(0xFF20, Tlv(0xDF21, offsets).encode() + body).encode()

    assert card_text.parse(file(places)) == BasicFacts("n", "a", "19800101", "9")
    for tag in places:
        with pytest.raises(TlvError):
            card_text.parse(file(places | {tag: places[tag] + 1}))


# -- 共通カードAP -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("faults", [Faults(), Faults(no_short_ids=0x6A86), Faults(t0=True)], ids=["plain", "no short ids", "T=0"])
def test_the_cards_number_and_last_day(reader: SimulatedReader, make: Make, faults: Faults) -> None:
    details = Details(serial="9876", town="21202", expires=date(2031, 3, 5))
    number = common.read_number(put_in(reader, make(faults=faults, details=details)))
    assert (number.serial, number.town, number.expires) == ("000000000009876", "21202", date(2031, 3, 5))


def test_a_card_without_number(reader: SimulatedReader, make: Make) -> None:
    with pytest.raises(NotOurCard):
        common.read_number(put_in(reader, make(Kind.LICENCE)))


class Answers:
    """A card that says the same record to all."""

    def __init__(self, record: bytes) -> None:
        self._record = record

    def transmit(self, command: bytes | bytearray | list[int]) -> bytes:
        return self._record + b"\x90\x00" if command[1] == 0xB2 else b"\x90\x00"

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    "record", [b"", b"\x01\x1c", b"\x01\x1c" + b"1" * 27, b"\x02\x1c" + b"1" * 28, b"\x01\x1c" + b"9" * 28, b"\x01\x1c" + b"x" * 28]
)
def test_records_of_another_form(record: bytes) -> None:
    with pytest.raises(NotOurCard):
        common.read_number(Answers(record))
