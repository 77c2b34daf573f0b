"""住基カード by our profile: neither side tells anything before the other has proved itself."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from hardware.card import juki
from hardware.card.juki import Terminal
from hardware.card.terminal_proof import TerminalCertificate, certificate_body
from hardware.card.tlv import Tlv, TlvError
from hardware.errors import CardNotGenuine, CardRemoved, NotOurCard, TerminalRefused, WrongPin
from hardware.interfaces import CardConnection
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_applications import Details, Kind
from hardware.simulated.card_maker import INVENTED_CODE, Identities
from hardware.simulated.card_reader import SimulatedReader
from hardware.simulated.card_terminal import TerminalCa, make_terminal_ca

Make = Callable[..., SimulatedCard]
CHALLENGE = bytes(range(16))


@pytest.fixture(scope="module")
def ca() -> TerminalCa:
    return make_terminal_ca()


@pytest.fixture
def card(make: Make, ca: TerminalCa) -> SimulatedCard:
    details = Details(expires=date(2025, 12, 1), resident_code=INVENTED_CODE, terminal_ca=ca.key.public_key())
    return make(Kind.JUKI, details=details)


@pytest.fixture
def connection(reader: SimulatedReader, card: SimulatedCard) -> CardConnection:
    reader.insert(card)
    connection = reader.connect()
    juki.select(connection)
    return connection


def pin(digits: str) -> bytearray:
    return bytearray(digits.encode("ascii"))


def certificate_is(known: bytes) -> Callable[[bytes], bool]:
    return lambda certificate: certificate == known


@pytest.mark.parametrize("photo", [True, False])
def test_a_card_says_whether_it_has_a_photo(reader: SimulatedReader, make: Make, photo: bool) -> None:
    reader.insert(make(Kind.JUKI, details=Details(photo=photo)))
    connection = reader.connect()
    juki.select(connection)
    assert juki.has_photo(connection) is photo


def test_the_code_is_told_after_proof_and_pin(connection: CardConnection, ca: TerminalCa, identities: Identities) -> None:
    assert identities.auth is not None
    assert juki.expires(connection) == date(2025, 12, 1)  # free: a card past its ten years says so by itself
    juki.authenticate(connection, ca.admit("counter 3"), CHALLENGE, certificate_is(identities.auth.certificate))
    juki.JUKI.tries_left(connection)
    juki.JUKI.verify(connection, pin("1234"))
    assert juki.read_resident_code(connection) == INVENTED_CODE


def test_not_without_the_pin(connection: CardConnection, ca: TerminalCa) -> None:
    juki.authenticate(connection, ca.admit("counter 3"), CHALLENGE, lambda _: True)
    with pytest.raises(CardRemoved):
        juki.read_resident_code(connection)
    with pytest.raises(WrongPin):
        juki.JUKI.verify(connection, pin("4321"))
    with pytest.raises(CardRemoved):
        juki.read_resident_code(connection)


def test_not_without_the_terminals_proof(connection: CardConnection) -> None:
    juki.JUKI.verify(connection, pin("1234"))
    with pytest.raises(CardRemoved):
        juki.read_resident_code(connection)


def other_ca(ca: TerminalCa) -> Terminal:
    return make_terminal_ca().admit("counter 3")


def stolen_certificate(ca: TerminalCa) -> Terminal:
    return Terminal(ca.admit("counter 3").certificate, ca.admit("counter 3").sign)


def another_name(ca: TerminalCa) -> Terminal:
    terminal = ca.admit("counter 3")
    certificate = TerminalCertificate.decode(terminal.certificate)
    return replace(terminal, certificate=replace(certificate, name="counter 4").encode())


def no_certificate(ca: TerminalCa) -> Terminal:
    return replace(ca.admit("counter 3"), certificate=b"\x30\x03abc")


def short_signature(ca: TerminalCa) -> Terminal:
    return replace(ca.admit("counter 3"), sign=lambda _: b"\x01" * 63)


def zero_signature(ca: TerminalCa) -> Terminal:
    return replace(ca.admit("counter 3"), sign=lambda _: bytes(64))


def point_off_the_curve(ca: TerminalCa) -> Terminal:
    certificate = TerminalCertificate.decode(ca.admit("counter 3").certificate)
    return replace(ca.admit("counter 3"), certificate=replace(certificate, point=b"\x04" + bytes(64)).encode())


@pytest.mark.parametrize(
    "stranger", [other_ca, stolen_certificate, another_name, no_certificate, short_signature, zero_signature, point_off_the_curve]
)
def test_a_stranger_gets_nothing(connection: CardConnection, ca: TerminalCa, stranger: Callable[[TerminalCa], Terminal]) -> None:
    with pytest.raises(TerminalRefused):
        juki.authenticate(connection, stranger(ca), CHALLENGE, lambda _: True)
    juki.JUKI.verify(connection, pin("1234"))
    with pytest.raises(CardRemoved):
        juki.read_resident_code(connection)


def test_a_card_that_knows_no_terminals_refuses_all(reader: SimulatedReader, make: Make, ca: TerminalCa) -> None:
    reader.insert(make(Kind.JUKI))
    connection = reader.connect()
    juki.select(connection)
    with pytest.raises(TerminalRefused):
        juki.authenticate(connection, ca.admit("counter 3"), CHALLENGE, lambda _: True)


def test_a_challenge_serves_once(connection: CardConnection, card: SimulatedCard, ca: TerminalCa) -> None:
    """An answer that was overheard is of no use."""
    sent: list[bytes] = []
    terminal = ca.admit("counter 3")

    def overheard(message: bytes) -> bytes:
        sent.append(terminal.sign(message))
        return sent[-1]

    juki.authenticate(connection, replace(terminal, sign=overheard), CHALLENGE, lambda _: True)
    again = bytes((0x00, 0x82, 0x00, 0x99, 64)) + sent[0]
    assert connection.transmit(again) == b"\x69\x85"
    juki.select(connection)
    with pytest.raises(TerminalRefused):
        juki.authenticate(connection, replace(terminal, sign=lambda _: sent[0]), CHALLENGE, lambda _: True)


def test_a_card_that_is_not_trusted(connection: CardConnection, ca: TerminalCa) -> None:
    with pytest.raises(CardNotGenuine):
        juki.authenticate(connection, ca.admit("counter 3"), CHALLENGE, lambda _: False)


def test_a_copy_has_the_certificate_but_not_its_key(reader: SimulatedReader, make: Make, ca: TerminalCa, identities: Identities) -> None:
    assert identities.auth is not None
    assert identities.sign is not None
    copy = Identities(replace(identities.auth, key=identities.sign.key), None)
    reader.insert(make(Kind.JUKI, identities=copy, details=Details(terminal_ca=ca.key.public_key())))
    connection = reader.connect()
    juki.select(connection)
    with pytest.raises(CardNotGenuine):
        juki.authenticate(connection, ca.admit("counter 3"), CHALLENGE, lambda _: True)


def test_an_answer_to_a_challenge_is_no_signature_of_the_holder(connection: CardConnection, ca: TerminalCa) -> None:
    """The card hashes its label with the challenge: a terminal cannot have the holder's signature made without the PIN."""
    juki.authenticate(connection, ca.admit("counter 3"), CHALLENGE, lambda _: True)
    with pytest.raises(CardRemoved):
        juki.JUKI.sign(connection, hashlib.sha256(b"a proof").digest())


def test_another_application_ends_the_proof(connection: CardConnection, ca: TerminalCa) -> None:
    juki.authenticate(connection, ca.admit("counter 3"), CHALLENGE, lambda _: True)
    connection.transmit(bytes.fromhex("00A4040C0AD392F000260100000001"))
    juki.select(connection)
    juki.JUKI.verify(connection, pin("1234"))
    with pytest.raises(CardRemoved):
        juki.read_resident_code(connection)


def test_a_card_without_code_or_last_day(reader: SimulatedReader, make: Make) -> None:
    reader.insert(make(Kind.MY_NUMBER))  # has a 住基AP with a PIN and nothing else
    connection = reader.connect()
    juki.select(connection)
    with pytest.raises(NotOurCard):
        juki.expires(connection)
    with pytest.raises(NotOurCard):
        juki.read_resident_code(connection)


def test_certificates_of_another_form() -> None:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    body = certificate_body("x", b"\x04" + bytes(64))
    assert point is not None
    for wrong in (
        Tlv(0x7F21, body).encode(),
        Tlv(0x7F21, body + Tlv(0x5F37, bytes(63)).encode()).encode(),
        Tlv(0x7F22, body + Tlv(0x5F37, bytes(64)).encode()).encode(),
        Tlv(0x7F21, Tlv(0x7F4E, b"").encode() + Tlv(0x5F37, bytes(64)).encode()).encode(),
        b"",
    ):
        with pytest.raises(TlvError):
            TerminalCertificate.decode(wrong)
    with pytest.raises(ValueError, match="1 to 16"):
        certificate_body("seventeen letters", bytes(65))
