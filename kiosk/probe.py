"""The network's level while nobody is here: asks the node for its health now and then, and says what that means for the terminal.

The node is told how the terminal is on the same occasion: right after it has answered, if that is new or a minute old, and only when
nothing else waits for the line. A visit asks its first question after card and PIN, long after what was begun before it has ended.
"""

import math
from collections.abc import Callable
from datetime import datetime

from jukinet.errors import Kind, Problem
from jukinet.messages import KioskStatus
from kiosk.hours import hours_at
from kiosk.session.events import Event
from kiosk.session.levels import Hours, HoursAre, Network, NetworkIs
from kiosk.tasks.desk import Desk
from kiosk.timing import Kind as Time
from kiosk.workers import Worker

# How often an idle terminal asks its node whether it is there: UX-13 wants "out of order" within seconds, the node bears 50,000 kiosks.
PROBE_SECONDS = 5.0
PROBE_LIMIT = 4.0
# What has not changed is told again each minute: silence then means that something is wrong.
TELL_SECONDS = 60.0
# The node has just answered; a PIN takes longer to type.
TELL_LIMIT = 2.0
_REFUSED = (Kind.PEER_REVOKED, Kind.NOT_ALLOWED, Kind.WRONG_TOWN)


class Probe:
    """Works in the network's worker; `answered` is called there after each answer, for what had to wait for one. `status` too."""

    def __init__(
        self,
        desk: Desk,
        worker: Worker,
        post: Callable[[Event], None],
        answered: Callable[[], None],
        status: Callable[[], KioskStatus],
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._desk, self._worker, self._post, self._answered, self._status = desk, worker, post, answered, status
        self._clock, self._now = clock, now
        self.due = 0.0
        self._told: KioskStatus | None = None
        self._tell_due = 0.0
        self._network_hours = Hours.OPEN

    def when_due(self) -> None:
        if self._clock() >= self.due:
            self.due = math.inf  # until this one is answered
            self._worker.submit(0, "probe", lambda tell: self._ask())

    def _ask(self) -> None:
        if self._level():
            self._tell()

    def _level(self) -> bool:
        """Whether the node answered."""
        up = False
        try:
            with self._desk.watch.span(Time.NETWORK):
                health = self._desk.client.health(PROBE_LIMIT)
        except Problem as problem:
            self._post(NetworkIs(Network.SUSPENDED if problem.kind in _REFUSED else Network.DOWN))
        else:
            self._network_hours = Hours.PAUSED if health.closure else Hours.OPEN if health.hours == "open" else Hours.CLOSED
            self._post(NetworkIs(Network.UP))
            self._answered()
            up = True
        finally:
            self.due = self._clock() + PROBE_SECONDS
        own = hours_at(self._now(), self._desk.opens, self._desk.closes)
        self._post(HoursAre(max(own, self._network_hours, key=list(Hours).index)))
        return up

    def _tell(self) -> None:
        status = self._status()
        if (status == self._told and self._clock() < self._tell_due) or self._worker.waited_for:
            return
        try:
            with self._desk.watch.span(Time.NETWORK):
                self._desk.client.tell(status, TELL_LIMIT)
        except Problem:  # it is said again with the next answer
            return
        self._told, self._tell_due = status, self._clock() + TELL_SECONDS
