"""TLV objects: whole, cut short, and anything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card.tlv import LONGEST_HEADER, Tlv, TlvError, children, object_size

tags = st.one_of(st.sampled_from([0x30, 0x0C, 0x5A]), st.sampled_from([0x5F37, 0x7F21, 0xFF20, 0xDF22]))
values = st.one_of(st.binary(max_size=300), st.integers(120, 70_000).map(bytes))


@given(tags, values, st.binary(max_size=40))
def test_an_object_is_found_before_its_filler(tag: int, value: bytes, filler: bytes) -> None:
    whole = Tlv(tag, value).encode()
    assert object_size(whole) == len(whole)
    assert Tlv.decode(whole + filler) == Tlv(tag, value)


@given(tags, values.filter(bool))
def test_an_object_cut_short_is_an_error(tag: int, value: bytes) -> None:
    whole = Tlv(tag, value).encode()
    for cut in (0, 1, 2, len(whole) - 1):
        with pytest.raises(TlvError):
            Tlv.decode(whole[:cut])


@given(st.binary(max_size=20))
def test_any_bytes_are_an_object_or_an_error(data: bytes) -> None:
    try:
        found = Tlv.decode(data)
    except TlvError:
        return
    assert found.value in data


def test_the_head_of_a_certificate_tells_its_size() -> None:
    assert object_size(bytes.fromhex("308203A5")) == 4 + 0x3A5
    with pytest.raises(TlvError):
        object_size(bytes.fromhex("3080"))  # indefinite: not DER


@given(st.lists(st.builds(Tlv, tags, values), max_size=4))
def test_objects_one_behind_the_other(objects: list[Tlv]) -> None:
    assert children(b"".join(each.encode() for each in objects)) == objects


@given(tags, values)
def test_a_header_is_never_longer_than_it_may_be(tag: int, value: bytes) -> None:
    whole = Tlv(tag, value).encode()
    assert object_size(whole[:LONGEST_HEADER]) == len(whole)
