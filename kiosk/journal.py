"""What must survive a power cut: each visit's write-ahead record, and the outbox of outcomes to the network.

Rules (they are the whole of exactly-once at the kiosk)
1. The intent is on disk before the act, the result before the next act. A method returns only when its commit has.
2. A row moves one way: asking -> issued -> printing -> result. A result is written once; only `unknown` may later be settled.
3. A row with a result and without `reported` is the outbox. The node takes a report as often as it comes.
4. No personal data: ULIDs, counts, stages.
5. A write that fails (full disk, failed fsync) is the end: the database may not say what it wrote. JournalBroken; nothing more is done.

SQLite in WAL with synchronous=FULL: measured to lose no promise when the power goes; both settings are read back at each open.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from jukinet.messages import OutcomeReport, Result

_SCHEMA = """
CREATE TABLE IF NOT EXISTS visits (
    visit TEXT PRIMARY KEY,
    stage TEXT NOT NULL CHECK (stage IN ('asking', 'issued', 'printing')),
    copies INTEGER NOT NULL,
    bands INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    printed INTEGER NOT NULL DEFAULT 0,
    dot_rows INTEGER NOT NULL DEFAULT 0,
    result TEXT CHECK (result IN ('printed', 'voided', 'unknown')),
    reason TEXT NOT NULL DEFAULT '',
    copies_printed INTEGER NOT NULL DEFAULT 0,
    reported TEXT CHECK (reported IN ('printed', 'voided', 'unknown'))
) STRICT, WITHOUT ROWID;
"""


class JournalBroken(Exception):
    """A promise could not be written down: out of service until somebody has looked."""


class Stage(StrEnum):
    ASKING = "asking"  # the issue may or may not exist at the node
    ISSUED = "issued"
    PRINTING = "printing"  # up to `sent` of `bands` bands may be on paper


@dataclass(frozen=True)
class Record:
    visit: str
    stage: Stage
    copies: int
    bands: int
    sent: int
    printed: int
    rows: int
    result: Result | None
    reason: str
    copies_printed: int


class Journal:
    """May be used from any worker: one connection, one lock, one commit a promise."""

    def __init__(self, path: Path) -> None:
        self.folder = path.parent
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        with _promise():
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            mode = self._db.execute("PRAGMA journal_mode").fetchone()[0], self._db.execute("PRAGMA synchronous").fetchone()[0]
            if mode != ("wal", 2):
                raise JournalBroken(f"{path}: the file system grants {mode}, WAL and FULL are needed")
            self._db.executescript(_SCHEMA)

    # -- a visit ------------------------------------------------------------------------------------------------------

    def asking(self, visit: str, copies: int) -> None:
        """Before the issue is asked for."""
        self._write("INSERT INTO visits (visit, stage, copies) VALUES (?, 'asking', ?) ON CONFLICT (visit) DO NOTHING", visit, copies)

    def issued(self, visit: str) -> None:
        self._write("UPDATE visits SET stage = 'issued' WHERE visit = ? AND stage = 'asking'", visit)

    def printing(self, visit: str, bands: int) -> None:
        """Before the first byte goes to the printer."""
        self._write("UPDATE visits SET stage = 'printing', bands = ? WHERE visit = ? AND stage = 'issued'", bands, visit)

    def progress(self, visit: str, sent: int, printed: int, rows: int, copies: int) -> None:
        """After band `printed` is on paper, and before the last band leaves: only then is `sent` of consequence (`Printer.settle`).

        `copies` are out whole.
        """
        self._write(
            "UPDATE visits SET sent = ?, printed = ?, dot_rows = ?, copies_printed = ? WHERE visit = ? AND stage = 'printing'",
            sent,
            printed,
            rows,
            copies,
            visit,
        )

    def outcome(self, visit: str, result: Result, reason: str = "", copies_printed: int = 0) -> None:
        """The result, and with it the report to the network. A result that stands is not overwritten, unless it was `unknown`."""
        self._write(
            "UPDATE visits SET result = ?, reason = ?, copies_printed = ? WHERE visit = ? AND (result IS NULL OR result = 'unknown')",
            result,
            reason,
            copies_printed,
            visit,
        )

    # -- after a restart ----------------------------------------------------------------------------------------------

    def unsettled(self) -> list[Record]:
        """Visits without a result: what a power cut left."""
        return [record for record in self.records() if record.result is None]

    def records(self) -> list[Record]:
        with self._lock, _promise():
            rows = self._db.execute(
                "SELECT visit, stage, copies, bands, sent, printed, dot_rows, result, reason, copies_printed FROM visits ORDER BY visit"
            ).fetchall()
        return [
            Record(visit, Stage(stage), copies, bands, sent, printed, dots, Result(result) if result else None, reason, out)
            for visit, stage, copies, bands, sent, printed, dots, result, reason, out in rows
        ]

    # -- outbox -------------------------------------------------------------------------------------------------------

    def unreported(self) -> list[OutcomeReport]:
        """In the order of the visits."""
        with self._lock, _promise():
            rows = self._db.execute(
                "SELECT visit, result, reason, copies_printed FROM visits"
                " WHERE result IS NOT NULL AND (reported IS NULL OR reported <> result) ORDER BY visit"
            ).fetchall()
        return [OutcomeReport(visit=row[0], result=Result(row[1]), reason=row[2], copies_printed=row[3]) for row in rows]

    def reported(self, visit: str, result: Result) -> None:
        self._write("UPDATE visits SET reported = ? WHERE visit = ? AND result = ?", result, visit, result)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def _write(self, statement: str, *values: object) -> None:
        with self._lock, _promise():
            self._db.execute(statement, values)  # autocommit: returns when the fsync has


@contextmanager
def _promise() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise JournalBroken(str(error)) from error
