"""The network's level while nobody is here: asks the node for its health now and then, and says what that means for the terminal."""

from collections.abc import Callable
from datetime import datetime

from jukinet.errors import Kind, Problem
from kiosk.hours import hours_at
from kiosk.session.events import Event
from kiosk.session.levels import Hours, HoursAre, Network, NetworkIs
from kiosk.tasks.desk import Desk
from kiosk.timing import Kind as Time
from kiosk.workers import Worker

# How often an idle terminal asks its node whether it is there: UX-13 wants "out of order" within seconds, the node bears 50,000 kiosks.
PROBE_SECONDS = 5.0
PROBE_LIMIT = 4.0
_REFUSED = (Kind.PEER_REVOKED, Kind.NOT_ALLOWED, Kind.WRONG_TOWN)


class Probe:
    """Works in the network's worker; `answered` is called there after each answer, for what had to wait for one."""

    def __init__(
        self,
        desk: Desk,
        worker: Worker,
        post: Callable[[Event], None],
        answered: Callable[[], None],
        clock: Callable[[], float],
        now: Callable[[], datetime],
    ) -> None:
        self._desk, self._worker, self._post, self._answered, self._clock, self._now = desk, worker, post, answered, clock, now
        self.due = 0.0
        self._asking = False
        self._network_hours = Hours.OPEN

    def when_due(self) -> None:
        if not self._asking and self._clock() >= self.due:
            self._asking = True
            self._worker.submit(0, "probe", lambda tell: self._ask())

    def _ask(self) -> None:
        try:
            with self._desk.watch.span(Time.NETWORK):
                health = self._desk.client.health(PROBE_LIMIT)
        except Problem as problem:
            self._post(NetworkIs(Network.SUSPENDED if problem.kind in _REFUSED else Network.DOWN))
        else:
            self._network_hours = Hours.OPEN if health.hours == "open" else Hours.CLOSED
            self._post(NetworkIs(Network.UP))
            self._answered()
        finally:
            self.due = self._clock() + PROBE_SECONDS
            self._asking = False
        own = hours_at(self._now(), self._desk.opens, self._desk.closes)
        self._post(HoursAre(max(own, self._network_hours, key=list(Hours).index)))
