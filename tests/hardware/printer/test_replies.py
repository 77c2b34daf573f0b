"""Bytes from the printer: every stream is read, any chunking of it the same."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.printer.models import StatusKind
from hardware.printer.replies import (
    Asb,
    Block,
    FlowControl,
    FullStatus,
    Noise,
    Queued,
    RealTime,
    Replies,
    is_cleared,
    is_power_on,
    process_id,
)

KINDS = st.sampled_from(StatusKind)
LIKELY = st.sampled_from([0x10, 0x0F, 0x12, 0x11, 0x13, 0x37, 0x22, 0x30, 0x00, 0x3B, 0x39, 0x5F, 0x80, 0x63])
STREAMS = st.one_of(st.binary(max_size=60), st.lists(LIKELY, max_size=60).map(bytes))


@given(STREAMS, st.lists(st.integers(0, 60)), KINDS)
@example(b"\x10\x0f\x10\x00\x00\x00\x10\x00\x60\x0f", [3, 7], StatusKind.CUSTOM)
def test_any_chunking_gives_the_same_replies(stream: bytes, cuts: list[int], kind: StatusKind) -> None:
    whole, chunked = Replies(kind), Replies(kind)
    places = sorted({0, len(stream), *(min(cut, len(stream)) for cut in cuts)})
    parts = [stream[a:b] for a, b in pairwise(places)]
    assert [reply for part in parts for reply in chunked.feed(part)] == whole.feed(stream)


@given(STREAMS, KINDS)
def test_nothing_is_lost(stream: bytes, kind: StatusKind) -> None:
    """Each byte is in a reply, or in the one that is still open."""
    counts = {FlowControl: 1, RealTime: 1, Queued: 1, Asb: 4, FullStatus: 6}
    seen = 0
    for reply in Replies(kind).feed(stream):
        if isinstance(reply, Noise):
            seen += len(reply.data)
        elif isinstance(reply, Block):
            seen += len(reply.data) + (1 if reply.header == 0x39 else 2)
        else:
            seen += counts[type(reply)]
    assert len(stream) - 96 <= seen <= len(stream)


@pytest.mark.parametrize(
    ("stream", "replies"),
    [
        ("12", [RealTime(0x12)]),
        ("1A 72", [RealTime(0x1A), RealTime(0x72)]),
        ("38 00 63 0F", [Asb(0x38, 0x00, 0x63, 0x0F)]),
        ("10 00 13 63 11 0F", [FlowControl(True), FlowControl(False), Asb(0x10, 0x00, 0x63, 0x0F)]),
        ("37 22 30 30 30 31 00", [Block(0x37, b'"0001')]),
        ("37 25 00", [Block(0x37, b"%")]),
        ("3B 31 00", [Block(0x3B, b"1")]),
        ("39 01 02 03 04 12", [Block(0x39, b"\x01\x02\x03\x04"), RealTime(0x12)]),
        ("0C", [Queued(0x0C)]),
        ("FF 80", [Noise(b"\xff"), Noise(b"\x80")]),
        ("10 00 12", [Noise(b"\x10\x00"), RealTime(0x12)]),
    ],
)
def test_replies_of_epson(stream: str, replies: list[object]) -> None:
    assert Replies(StatusKind.ASB).feed(bytes.fromhex(stream)) == replies


def test_full_status_of_custom() -> None:
    assert Replies(StatusKind.CUSTOM).feed(bytes.fromhex("10 0F 24 02 01 00")) == [FullStatus(0x24, 0x02, 0x01, 0x00)]


def test_answers_are_told_by_their_block() -> None:
    replies = Replies(StatusKind.ASB).feed(bytes.fromhex("37 22 30 30 30 37 00 37 25 00 3B 31 00 12"))
    assert [process_id(reply) for reply in replies] == [b"0007", None, None, None]
    assert [is_cleared(reply) for reply in replies] == [False, True, False, False]
    assert [is_power_on(reply) for reply in replies] == [False, False, True, False]
