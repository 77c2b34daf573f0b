"""The same driver on every maker's card: with and without short ids, T=0, few bytes at a time, other words for locked and for the end."""

from collections.abc import Callable

import pytest

from hardware.card import files, jpki
from hardware.card.jpki import CardKind, Held
from hardware.errors import NoCertificate, PinLocked, WrongPin
from hardware.interfaces import CardConnection
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_faults import Faults
from hardware.simulated.card_maker import Identities
from hardware.simulated.card_reader import SimulatedReader

Make = Callable[..., SimulatedCard]

MAKERS = {
    "plain": Faults(),
    "T=0": Faults(t0=True),
    "no short ids, 6A82": Faults(no_short_ids=0x6A82),
    "no short ids, 6A86": Faults(no_short_ids=0x6A86),
    "no short ids, 6D00": Faults(no_short_ids=0x6D00),
    "no short ids, T=0": Faults(no_short_ids=0x6A86, t0=True),
    "100 bytes a read": Faults(most_read=100),
    "3 bytes a read": Faults(most_read=3),
    "6282 at the end": Faults(ends_with_warning=True),
    "6F00 at first": Faults(dizzy=True),
    "9000 once verified": Faults(silent_when_verified=True),
    "6983 when locked": Faults(locked=0x6983),
}


@pytest.fixture(params=MAKERS.values(), ids=MAKERS)
def connection(request: pytest.FixtureRequest, reader: SimulatedReader, make: Make) -> CardConnection:
    reader.insert(make(faults=request.param))
    return reader.connect()


def pin(digits: str) -> bytearray:
    return bytearray(digits.encode("ascii"))


def test_everything_is_read_and_signed(connection: CardConnection, identities: Identities) -> None:
    assert identities.auth is not None
    assert jpki.identify(connection) is CardKind.MY_NUMBER
    assert jpki.certificates_held(connection) == Held(signing=True, user_authentication=True)
    assert jpki.read_certificate(connection) == identities.auth.certificate
    assert jpki.tries_left(connection) == 3
    jpki.verify(connection, pin("1234"))
    assert jpki.tries_left(connection) == 3
    assert len(jpki.sign(connection, bytes(32))) == 256


def test_a_wrong_pin_costs_one_try_on_every_card(connection: CardConnection) -> None:
    jpki.identify(connection)
    for left in (2, 1, 0):
        assert jpki.tries_left(connection) == left + 1
        with pytest.raises(WrongPin) as wrong:
            jpki.verify(connection, pin("9999"))
        assert wrong.value.tries_left == left
    assert jpki.tries_left(connection) == 0
    with pytest.raises(PinLocked):
        jpki.verify(connection, pin("1234"))


def test_the_certificate_that_names_its_holder_is_behind_the_password(connection: CardConnection, identities: Identities) -> None:
    assert identities.sign is not None
    jpki.identify(connection)
    assert jpki.SIGNING.tries_left(connection) == 5
    jpki.SIGNING.verify(connection, pin("abc123"))  # registered in capitals
    assert jpki.SIGNING.read_certificate(connection) == identities.sign.certificate
    assert len(jpki.SIGNING.sign(connection, bytes(32))) == 256


# -- how many commands ------------------------------------------------------------------------------------------------

# SELECT application, token, tries, VERIFY and SIGN are one each; the certificate one a page. On a card without short ids each of the five
# file commands is refused once, then selected and said again.
FEWEST = {"plain": 5, "no short ids, 6A86": 5 + 2 * 5}


@pytest.mark.parametrize("maker", FEWEST)
def test_commands_of_a_visit(reader: SimulatedReader, make: Make, identities: Identities, maker: str) -> None:
    assert identities.auth is not None
    reader.insert(make(faults=MAKERS[maker]))
    connection = reader.connect()
    jpki.identify(connection)
    pages = -(-len(jpki.read_certificate(connection)) // 256)
    jpki.tries_left(connection)
    jpki.verify(connection, pin("1234"))
    jpki.sign(connection, bytes(32))
    assert reader.exchanged == FEWEST[maker] + pages


# -- what is not there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("faults", [Faults(), Faults(no_short_ids=0x6A82)], ids=["short ids", "none"])
def test_a_card_without_one_certificate(reader: SimulatedReader, make: Make, identities: Identities, faults: Faults) -> None:
    reader.insert(make(identities=Identities(None, identities.sign), faults=faults))
    connection = reader.connect()
    jpki.identify(connection)
    assert jpki.certificates_held(connection) == Held(signing=True, user_authentication=False)
    with pytest.raises(NoCertificate):
        jpki.read_certificate(connection)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff" * 40,
        b"\x00" * 40,
        b"\x30",
        b"\x30\x82\x01",
        b"\x30\x03ab",
        b"\x30\x80" + bytes(40),
        b"\x31\x02ab",
        b"\x30\x82\xff\xff" + bytes(300),
    ],
)
def test_a_file_without_a_certificate_in_it(content: bytes) -> None:
    with pytest.raises(NoCertificate):
        files.read_certificate(OneFile(content), 0x000A)


class OneFile:
    """The least a card can be: one file, one byte more a time than the last, filler behind."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def transmit(self, command: bytes | bytearray | list[int]) -> bytes:
        if command[1] != 0xB0:
            return b"\x90\x00"
        offset = command[3] if command[2] & 0x80 else command[2] << 8 | command[3]
        data = self._content[offset:]
        return data[: command[4] or 256] + b"\x90\x00" if data else b"\x6b\x00"

    def close(self) -> None:
        pass


# -- another PIN ------------------------------------------------------------------------------------------------------


def test_a_changed_pin_is_the_pin(connection: CardConnection) -> None:
    jpki.identify(connection)
    old, new = pin("1234"), pin("8642")
    jpki.change_pin(connection, old, new)
    assert (old, new) == (b"1234", b"8642")  # wiping them is their owner's
    with pytest.raises(WrongPin):
        jpki.verify(connection, old)
    jpki.verify(connection, new)


@pytest.mark.parametrize("new", ["123", "12345", "12a4", ""])
def test_what_cannot_be_a_pin_never_reaches_the_card(reader: SimulatedReader, card: SimulatedCard, new: str) -> None:
    reader.insert(card)
    connection = reader.connect()
    jpki.identify(connection)
    before = reader.exchanged
    with pytest.raises(ValueError, match="cannot be registered") as caught:
        jpki.change_pin(connection, pin("1234"), pin(new))
    assert new not in str(caught.value) or not new
    assert reader.exchanged == before


@pytest.mark.parametrize(
    ("new", "fits"),
    [("ABC123", True), ("abc123", True), ("ABCDEF", False), ("123456", False), ("AB12", False), ("A" * 16 + "1", False), ("AB-123", False)],
)
def test_the_signing_password_has_letters_and_digits(reader: SimulatedReader, card: SimulatedCard, new: str, fits: bool) -> None:
    reader.insert(card)
    connection = reader.connect()
    jpki.identify(connection)
    if fits:
        jpki.SIGNING.change_pin(connection, pin("ABC123"), pin(new))
        jpki.SIGNING.verify(connection, pin(new))
    else:
        with pytest.raises(ValueError, match="cannot be registered"):
            jpki.SIGNING.change_pin(connection, pin("ABC123"), pin(new))


def test_a_wrong_old_pin_changes_nothing(reader: SimulatedReader, card: SimulatedCard) -> None:
    reader.insert(card)
    connection = reader.connect()
    jpki.identify(connection)
    with pytest.raises(WrongPin):
        jpki.change_pin(connection, pin("0000"), pin("8642"))
    jpki.verify(connection, pin("1234"))
