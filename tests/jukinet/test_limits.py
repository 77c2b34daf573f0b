"""The token bucket: over any stretch of time a peer gets at most its burst and its rate, and who keeps below is never refused."""

from hypothesis import given
from hypothesis import strategies as st

from jukinet.node.limits import Rates

gaps = st.lists(st.floats(0, 3, allow_nan=False), max_size=60)


@given(st.integers(1, 20), st.integers(1, 30), gaps)
def test_never_more_than_burst_and_rate(rate: int, burst: int, pauses: list[float]) -> None:
    rates, now, taken = Rates(rate, burst), 100.0, list[float]()
    for pause in pauses:
        now += pause
        if rates.take("a", now) == 0:
            taken.append(now)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            assert last - first + 1 <= burst + (taken[last] - taken[first]) * rate + 1e-6


@given(st.integers(1, 20), st.integers(1, 30), gaps)
def test_who_waits_as_long_as_told_is_served(rate: int, burst: int, pauses: list[float]) -> None:
    rates, now = Rates(rate, burst), 100.0
    for pause in pauses:
        now += pause
        if seconds := rates.take("a", now):
            assert seconds >= 1
            now += seconds
            assert rates.take("a", now) == 0


def test_peers_do_not_share() -> None:
    rates = Rates(1, 1)
    assert [rates.take(who, 0.0) for who in ("a", "b", "a", "b")] == [0, 0, 1, 1]
