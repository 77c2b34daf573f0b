"""The reader in process: levels, counter, exclusive power, and what may be logged."""

import logging
import threading
from collections.abc import Callable

import pytest

from hardware.card import jpki
from hardware.card.traffic import TRAFFIC, command_line
from hardware.errors import CardMute, CardRemoved, ReaderLost
from hardware.interfaces import CardReader, Media, Reader, ReaderLevel
from hardware.simulated.card import Faults, SimulatedCard
from hardware.simulated.card_reader import SimulatedReader

Make = Callable[..., SimulatedCard]


def test_it_is_a_card_reader(reader: SimulatedReader) -> None:
    taken: CardReader = reader
    taken.close()
    taken.close()


def test_levels_are_told_at_once_and_then_each_change(reader: SimulatedReader, make: Make) -> None:
    told: list[ReaderLevel] = []
    reader.watch(told.append)
    reader.insert(make())
    reader.pull()
    reader.insert(make(faults=Faults(mute=True)))
    reader.absent()
    reader.ready()
    assert told == [
        ReaderLevel(Reader.READY, Media.NONE, 0),
        ReaderLevel(Reader.READY, Media.PRESENT, 1),
        ReaderLevel(Reader.READY, Media.NONE, 2),
        ReaderLevel(Reader.READY, Media.MUTE, 3),
        ReaderLevel(Reader.ABSENT, Media.NONE, 3),
        ReaderLevel(Reader.READY, Media.MUTE, 3),
    ]


def test_a_card_swapped_is_another_card(reader: SimulatedReader, make: Make) -> None:
    reader.insert(make())
    before = reader.level
    reader.insert(make())
    assert reader.level.counter == before.counter + 2


def test_nothing_is_told_after_close(reader: SimulatedReader, make: Make) -> None:
    told: list[ReaderLevel] = []
    reader.watch(told.append)
    reader.close()
    reader.insert(make())
    assert len(told) == 1


def test_connecting_to_nothing(reader: SimulatedReader, make: Make) -> None:
    with pytest.raises(CardRemoved):
        reader.connect()
    reader.insert(make(faults=Faults(mute=True)))
    with pytest.raises(CardMute):
        reader.connect()
    reader.absent()
    with pytest.raises(ReaderLost):
        reader.connect()


def test_a_new_connection_ends_the_old_one(reader: SimulatedReader, card: SimulatedCard) -> None:
    reader.insert(card)
    old = reader.connect()
    new = reader.connect()
    with pytest.raises(CardRemoved):
        jpki.identify(old)
    old.close()  # has no say any more
    jpki.identify(new)


def test_a_connection_does_not_see_the_next_card(reader: SimulatedReader, make: Make) -> None:
    reader.insert(make())
    connection = reader.connect()
    reader.insert(make())
    with pytest.raises(CardRemoved):
        jpki.identify(connection)


def test_hands_at_work_from_many_threads(reader: SimulatedReader, make: Make) -> None:
    """Levels come in order whoever moves."""
    told: list[ReaderLevel] = []
    reader.watch(told.append)

    def move() -> None:
        for _ in range(20):
            reader.insert(make())
            reader.pull()

    hands = [threading.Thread(target=move) for _ in range(4)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert [level.counter for level in told] == sorted(level.counter for level in told)
    assert told[-1].media is Media.NONE


def test_a_second_card(reader: SimulatedReader, card: SimulatedCard) -> None:
    told: list[ReaderLevel] = []
    reader.watch(told.append)
    reader.insert(card)
    reader.insert_beside()
    reader.insert_beside()
    reader.pull_beside()
    reader.pull()
    assert [level.media for level in told] == [Media.NONE, Media.PRESENT, Media.SEVERAL, Media.PRESENT, Media.NONE]
    assert [level.counter for level in told] == list(range(5))


# -- the log ----------------------------------------------------------------------------------------------------------


def test_no_pin_and_no_file_in_the_log(reader: SimulatedReader, card: SimulatedCard, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(TRAFFIC, "hardware")
    reader.insert(card)
    connection = reader.connect()
    jpki.identify(connection)
    certificate = jpki.read_certificate(connection)
    jpki.verify(connection, bytearray(b"1234"))
    text = caplog.text.replace(" ", "")
    assert "31323334" not in text
    assert certificate[40:60].hex().upper() not in text
    assert "D392F000260100000001" in text  # the rest can be followed
    assert "SW=9000" in text


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ([0, 0x20, 0, 0x80], "> 00 20 00 80"),
        ([0, 0x20, 0, 0x80, 4, 49, 50, 51, 52], "> 00 20 00 80 (5 bytes masked)"),
        ([0, 0x24, 1, 0x80, 4, 49, 50, 51, 52], "> 00 24 01 80 (5 bytes masked)"),
        ([0, 0x2C, 0, 0x80, 1, 49], "> 00 2C 00 80 (2 bytes masked)"),
        ([0x80, 0x32, 0, 0x80, 4, 49, 50, 51, 52], "> 80 32 00 80 (5 bytes masked)"),  # other applications' change of PIN
        ([0, 0xDA, 1, 3, 2, 65, 66], "> 00 DA 01 03 (3 bytes masked)"),  # what a service writes of somebody
        ([0, 0xA4, 2, 0x0C, 2, 0, 10], "> 00 A4 02 0C 02 00 0A"),
        ([0, 0xB0, 0x8A, 0, 0], "> 00 B0 8A 00 00"),
        ([0], "> 00"),
    ],
)
def test_lines_of_traffic(command: list[int], line: str) -> None:
    assert command_line(command) == line


def test_traffic_is_below_debug() -> None:
    assert TRAFFIC < logging.DEBUG
