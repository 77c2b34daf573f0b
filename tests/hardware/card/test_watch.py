"""PC/SC states -> levels."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card.watch import EMPTY, MUTE, PRESENT, UNAVAILABLE, UNKNOWN, Levels, Seen, choose
from hardware.interfaces import Media, Reader, ReaderLevel


def seen(bits: int, count: int = 0, name: str = "Kiosk 00 00") -> Seen:
    return Seen(name, count << 16 | bits)


@pytest.mark.parametrize(
    ("bits", "reader", "media"),
    [
        (EMPTY, Reader.READY, Media.NONE),
        (PRESENT, Reader.READY, Media.PRESENT),
        (PRESENT | 0x0100, Reader.READY, Media.PRESENT),  # in use
        (PRESENT | 0x0400, Reader.READY, Media.PRESENT),  # unpowered: pcscd saves power, nobody moved
        (PRESENT | MUTE, Reader.READY, Media.MUTE),
        (UNAVAILABLE, Reader.ABSENT, Media.NONE),
        (UNKNOWN, Reader.ABSENT, Media.NONE),
        (0, Reader.READY, Media.NONE),
    ],
)
def test_one_reader(bits: int, reader: Reader, media: Media) -> None:
    level = Levels().see([seen(bits)])
    assert (level.reader, level.media) == (reader, media)


def test_no_reader_and_no_service() -> None:
    levels = Levels()
    assert levels.see([]) == ReaderLevel(Reader.ABSENT, Media.NONE, 0)
    assert levels.no_service() == ReaderLevel(Reader.NO_SERVICE, Media.NONE, 0)


def test_out_and_in_between_two_looks() -> None:
    levels = Levels()
    first = levels.see([seen(PRESENT, 1)])
    second = levels.see([seen(PRESENT, 3)])
    assert second.media is Media.PRESENT
    assert second.counter == first.counter + 2


def test_pcscds_counter_may_start_again() -> None:
    levels = Levels()
    before = levels.see([seen(PRESENT, 7)])
    gone = levels.no_service()
    after = levels.see([seen(PRESENT, 0)])
    assert before.counter < gone.counter < after.counter


def test_pcscds_counter_wraps() -> None:
    levels = Levels()
    before = levels.see([seen(PRESENT, 0xFFFF)])
    assert levels.see([seen(PRESENT, 1)]).counter == before.counter + 2


def test_with_several_readers_the_one_with_a_card_counts() -> None:
    two = [seen(EMPTY, name="Kiosk 00 00"), seen(PRESENT, name="Kiosk 00 01")]
    assert choose(two) == two[1]
    assert Levels().see(two).media is Media.PRESENT
    assert choose([seen(PRESENT | MUTE, name="a"), seen(PRESENT, name="b")]) == seen(PRESENT, name="b")
    assert choose([seen(EMPTY, name="a"), seen(PRESENT | MUTE, name="b")]) == seen(PRESENT | MUTE, name="b")


@pytest.mark.parametrize("second", [PRESENT, PRESENT | MUTE])
def test_two_cards_are_told_as_such(second: int) -> None:
    levels = Levels("Kiosk")
    one = levels.see([seen(PRESENT, 1), seen(EMPTY, name="Kiosk 00 01")])
    two = levels.see([seen(PRESENT, 1), seen(second, 1, name="Kiosk 00 01"), seen(PRESENT, name="Token")])
    again = levels.see([seen(PRESENT, 1), seen(EMPTY, 2, name="Kiosk 00 01")])
    assert [level.media for level in (one, two, again)] == [Media.PRESENT, Media.SEVERAL, Media.PRESENT]
    assert one.counter < two.counter < again.counter


def test_only_the_named_reader_counts() -> None:
    levels = Levels("Kiosk")
    assert levels.see([seen(PRESENT, name="Token")]) == ReaderLevel(Reader.ABSENT, Media.NONE, 0)
    assert levels.see([seen(PRESENT, name="Token"), seen(EMPTY)]).media is Media.NONE


bits = st.sampled_from([EMPTY, PRESENT, PRESENT | MUTE, UNAVAILABLE, UNKNOWN])
looks = st.lists(
    st.lists(st.builds(seen, bits, st.integers(0, 0xFFFF), st.sampled_from("abc")), max_size=3, unique_by=lambda one: one.name)
)


@given(looks)
def test_the_counter_never_falls_and_tells_every_change_of_media(all_looks: list[list[Seen]]) -> None:
    levels = Levels()
    told = [levels.see(look) for look in all_looks]
    for before, after in pairwise(told):
        assert after.counter >= before.counter
        if (before.media is Media.NONE) != (after.media is Media.NONE):
            assert after.counter > before.counter
