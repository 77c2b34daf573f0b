"""What a town's kiosks last said of themselves.

In memory only: a kiosk says it again within a minute, and what it said before a restart is no longer so.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from jukinet.messages import KioskStatus


@dataclass(frozen=True)
class LastWord:
    status: KioskStatus
    at: datetime


@dataclass
class Kiosks:
    """As many as have certificates of this town."""

    clock: Callable[[], datetime]
    _words: dict[str, LastWord] = field(default_factory=dict)

    def hear(self, status: KioskStatus) -> None:
        self._words[status.kiosk] = LastWord(status, self.clock())

    def __iter__(self) -> Iterator[LastWord]:
        return iter([self._words[name] for name in sorted(self._words)])
