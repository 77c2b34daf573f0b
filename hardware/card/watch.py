"""What PC/SC says of its readers -> the level to tell. Pure: the bits in, a level out.

pcscd's event counter (upper half of the state) counts insertions and removals of one reader, in 16 bits, from 0 at its start. Ours
runs on: over several readers, a reader that comes back, and a service that was restarted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hardware.interfaces import Media, Reader, ReaderLevel

# dwEventState (PC/SC part 5, 3.2.3; pcsclite.h). Kept here, so that nothing but `pcsc` needs the library.
UNKNOWN = 0x0004
UNAVAILABLE = 0x0008
EMPTY = 0x0010
PRESENT = 0x0020
MUTE = 0x0200
_COUNTS = 0x10000


@dataclass(frozen=True)
class Seen:
    """One reader: its name and dwEventState."""

    name: str
    state: int

    @property
    def there(self) -> bool:
        return not self.state & (UNKNOWN | UNAVAILABLE)

    @property
    def media(self) -> Media:
        if not self.there or not self.state & PRESENT:
            return Media.NONE
        return Media.MUTE if self.state & MUTE else Media.PRESENT

    @property
    def count(self) -> int:
        return self.state >> 16 & 0xFFFF


def choose(readers: Sequence[Seen], name_part: str = "") -> Seen | None:
    """Of the readers whose name holds `name_part`: the one with a card that answers, else with any card, else the first that is there."""
    order = (Media.PRESENT, Media.MUTE, Media.NONE)
    fitting = [seen for seen in readers if name_part in seen.name and seen.there]
    return min(fitting, key=lambda seen: order.index(seen.media), default=None)


class Levels:
    """Remembers what each reader counted last."""

    def __init__(self, name_part: str = "") -> None:
        self._name_part = name_part
        self._counter = 0
        self._last: dict[str, Seen] = {}

    def no_service(self) -> ReaderLevel:
        """The service is gone, and with it every card's power."""
        self.see(())
        return ReaderLevel(Reader.NO_SERVICE, Media.NONE, self._counter)

    def see(self, readers: Sequence[Seen]) -> ReaderLevel:
        now = {seen.name: seen for seen in readers if self._name_part in seen.name and seen.there}
        for name in now.keys() | self._last.keys():
            self._counter += _moves(self._last.get(name), now.get(name))
        self._last = now
        chosen = choose(readers, self._name_part)
        if sum(seen.media is not Media.NONE for seen in now.values()) > 1:
            return ReaderLevel(Reader.READY, Media.SEVERAL, self._counter)
        if chosen is None:
            return ReaderLevel(Reader.ABSENT, Media.NONE, self._counter)
        return ReaderLevel(Reader.READY, chosen.media, self._counter)


def _moves(before: Seen | None, after: Seen | None) -> int:
    """Insertions and removals between two looks at one reader; a card that comes or goes with its reader counts as one."""
    if before is not None and after is not None:
        counted = (after.count - before.count) % _COUNTS
        return counted or int((before.media is Media.NONE) != (after.media is Media.NONE))
    return sum(seen.media is not Media.NONE for seen in (before, after) if seen is not None)
