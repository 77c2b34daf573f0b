"""Faster at the same pitch, softer by decibels."""

import itertools
import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.speech.clips import RATE
from kiosk.speech.pace import RATES, VOLUMES, Pace, paced, softened, stretched

SECONDS, HERTZ = 2, 220


def tone() -> bytes:
    """Like a vowel: a pitch with overtones."""
    angles = (math.tau * HERTZ * at / RATE for at in range(SECONDS * RATE))
    return array("h", [round(6000 * math.sin(a) + 3000 * math.sin(2 * a) + 1500 * math.sin(3 * a)) for a in angles]).tobytes()


def pitch(samples: bytes) -> float:
    """Hz, by the shift at which the middle of it is most like itself."""
    values = memoryview(samples).cast("h")
    middle = len(values) // 2
    window = values[middle : middle + 2000]

    def likeness(shift: int) -> int:
        return sum(one * other for one, other in zip(window, values[middle + shift : middle + shift + 2000], strict=True))

    return RATE / max(range(RATE // 500, RATE // 150), key=likeness)


@pytest.mark.parametrize("percent", RATES)
def test_so_much_faster_and_as_high_as_before(percent: int) -> None:
    found = stretched(tone(), percent)
    assert len(found) / len(tone()) == pytest.approx(100 / percent, rel=0.03)
    assert pitch(found) == pytest.approx(HERTZ, rel=0.02)


def test_six_to_eight_rates_from_half_to_twice() -> None:
    assert RATES == (50, 75, 100, 125, 150, 200)
    assert Pace().percent == 100


def test_steps_of_volume_are_of_at_most_ten_decibels() -> None:
    assert all(0 < louder - softer <= 10 for softer, louder in itertools.pairwise(VOLUMES))
    assert VOLUMES[-1] == 0


@pytest.mark.parametrize("decibels", VOLUMES)
def test_so_many_decibels_softer(decibels: int) -> None:
    loudest = max(memoryview(tone()).cast("h"))
    found = max(memoryview(softened(tone(), decibels)).cast("h"))
    assert 20 * math.log10(found / loudest) == pytest.approx(decibels, abs=0.1)


@given(st.lists(st.sampled_from([(1, 0), (-1, 0), (0, 1), (0, -1)]), max_size=30))
def test_no_key_leads_beyond_the_ends(steps: list[tuple[int, int]]) -> None:
    pace = Pace()
    for faster, louder in steps:
        pace = pace.faster(faster).louder(louder)
        assert pace.percent in RATES
        assert pace.decibels in VOLUMES


@given(
    st.binary(max_size=400).map(lambda data: data[: len(data) // 2 * 2]), st.integers(0, len(RATES) - 1), st.integers(0, len(VOLUMES) - 1)
)
def test_any_samples_stay_whole(samples: bytes, rate: int, volume: int) -> None:
    assert len(paced(samples, Pace(rate, volume))) % 2 == 0
