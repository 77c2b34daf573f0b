"""Faster and slower speech at the same pitch, louder and softer speech. The only user of libsonic (Apache-2.0), by ctypes: seven calls."""

import ctypes
from array import array
from dataclasses import dataclass, replace
from functools import cache

from kiosk.speech.clips import RATE

# Percent of the usual pace (VVSG 2.0: 50 to 200 in 6 to 8 steps).
RATES = (50, 75, 100, 125, 150, 200)
# Decibels under the loudest. Steps of at most 10 (VVSG 2.0, EN 301 549); the third is what the cabinet's amplifier is set to 65 dBA at.
VOLUMES = (-24, -18, -12, -6, 0)


@dataclass(frozen=True)
class Pace:
    """Of one visit; places in RATES and VOLUMES."""

    rate: int = RATES.index(100)
    volume: int = 2

    @property
    def percent(self) -> int:
        return RATES[self.rate]

    @property
    def decibels(self) -> int:
        return VOLUMES[self.volume]

    def faster(self, steps: int) -> "Pace":
        return replace(self, rate=min(max(self.rate + steps, 0), len(RATES) - 1))

    def louder(self, steps: int) -> "Pace":
        return replace(self, volume=min(max(self.volume + steps, 0), len(VOLUMES) - 1))


def paced(samples: bytes, pace: Pace) -> bytes:
    """16-bit samples as they are heard at that pace."""
    return softened(stretched(samples, pace.percent), pace.decibels)


def softened(samples: bytes, decibels: int) -> bytes:
    """`decibels` is 0 or less."""
    if decibels == 0:
        return samples
    factor = round(32768 * 10 ** (decibels / 20))
    return array("h", [sample * factor >> 15 for sample in memoryview(samples).cast("h")]).tobytes()


def stretched(samples: bytes, percent: int) -> bytes:
    """So much faster, pitch as it was. Without libsonic as it was: understood all the same."""
    sonic = _sonic()
    if percent == 100 or not samples or sonic is None:
        return samples
    stream = sonic.sonicCreateStream(RATE, 1)
    if not stream:
        return samples
    try:
        sonic.sonicSetSpeed(stream, percent / 100)
        sonic.sonicWriteShortToStream(stream, samples, len(samples) // 2)
        sonic.sonicFlushStream(stream)
        found = ctypes.create_string_buffer(2 * sonic.sonicSamplesAvailable(stream))
        length = sonic.sonicReadShortFromStream(stream, found, len(found) // 2)
        return found.raw[: 2 * length]
    finally:
        sonic.sonicDestroyStream(stream)


@cache
def _sonic() -> ctypes.CDLL | None:
    """sonic.h; None where the library is not installed."""
    try:
        sonic = ctypes.CDLL("libsonic.so.0")
    except OSError:
        return None
    stream, number, samples = ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p
    sonic.sonicCreateStream.argtypes, sonic.sonicCreateStream.restype = [number, number], stream
    sonic.sonicDestroyStream.argtypes, sonic.sonicDestroyStream.restype = [stream], None
    sonic.sonicSetSpeed.argtypes, sonic.sonicSetSpeed.restype = [stream, ctypes.c_float], None
    sonic.sonicWriteShortToStream.argtypes = [stream, samples, number]
    sonic.sonicFlushStream.argtypes = [stream]
    sonic.sonicSamplesAvailable.argtypes = [stream]
    sonic.sonicReadShortFromStream.argtypes = [stream, samples, number]
    return sonic
