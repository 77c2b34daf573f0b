"""One thread that writes, for one database: whoever wants to write hands in a job and gets its result after the commit.

The thread takes what is waiting (at most 64 jobs), runs each inside a savepoint in one transaction, and only then answers all of them: one
fsync for the whole group, and nothing is said that a power cut could take back. A job that raises undoes only itself. Where other
programs write too, a group may have to be done again: jobs change nothing but through their connection.

The queue is short on purpose. A node that cannot keep up says BUSY; a silent delay is what once turned into strangers' certificates.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from jukinet.errors import Kind, Problem
from jukinet.node.storage.database import Database
from jukinet.node.storage.prepared import said

Result = TypeVar("Result")
Job = Callable[[Connection], Any]
Counted = Callable[[int, float], None]
"""Told of each group: how many jobs, and the seconds of its commit."""

GROUP = 64  # jobs a commit: group commit of 50 carried ten times the rows of single commits
WAITING = 256  # jobs in the queue; at 2 ms a commit that is some 10 ms of work
RETRY_AFTER = 1  # seconds, told with BUSY
TRIES = 8  # times a group is done when it runs into others'; each time at least one of those in conflict gets through


@dataclass(frozen=True)
class _Outcome:
    future: "Future[Any]"
    result: Any = None
    error: BaseException | None = None


def uncounted(jobs: int, seconds: float) -> None:
    """Nobody watches."""


class Writer:
    """`before_commit` runs last in every group that did something: what must hold for all jobs together is written there. What it
    returns, if anything, is called once that is committed."""

    def __init__(self, database: Database, name: str, before_commit: Job | None = None, counted: Counted = uncounted) -> None:
        self._database, self._engine, self._counted = database, database.writer(), counted
        self._before_commit = before_commit
        self._jobs: queue.Queue[tuple[Job, Future[Any]] | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._run, name=f"writer {name}", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[Connection], Result]) -> "Future[Result]":
        """The future holds the job's result, or what it raised, after the commit. Raises Problem(BUSY) when too many wait."""
        future: Future[Result] = Future()
        try:
            self._jobs.put_nowait((job, future))
        except queue.Full:
            raise Problem(Kind.BUSY, retry_after=RETRY_AFTER) from None
        return future

    @property
    def waiting(self) -> int:
        """Jobs in the queue, roughly."""
        return self._jobs.qsize()

    def close(self) -> None:
        """Everything handed in before is written first. With the last connection of all, SQLite folds its log into the file."""
        self._jobs.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        going = True
        while going:
            group: list[tuple[Job, Future[Any]]] = []
            going = self._gather(group)
            # Whoever gave up while it waited gets nothing done.
            self._write([(job, future) for job, future in group if future.set_running_or_notify_cancel()])

    def _gather(self, group: list[tuple[Job, "Future[Any]"]]) -> bool:
        """Waits for the first job and takes those that came meanwhile. False: closed."""
        entry = self._jobs.get()
        while entry is not None:
            group.append(entry)
            if len(group) == GROUP:
                return True
            try:
                entry = self._jobs.get_nowait()
            except queue.Empty:
                return True
        return False

    def _write(self, group: list[tuple[Job, "Future[Any]"]]) -> None:
        if not group:
            return
        try:
            outcomes = self._until_it_fits(group)
        except BaseException as error:  # noqa: BLE001 - between two threads; file locked, disk full, … nobody may believe to have written
            outcomes = [_Outcome(future, error=error) for _, future in group]
        for each in outcomes:
            if each.error is None:
                each.future.set_result(each.result)
            else:
                each.future.set_exception(each.error)

    def _until_it_fits(self, group: list[tuple[Job, "Future[Any]"]]) -> list[_Outcome]:
        for _ in range(TRIES - 1):
            try:
                return self._once(group)
            except DBAPIError as error:
                if not self._database.is_conflict(error):
                    raise
        return self._once(group)

    def _once(self, group: list[tuple[Job, "Future[Any]"]]) -> list[_Outcome]:
        committed = None
        with self._engine.connect() as connection, self._database.alone(connection):
            with connection.begin():
                outcomes = [self._one(connection, job, future) for job, future in group]
                if self._before_commit is not None and any(each.error is None for each in outcomes):
                    committed = self._before_commit(connection)
                began = perf_counter()
            self._counted(len(group), perf_counter() - began)
            if committed is not None:
                committed()
        return outcomes

    def _one(self, connection: Connection, job: Job, future: "Future[Any]") -> _Outcome:
        try:
            # In words, which both databases know: `begin_nested` takes thirty times as long for the same.
            said(connection, "SAVEPOINT job")
            outcome = _Outcome(future, job(connection))
            said(connection, "RELEASE SAVEPOINT job")
            return outcome
        except BaseException as error:  # between two threads: whoever handed the job in gets what it raised
            if isinstance(error, DBAPIError) and (error.connection_invalidated or self._database.is_conflict(error)):
                raise  # nothing of the group can stand any more
            said(connection, "ROLLBACK TO SAVEPOINT job")
            said(connection, "RELEASE SAVEPOINT job")
            return _Outcome(future, error=error)
