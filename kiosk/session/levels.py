"""What *is*, held all the time: reader, card, printer, mouth, network, hours, staff, journal.

A level is set by an event that may come in any state, and never moves the visit by itself: the rules in `session.LEVEL_RULES` do,
applied until nothing changes. So a flickering jam, or a card pulled while something else happens, cannot derail a visit.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from hardware.interfaces import Media, Mouth, PrinterLevel, PrinterState, Reader, ReaderLevel
from kiosk.session.events import Event


class Network(StrEnum):
    STARTING = "starting"  # not asked yet
    UP = "up"
    DOWN = "down"
    SUSPENDED = "suspended"  # the register network refuses this kiosk or is closed by order


class Hours(StrEnum):
    OPEN = "open"
    CLOSING = "closing"  # no new visit could end in time
    CLOSED = "closed"
    PAUSED = "paused"  # by the town, for a while


class Staff(StrEnum):
    OFF = "off"
    REQUESTED = "requested"
    ON = "on"


class JournalLevel(StrEnum):
    SETTLED = "settled"
    UNSETTLED = "unsettled"  # a former visit is with staff
    BROKEN = "broken"  # a write failed: nothing may be done any more


@dataclass(frozen=True)
class Levels:
    reader: Reader = Reader.NO_SERVICE
    media: Media = Media.NONE
    counter: int = 0
    printer: PrinterState = PrinterState.UNKNOWN
    mouth: Mouth = Mouth.UNKNOWN
    network: Network = Network.STARTING
    hours: Hours = Hours.OPEN
    staff: Staff = Staff.OFF
    journal: JournalLevel = JournalLevel.SETTLED


@dataclass(frozen=True)
class LevelEvent(Event):
    """Base of the events that set a level. They may come in any state."""

    def applied(self, levels: Levels) -> Levels:
        raise TypeError("a level event says which level it sets")


@dataclass(frozen=True)
class ReaderIs(LevelEvent):
    level: ReaderLevel

    def applied(self, levels: Levels) -> Levels:
        return replace(levels, reader=self.level.reader, media=self.level.media, counter=self.level.counter)


@dataclass(frozen=True)
class PrinterIs(LevelEvent):
    level: PrinterLevel

    def applied(self, levels: Levels) -> Levels:
        return replace(levels, printer=self.level.state, mouth=self.level.mouth)


@dataclass(frozen=True)
class NetworkIs(LevelEvent):
    level: Network

    def applied(self, levels: Levels) -> Levels:
        return replace(levels, network=self.level)


@dataclass(frozen=True)
class HoursAre(LevelEvent):
    level: Hours

    def applied(self, levels: Levels) -> Levels:
        return replace(levels, hours=self.level)


@dataclass(frozen=True)
class StaffIs(LevelEvent):
    level: Staff

    def applied(self, levels: Levels) -> Levels:
        return replace(levels, staff=self.level)


@dataclass(frozen=True)
class JournalIs(LevelEvent):
    level: JournalLevel

    def applied(self, levels: Levels) -> Levels:
        return replace(levels, journal=self.level)
