"""What a kiosk does with a card: identify, read, ask, verify, sign; and every way in which that ends early."""

import hashlib
import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from hardware.card import jpki, juki, operator
from hardware.card.jpki import CardKind
from hardware.errors import CardRemoved, NoCertificate, NotOurCard, PinLocked, ReaderLost, UnexpectedStatus, WrongPin
from hardware.interfaces import CardConnection
from hardware.simulated.card import Faults, SimulatedCard
from hardware.simulated.card_applications import Kind
from hardware.simulated.card_maker import CardState, Identities, make_card
from hardware.simulated.card_reader import SimulatedReader

Make = Callable[..., SimulatedCard]
DIGEST = hashlib.sha256(b"a nonce").digest()


def pin(digits: str) -> bytearray:
    return bytearray(digits.encode("ascii"))


def holds(signature: bytes, certificate: bytes) -> None:
    key = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(key, RSAPublicKey)
    key.verify(signature, b"a nonce", padding.PKCS1v15(), hashes.SHA256())


def put_in(reader: SimulatedReader, card: SimulatedCard) -> CardConnection:
    reader.insert(card)
    return reader.connect()


def visit(connection: CardConnection) -> bytes:
    """All a visit asks of a card; the signature."""
    jpki.identify(connection)
    certificate = jpki.read_certificate(connection)
    jpki.tries_left(connection)
    jpki.verify(connection, pin("1234"))
    signature = jpki.sign(connection, DIGEST)
    holds(signature, certificate)
    return signature


@pytest.mark.parametrize("faults", [Faults(), Faults(t0=True), Faults(dizzy=True)], ids=["T=1", "T=0", "6F00 at first"])
def test_a_visit(reader: SimulatedReader, make: Make, identities: Identities, faults: Faults) -> None:
    connection = put_in(reader, make(faults=faults))
    assert jpki.identify(connection) is CardKind.MY_NUMBER
    assert identities.auth is not None
    assert jpki.read_certificate(connection) == identities.auth.certificate  # no filler behind it
    assert jpki.tries_left(connection) == 3
    jpki.verify(connection, pin("1234"))
    holds(jpki.sign(connection, DIGEST), identities.auth.certificate)


def test_a_visit_takes_few_commands(reader: SimulatedReader, card: SimulatedCard) -> None:
    visit(put_in(reader, card))
    assert reader.exchanged <= 14


def test_the_pin_stays_the_callers(reader: SimulatedReader, card: SimulatedCard) -> None:
    connection = put_in(reader, card)
    jpki.identify(connection)
    typed = pin("1234")
    jpki.verify(connection, typed)
    assert typed == b"1234"


def test_wrong_pins_lock_the_card(reader: SimulatedReader, card: SimulatedCard) -> None:
    connection = put_in(reader, card)
    jpki.identify(connection)
    for left in (2, 1, 0):
        with pytest.raises(WrongPin) as wrong:
            jpki.verify(connection, pin("0000"))
        assert wrong.value.tries_left == left == jpki.tries_left(connection)
    with pytest.raises(PinLocked):
        jpki.verify(connection, pin("1234"))  # the right one does not open it any more


def test_a_locked_card_stays_locked_when_it_is_pulled(reader: SimulatedReader, card: SimulatedCard) -> None:
    connection = put_in(reader, card)
    jpki.identify(connection)
    for _ in range(3):
        with pytest.raises(WrongPin):
            jpki.verify(connection, pin("9999"))
    reader.pull()
    connection = put_in(reader, card)
    jpki.identify(connection)
    assert jpki.tries_left(connection) == 0
    with pytest.raises(PinLocked):
        jpki.verify(connection, pin("1234"))


def test_the_right_pin_gives_all_tries_back(reader: SimulatedReader, card: SimulatedCard) -> None:
    connection = put_in(reader, card)
    jpki.identify(connection)
    with pytest.raises(WrongPin):
        jpki.verify(connection, pin("0000"))
    jpki.verify(connection, pin("1234"))
    assert jpki.tries_left(connection) == 3


def test_asking_for_the_tries_costs_none(reader: SimulatedReader, card: SimulatedCard) -> None:
    connection = put_in(reader, card)
    jpki.identify(connection)
    assert {jpki.tries_left(connection) for _ in range(5)} == {3}


def test_without_a_pin_nothing_is_signed(reader: SimulatedReader, card: SimulatedCard) -> None:
    connection = put_in(reader, card)
    jpki.identify(connection)
    with pytest.raises(CardRemoved):
        jpki.sign(connection, DIGEST)


def test_a_closed_connection_leaves_nothing_verified(reader: SimulatedReader, card: SimulatedCard) -> None:
    connection = put_in(reader, card)
    visit(connection)
    connection.close()
    connection.close()
    connection = reader.connect()
    jpki.identify(connection)
    with pytest.raises(CardRemoved):
        jpki.sign(connection, DIGEST)


def test_only_digests_are_signed(reader: SimulatedReader, card: SimulatedCard) -> None:
    connection = put_in(reader, card)
    jpki.identify(connection)
    with pytest.raises(ValueError, match="32 bytes"):
        jpki.sign(connection, b"short")


# -- other cards ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.LICENCE, Kind.OPERATOR])
def test_another_working_card_is_not_ours(reader: SimulatedReader, make: Make, kind: Kind) -> None:
    with pytest.raises(NotOurCard):
        jpki.identify(put_in(reader, make(kind)))


def test_a_card_without_the_certificate(reader: SimulatedReader, make: Make, identities: Identities) -> None:
    connection = put_in(reader, make(identities=Identities(None, identities.sign)))
    assert jpki.identify(connection) is CardKind.MY_NUMBER
    with pytest.raises(NoCertificate):
        jpki.read_certificate(connection)


def test_a_card_of_2003_signs_by_its_own_application(reader: SimulatedReader, make: Make) -> None:
    connection = put_in(reader, make(Kind.JUKI))
    assert jpki.identify(connection) is CardKind.JUKI
    with pytest.raises(NoCertificate):
        jpki.read_certificate(connection)
    juki.select(connection)
    certificate = juki.JUKI.read_certificate(connection)
    assert juki.JUKI.tries_left(connection) == 3
    with pytest.raises(WrongPin):
        juki.JUKI.verify(connection, pin("4321"))
    juki.JUKI.verify(connection, pin("1234"))
    holds(juki.JUKI.sign(connection, DIGEST), certificate)


def test_an_operators_card(reader: SimulatedReader, make: Make) -> None:
    connection = put_in(reader, make(Kind.OPERATOR))
    operator.select(connection)
    certificate = operator.OPERATOR.read_certificate(connection)
    assert operator.OPERATOR.tries_left(connection) == 3
    operator.OPERATOR.verify(connection, pin("1234"))
    holds(operator.OPERATOR.sign(connection, DIGEST), certificate)


def test_a_residents_card_is_no_operators(reader: SimulatedReader, card: SimulatedCard) -> None:
    with pytest.raises(NotOurCard):
        operator.select(put_in(reader, card))


def test_a_card_that_hangs_is_freed_by_pulling_it(reader: SimulatedReader, make: Make) -> None:
    connection = put_in(reader, make(faults=Faults(hangs_at=0x2A)))
    at_work = threading.Event()
    reader.before_command = lambda apdu: at_work.set() if apdu[1] == 0x2A else None

    def pull_it() -> None:
        at_work.wait()
        reader.pull()

    hands = threading.Thread(target=pull_it)
    hands.start()
    with pytest.raises(CardRemoved):
        visit(connection)
    hands.join()


# -- pulled -----------------------------------------------------------------------------------------------------------


def commands_of_a_visit(make: Make) -> int:
    reader = SimulatedReader()
    visit(put_in(reader, make()))
    return reader.exchanged


@pytest.mark.parametrize(("take", "error"), [("pull", CardRemoved), ("absent", ReaderLost)])
def test_the_card_may_go_at_any_command(make: Make, take: str, error: type[Exception]) -> None:
    for moment in range(1, commands_of_a_visit(make) + 1):
        reader = SimulatedReader()
        card = make()

        def act(_: bytes, reader: SimulatedReader = reader, moment: int = moment) -> None:
            if reader.exchanged == moment:
                getattr(reader, take)()

        reader.before_command = act
        with pytest.raises(error):
            visit(put_in(reader, card))
        assert reader.exchanged == moment
        reader.before_command = None
        reader.ready()
        visit(put_in(reader, card))  # nothing of it stays


@pytest.mark.parametrize("state", sorted(set(CardState) - {CardState.MUTE, CardState.HANG, CardState.SLOW}))
def test_cards_made_on_the_spot(reader: SimulatedReader, now: datetime, state: CardState) -> None:
    card = make_card(now=now, state=state)
    ends: dict[CardState, type[Exception]] = {
        CardState.LOCKED: PinLocked,
        CardState.LICENCE: NotOurCard,
        CardState.NO_CERTIFICATE: NoCertificate,
    }
    connection = put_in(reader, card)
    if state in ends:
        with pytest.raises(ends[state]):
            visit(connection)
        return
    visit(connection)
    read = x509.load_der_x509_certificate(jpki.read_certificate(connection))
    assert (read.not_valid_after_utc < now) == (state is CardState.EXPIRED)
    assert (read.not_valid_before_utc > now) == (state is CardState.NOT_YET)
    organisations = {CardState.FOREIGN: "OTHER-JPKI", CardState.TEST: "SIM-JPKI-TEST"}
    assert f"O={organisations.get(state, 'SIM-JPKI')}," in read.issuer.rfc4514_string()


def test_an_answer_the_application_does_not_know(ask: Callable[[str], str], card: SimulatedCard) -> None:
    """A card without the PIN file: told with its status word and nothing else."""

    class Direct:
        def transmit(self, command: bytes | bytearray | list[int]) -> bytes:
            return card.command(bytes(command))

        def close(self) -> None:
            card.power(False)

    juki.select(Direct())
    with pytest.raises(UnexpectedStatus) as caught:
        jpki.tries_left(Direct())  # 住基AP has no file 0018
    assert caught.value.status == 0x6A82
