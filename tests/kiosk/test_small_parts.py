"""PIN buffer, hours, stopwatch, ULIDs, worker."""

import threading
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.hours import hours_at
from kiosk.pin import PinBuffer
from kiosk.session.events import CommandFailed, Recovered
from kiosk.session.levels import Hours
from kiosk.terminal import new_ulid
from kiosk.timing import Kind, Stopwatch
from kiosk.workers import Worker


def test_pin_is_kept_and_wiped():
    pin = PinBuffer(4)
    for digit in (1, 2, 9, -1, 3, 4, 5):
        pin.press(digit)
    assert pin.digits() == [0x31, 0x32, 0x33, 0x34]
    pin.wipe()
    assert pin.count == 0
    assert bytes(pin._digits) == bytes(4)


@given(st.lists(st.integers(-1, 9), max_size=30))
def test_pin_never_holds_more_than_is_shown(keys):
    pin = PinBuffer(4)
    for key in keys:
        pin.press(key)
        assert 0 <= pin.count <= 4
        assert bytes(pin._digits)[pin.count :] == bytes(4 - pin.count)


@pytest.mark.parametrize(
    ("utc", "level"),
    [
        ("2026-11-23T23:29:59", Hours.CLOSED),  # 8:29:59 in Japan
        ("2026-11-23T23:30:00", Hours.OPEN),
        ("2026-11-24T07:54:59", Hours.OPEN),
        ("2026-11-24T07:55:00", Hours.CLOSING),
        ("2026-11-24T07:59:59", Hours.CLOSING),
        ("2026-11-24T08:00:00", Hours.CLOSED),
    ],
)
def test_hours_at_the_edges(utc, level):
    assert hours_at(datetime.fromisoformat(utc).replace(tzinfo=UTC), "08:30", "17:00") is level


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)))
def test_round_the_clock_never_closes(moment):
    assert hours_at(moment.replace(tzinfo=UTC), "00:00", "24:00") is Hours.OPEN


def test_inner_span_pauses_the_outer():
    now, busy = [0.0], [0.0]
    watch = Stopwatch(lambda: now[0], lambda: busy[0])
    watch.step("printing")
    with watch.span(Kind.DEVICES):
        now[0] = 2.0
        with watch.span(Kind.OWN, waits=True):
            now[0] = 2.5
        now[0] = 4.0
        with watch.span(Kind.OWN):  # the interpreter was elsewhere half of the time
            now[0], busy[0] = 5.0, 0.25
    assert watch.total(Kind.DEVICES) == pytest.approx(3.5)
    assert watch.total(Kind.OWN) == pytest.approx(0.75)


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_ulids_are_ulids_and_sort_by_time(milliseconds, chance):
    text = new_ulid(milliseconds, chance)
    assert len(text) == 26
    assert text[0] in "01234567"
    assert new_ulid(milliseconds, bytes(10)) <= text


def test_a_worker_answers_once_whatever_happens():
    heard, faults = [], []
    enough = threading.Event()

    def post(event, ticket):
        heard.append((event, ticket))
        if len(heard) == 2:
            enough.set()

    def burst(tell):
        raise ValueError("a name that must not be logged")

    worker = Worker("test", post, lambda what, error: faults.append((what, type(error).__name__)), lambda: 0.0)
    worker.submit(1, "burst", burst)
    worker.submit(2, "good", lambda tell: Recovered())
    assert enough.wait(5)
    worker.stop()
    assert heard == [(CommandFailed("burst"), 1), (Recovered(), 2)]
    assert faults == [("burst", "ValueError")]
