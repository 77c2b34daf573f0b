"""Cases for the inside of a private pcscd (run by test_pcsc.py): `PcscReader` on cards that come and go."""

import hashlib
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from hardware.card import jpki
from hardware.card.pcsc import PcscReader
from hardware.errors import CardMute, CardRemoved, NotOurCard, PinLocked, ReaderLost, WrongPin
from hardware.interfaces import CardConnection, CardReader, Media, Reader, ReaderLevel
from hardware.simulated.card import Faults, SimulatedCard
from hardware.simulated.card_applications import Kind
from hardware.simulated.pcsc_lab import ADDRESS_VARIABLE, READER, RUN, PrivatePcscd
from hardware.simulated.vpcd import VpcdSlot, address

Make = Callable[..., SimulatedCard]
DIGEST = hashlib.sha256(b"a nonce").digest()


class Levels:
    """What was told, to be awaited."""

    def __init__(self) -> None:
        self._told: queue.Queue[ReaderLevel] = queue.Queue()
        self.all: list[ReaderLevel] = []

    def __call__(self, level: ReaderLevel) -> None:
        self._told.put(level)

    def until(self, reader: Reader, media: Media, seconds: float = 5) -> ReaderLevel:
        deadline = time.monotonic() + seconds
        while True:
            level = self._told.get(timeout=deadline - time.monotonic())
            self.all.append(level)
            if (level.reader, level.media) == (reader, media):
                return level


@pytest.fixture(scope="module")
def first_slot() -> VpcdSlot:
    """One for all cases: it knows when its last card was pulled."""
    return VpcdSlot(*address(os.environ[ADDRESS_VARIABLE]))


@pytest.fixture
def slot(first_slot: VpcdSlot) -> Iterator[VpcdSlot]:
    first_slot.exchanged = 0
    yield first_slot
    first_slot.before_command = None
    first_slot.pull()


@pytest.fixture
def second_slot() -> Iterator[VpcdSlot]:
    host, port = address(os.environ[ADDRESS_VARIABLE])
    made = VpcdSlot(host, port + 1)
    yield made
    made.pull()


@pytest.fixture
def levels() -> Levels:
    return Levels()


@pytest.fixture
def pcsc(levels: Levels) -> Iterator[PcscReader]:
    made = PcscReader(READER)
    made.watch(levels)
    levels.until(Reader.READY, Media.NONE)
    yield made
    made.close()


def visit(connection: CardConnection) -> None:
    jpki.identify(connection)
    certificate = jpki.read_certificate(connection)
    jpki.tries_left(connection)
    jpki.verify(connection, bytearray(b"1234"))
    signature = jpki.sign(connection, DIGEST)
    key = x509.load_der_x509_certificate(certificate).public_key()
    key.verify(signature, b"a nonce", padding.PKCS1v15(), hashes.SHA256())  # type: ignore[union-attr,call-arg,arg-type]


def put_in(slot: VpcdSlot, card: SimulatedCard, levels: Levels) -> ReaderLevel:
    assert slot.insert(card)
    return levels.until(Reader.READY, Media.MUTE if card.faults.mute else Media.PRESENT)


def test_a_visit_and_its_pace(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, card: SimulatedCard) -> None:
    reader: CardReader = pcsc
    put_in(slot, card, levels)
    connection = reader.connect()
    began = time.monotonic()
    visit(connection)
    assert time.monotonic() - began < 0.3  # 14 commands at 44 ms each would be 0.6: the driver's two writes, not acknowledged at once
    assert slot.exchanged <= 14
    connection.close()
    connection.close()
    slot.pull()
    levels.until(Reader.READY, Media.NONE)


def test_the_counter_grows_with_each_move(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, card: SimulatedCard) -> None:
    first = put_in(slot, card, levels)
    slot.pull()
    out = levels.until(Reader.READY, Media.NONE)
    second = put_in(slot, card, levels)
    assert first.counter < out.counter < second.counter


def test_the_pin_ends_with_the_connection(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, card: SimulatedCard) -> None:
    put_in(slot, card, levels)
    visit(pcsc.connect())
    connection = pcsc.connect()  # the old one is closed by this
    jpki.identify(connection)
    with pytest.raises(CardRemoved):
        jpki.sign(connection, DIGEST)


def test_another_program_gets_no_verified_card(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, card: SimulatedCard) -> None:
    put_in(slot, card, levels)
    connection = pcsc.connect()
    visit(connection)
    other = PcscReader(READER)
    with pytest.raises(ReaderLost, match="another program"):
        other.connect()
    connection.close()
    taken = other.connect()
    jpki.identify(taken)
    with pytest.raises(CardRemoved):
        jpki.sign(taken, DIGEST)
    other.close()


def test_wrong_pins(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, card: SimulatedCard) -> None:
    put_in(slot, card, levels)
    connection = pcsc.connect()
    jpki.identify(connection)
    for left in (2, 1, 0):
        with pytest.raises(WrongPin) as wrong:
            jpki.verify(connection, bytearray(b"0000"))
        assert wrong.value.tries_left == left
    slot.pull()
    levels.until(Reader.READY, Media.NONE)
    put_in(slot, card, levels)
    connection = pcsc.connect()
    jpki.identify(connection)
    with pytest.raises(PinLocked):
        jpki.verify(connection, bytearray(b"1234"))


def test_a_card_of_t0_between_two_of_t1(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, make: Make) -> None:
    for faults in (Faults(dizzy=True), Faults(t0=True), Faults()):
        put_in(slot, make(faults=faults), levels)
        visit(pcsc.connect())
        slot.pull()
        levels.until(Reader.READY, Media.NONE)


def test_a_card_turned_round(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, make: Make) -> None:
    put_in(slot, make(faults=Faults(mute=True)), levels)
    with pytest.raises(CardMute):
        pcsc.connect()
    slot.pull()
    levels.until(Reader.READY, Media.NONE)


def test_a_licence(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, make: Make) -> None:
    put_in(slot, make(Kind.LICENCE), levels)
    with pytest.raises(NotOurCard):
        jpki.identify(pcsc.connect())


def test_no_card(pcsc: PcscReader) -> None:
    with pytest.raises(CardRemoved):
        pcsc.connect()


def test_no_such_reader() -> None:
    reader = PcscReader("No Such Reader")
    levels = Levels()
    reader.watch(levels)
    levels.until(Reader.ABSENT, Media.NONE)
    with pytest.raises(ReaderLost):
        reader.connect()
    reader.close()


def test_a_card_in_the_second_slot(pcsc: PcscReader, second_slot: VpcdSlot, levels: Levels, card: SimulatedCard) -> None:
    put_in(second_slot, card, levels)
    visit(pcsc.connect())


@pytest.mark.parametrize("moment", [1, 5, 9])  # the first command, within the certificate, the signature
def test_pulled_in_the_middle(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, card: SimulatedCard, moment: int) -> None:
    put_in(slot, card, levels)
    slot.before_command = lambda _: slot.pull() if slot.exchanged == moment else None
    connection = pcsc.connect()
    with pytest.raises(CardRemoved):
        visit(connection)
    slot.before_command = None
    levels.until(Reader.READY, Media.NONE)
    with pytest.raises(CardRemoved):
        jpki.tries_left(connection)  # it stays gone
    put_in(slot, card, levels)
    visit(pcsc.connect())


def test_a_hanging_card_is_freed_by_pulling_it(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, make: Make) -> None:
    """Nobody but the worker waits for it: the connection is closed and the reader asked at once."""
    put_in(slot, make(faults=Faults(hangs_at=0x2A)), levels)
    connection = pcsc.connect()
    asked = threading.Event()
    slot.before_command = lambda apdu: asked.set() if apdu[1] == 0x2A else None
    ended: list[Exception] = []

    def work() -> None:
        try:
            visit(connection)
        except CardRemoved as error:
            ended.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    asked.wait()
    began = time.monotonic()
    connection.close()
    with pytest.raises(ReaderLost):
        pcsc.connect()
    assert time.monotonic() - began < 0.3
    slot.pull()
    worker.join()
    assert len(ended) == 1
    slot.before_command = None
    levels.until(Reader.READY, Media.NONE)
    put_in(slot, make(), levels)
    visit(pcsc.connect())


def test_close_ends_the_watch_at_once(levels: Levels) -> None:
    reader = PcscReader(READER)
    reader.watch(levels)
    levels.until(Reader.READY, Media.NONE)
    began = time.monotonic()
    reader.close()
    reader.close()
    assert time.monotonic() - began < 0.9
    assert "card-watch" not in {thread.name for thread in threading.enumerate()}


def test_pcscd_dies_and_comes_back(pcsc: PcscReader, slot: VpcdSlot, levels: Levels, card: SimulatedCard, tmp_path: Path) -> None:
    """Last: from here on the service is ours."""
    before = put_in(slot, card, levels)
    connection = pcsc.connect()
    jpki.identify(connection)
    os.kill(int((RUN / "pcscd.pid").read_text().split()[0]), signal.SIGKILL)
    gone = levels.until(Reader.NO_SERVICE, Media.NONE)
    with pytest.raises(ReaderLost):
        jpki.tries_left(connection)
    with pytest.raises(ReaderLost):
        pcsc.connect()
    connection.close()
    service = PrivatePcscd(tmp_path)
    service.start()
    levels.until(Reader.READY, Media.NONE)
    after = put_in(slot, card, levels)
    assert before.counter < gone.counter < after.counter
    visit(pcsc.connect())
    pcsc.close()
    service.stop()
