"""Any bytes, in any pieces."""

import struct

from hypothesis import given
from hypothesis import strategies as st

from hardware.interfaces import Key
from hardware.keypad.input_event import CODES, EV_KEY, EV_SW, KEYS, Dropped, HeadphonesMoved, InputReader, KeyMoved, written

EVENTS = st.lists(st.tuples(st.sampled_from([0, 1, 2, 4, 5, 21]), st.integers(0, 0x2FF), st.integers(-1, 3)), max_size=8)


def test_every_key_has_a_code_that_means_it() -> None:
    assert set(CODES) == set(Key)
    assert {key: KEYS[code] for key, code in CODES.items()} == {key: key for key in Key}


def test_what_a_keypad_tells() -> None:
    told = written(EV_KEY, 79, 1) + written(EV_KEY, 79, 2) + written(EV_KEY, 79, 0) + written(EV_SW, 2, 1) + written(EV_SW, 4, 1)
    assert list(InputReader().feed(told)) == [KeyMoved(Key.K1, True), KeyMoved(Key.K1, False), HeadphonesMoved(True)]


def test_an_event_is_as_long_as_the_kernel_says() -> None:
    assert len(written(EV_KEY, 1, 1)) == 2 * struct.calcsize("@llHHi") == 48


@given(EVENTS, st.lists(st.integers(1, 60), max_size=12))
def test_pieces_say_the_same_as_the_whole(events: list[tuple[int, int, int]], cuts: list[int]) -> None:
    wire = b"".join(written(*event) for event in events)
    reader, found, rest = InputReader(), [], wire
    for cut in cuts:
        found += reader.feed(rest[:cut])
        rest = rest[cut:]
    found += reader.feed(rest)
    assert found == list(InputReader().feed(wire))


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    for moved in InputReader().feed(data):
        assert isinstance(moved, KeyMoved | HeadphonesMoved | Dropped)
