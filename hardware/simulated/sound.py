"""A sound card whose loudspeaker is a list: it holds the samples that were heard, in the buffer's pace or as fast as they come."""

import threading


class SimulatedSound:
    """`hear(n)` lets the card play n samples of its buffer; without a limit (`paced` False) everything is heard at once."""

    rate = 24_000
    buffer = 3 * rate // 50  # samples, as of the real one

    def __init__(self, paced: bool = False) -> None:
        self.heard = bytearray()
        self.opened = False
        self._paced = paced
        self._waiting = bytearray()
        self._moved = threading.Condition()
        self._closed = False

    @property
    def waiting(self) -> int:
        """Samples in the buffer."""
        return len(self._waiting) // 2

    def hear(self, samples: int) -> None:
        with self._moved:
            self.heard += self._waiting[: 2 * samples]
            del self._waiting[: 2 * samples]
            self._moved.notify_all()

    def end(self) -> None:
        """Nobody waits for the card any more."""
        with self._moved:
            self._closed = True
            self._moved.notify_all()

    def write(self, samples: bytes) -> None:
        with self._moved:
            self.opened = True
            if not self._paced:
                self.heard += samples
                return
            self._moved.wait_for(lambda: self._closed or len(self._waiting) + len(samples) <= 2 * self.buffer)
            self._waiting += samples
            self._moved.notify_all()

    def filled(self, samples: int, seconds: float = 10.0) -> bool:
        """Waits until so many samples are in the buffer."""
        with self._moved:
            return self._moved.wait_for(lambda: self.waiting >= samples, seconds)

    def drop(self) -> None:
        with self._moved:
            self._waiting.clear()
            self._moved.notify_all()

    def close(self) -> None:
        self.drop()
        self.opened = False
