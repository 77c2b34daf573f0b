"""The only import of pyalsaaudio: a PCM of ALSA, opened when something is to be said, and let go between visits."""

import contextlib

import alsaaudio

from hardware.errors import SoundLost

# Two channels of a plain card are made of one, and its rate of ours, by ALSA's `plug`; "default" has it built in.
RATE = 24_000
# 20 ms a period, three of them in the buffer: what was said is silenced within that time even if nobody drops it.
PERIOD = RATE // 50
PERIODS = 3


class AlsaSound:
    """`device` as in `aplay -D`: "default", "plughw:CARD=Headset" …"""

    rate = RATE

    def __init__(self, device: str) -> None:
        self._device = device
        self._pcm: alsaaudio.PCM | None = None

    def write(self, samples: bytes) -> None:
        try:
            pcm = self._open()
            if pcm.write(samples) < 0:  # it ran dry since the last time; the library has made it ready again
                pcm.write(samples)
        except alsaaudio.ALSAAudioError as error:
            self.close()
            raise SoundLost(str(error)) from error

    def drop(self) -> None:
        if self._pcm is not None:
            with contextlib.suppress(alsaaudio.ALSAAudioError):
                self._pcm.drop()

    def close(self) -> None:
        if self._pcm is not None:
            with contextlib.suppress(alsaaudio.ALSAAudioError):
                self._pcm.close()
            self._pcm = None

    def _open(self) -> alsaaudio.PCM:
        if self._pcm is None:
            self._pcm = alsaaudio.PCM(
                alsaaudio.PCM_PLAYBACK,
                alsaaudio.PCM_NORMAL,
                device=self._device,
                rate=RATE,
                channels=1,
                format=alsaaudio.PCM_FORMAT_S16_LE,
                periodsize=PERIOD,
                periods=PERIODS,
            )
        return self._pcm
