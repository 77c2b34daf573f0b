"""One thread that writes, for one file: whoever wants to write hands in a job and gets its result after the commit.

The thread takes what is waiting (at most 64 jobs), runs each inside a savepoint in one BEGIN IMMEDIATE … COMMIT, and only then answers all
of them: one fsync for the whole group, and nothing is said that a power cut could take back. A job that raises undoes only itself.

The queue is short on purpose. A node that cannot keep up says BUSY; a silent delay is what once turned into strangers' certificates.
"""

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from jukinet.errors import Kind, Problem

Result = TypeVar("Result")
Job = Callable[[Connection], Any]

GROUP = 64  # jobs a commit: group commit of 50 carried ten times the rows of single commits
WAITING = 256  # jobs in the queue; at 2 ms a commit that is some 10 ms of work
RETRY_AFTER = 1  # seconds, told with BUSY


class Writer:
    """`before_commit` runs last in every group that did something: what must hold for all jobs together is written there."""

    def __init__(self, engine: Engine, name: str, before_commit: Job | None = None) -> None:
        self._engine = engine
        self._before_commit = before_commit
        self._jobs: queue.Queue[tuple[Job, Future[Any]] | None] = queue.Queue(WAITING)
        self._thread = threading.Thread(target=self._run, name=f"writer {name}", daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[Connection], Result]) -> Future[Result]:
        """The future holds the job's result, or what it raised, after the commit. Raises Problem(BUSY) when too many wait."""
        future: Future[Result] = Future()
        try:
            self._jobs.put_nowait((job, future))
        except queue.Full:
            raise Problem(Kind.BUSY, retry_after=RETRY_AFTER) from None
        return future

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
            if group:
                self._write(group)

    def _gather(self, group: list[tuple[Job, Future[Any]]]) -> bool:
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

    def _write(self, group: list[tuple[Job, Future[Any]]]) -> None:
        done: list[tuple[Future[Any], Any]] = []
        try:
            with self._engine.begin() as connection:
                for job, future in group:
                    self._one(connection, job, future, done)
                if self._before_commit is not None and done:
                    self._before_commit(connection)
        except BaseException as error:  # noqa: BLE001 - between two threads; file locked, disk full, … nobody may believe to have written
            for _, future in group:
                if not future.done() and (future.running() or future.set_running_or_notify_cancel()):
                    future.set_exception(error)
            return
        for future, result in done:
            future.set_result(result)

    def _one(self, connection: Connection, job: Job, future: Future[Any], done: list[tuple[Future[Any], Any]]) -> None:
        if not future.set_running_or_notify_cancel():  # whoever wanted it gave up while it waited: not begun, not done
            return
        try:
            with connection.begin_nested():
                result = job(connection)
        except BaseException as error:  # noqa: BLE001 - between two threads: whoever handed the job in gets what it raised
            future.set_exception(error)
        else:
            done.append((future, result))
