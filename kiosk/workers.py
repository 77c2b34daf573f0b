"""One thread a device. A command goes in with its ticket, exactly one final event comes out.

This is one of the two places between a worker and the inbox where any exception is caught: whatever a driver or a library of theirs throws,
the session hears CommandFailed and the terminal goes on.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from kiosk.session.events import CommandFailed, Event

Job = Callable[[Callable[[Event], None]], Event | None]
"""Gets `tell` for events on the way (progress) and returns the final one; None only for work that nobody waits for (ticket 0)."""


@dataclass(frozen=True)
class Work:
    ticket: int
    name: str
    job: Job


class Worker:
    """`fault(what, error)` is told of every exception. `idle(seconds)` is called again and again while there is no work, and must return
    within `seconds`."""

    def __init__(
        self,
        name: str,
        post: Callable[[Event, int], None],
        fault: Callable[[str, Exception], None],
        clock: Callable[[], float],
        idle: Callable[[float], None] | None = None,
        slice_: float = 0.05,
    ) -> None:
        self.name = name
        self._post, self._fault, self._clock = post, fault, clock
        self._idle = idle
        self._slice = slice_
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self.busy = 0  # ticket at work, 0 when none
        self.since: float | None = None  # when the present work began
        self._thread = threading.Thread(target=self._run, name=f"kiosk-{name}", daemon=True)
        self._thread.start()

    def submit(self, ticket: int, name: str, job: Job) -> None:
        self._queue.put(Work(ticket, name, job))

    @property
    def waited_for(self) -> bool:
        """Work has come in that is not begun."""
        return not self._queue.empty()

    def stop(self, seconds: float = 2.0) -> None:
        """Asks the thread to end and waits a little; a hung device keeps its (daemon) thread and nothing else."""
        self._queue.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while self._turn():
            pass

    def _turn(self) -> bool:
        """One piece of work, or a while without any; False at the end. A call of its own: while the thread waits for the next piece, no
        variable may hold the last one, with all that it says of a resident."""
        try:
            work = self._queue.get(block=self._idle is None)
        except queue.Empty:
            self._attend()
            return True
        if work is None:
            return False
        self.busy, self.since = work.ticket, self._clock()
        event = self._perform(work)
        self.busy, self.since = 0, None
        if event is not None:
            self._post(event, work.ticket)
        return True

    def _perform(self, work: Work) -> Event | None:
        try:
            return work.job(lambda event: self._post(event, work.ticket))
        except Exception as error:  # noqa: BLE001 - see the head of the file
            self._fault(work.name, error)
            return CommandFailed(work.name)

    def _attend(self) -> None:
        assert self._idle is not None
        try:
            self._idle(self._slice)
        except Exception as error:  # noqa: BLE001 - see the head of the file
            self._fault("attend", error)
            threading.Event().wait(self._slice)  # an attend that fails at once must not spin
