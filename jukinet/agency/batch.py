"""A file of people in, a file of findings out, in pieces; whatever is killed when, each line is answered once.

Beside OUT lie OUT.unfinished and OUT.state while it runs. After each piece its findings are on the disk first, then the state says so: what
file it is (its digest), under which name the batch runs, which piece comes next, where it begins in the file, and how long the answer is by
then. Who begins again with the same file goes on there: what was written after the last state is cut off, and its piece asked once more,
under the same number, which the node counts once.

A line that cannot be asked is told with its number and stands in OUT as one; the others are asked all the same.
"""

import csv
import fcntl
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import msgspec

from jukinet.agency.lines import OUT, answer_of, rows, sought_of, what_heading, wrong_line
from jukinet.agency_messages import MOST_PERSONS, BatchAnswer, BatchAsk, Finding, Sought
from jukinet.errors import Problem, Remedy, SettingsError

LONGEST_LINE = 16_384  # bytes
SECONDS = 28.0  # for one piece: it may wait its turn behind other bodies' files
MOST_TRIES = 120  # of one piece, with pauses of up to PAUSE seconds: a node may be away for some ten minutes
PAUSE = 5.0
BOM = b"\xef\xbb\xbf"

Ask = Callable[[BatchAsk, float], BatchAnswer]
Asked = tuple[int, Sought | str]  # number of a line, and whom it asks for or what would be right


class State(msgspec.Struct, kw_only=True):
    """OUT.state."""

    digest: str  # SHA-256 of the file that is asked
    affair: str
    batch: str
    piece: int = 0  # the next one
    read: int = 0  # bytes of the file
    line: int = 0  # of the file, the last that was read
    written: int = 0  # bytes of the answer
    counts: dict[str, int] = {}  # lines by result


@dataclass(frozen=True)
class Wrong:
    line: int
    right: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.right}"


@dataclass
class Run:
    """`pause(seconds)` waits, `progress(bytes)` and `wrong(Wrong)` are told as it goes."""

    ask: Ask
    new_batch: Callable[[], str]
    pause: Callable[[float], None]
    progress: Callable[[int], None] = lambda _: None
    wrong: Callable[[Wrong], None] = lambda _: None

    def file(self, asked: Path, out: Path, affair: str) -> Counter[str]:
        """How many lines had which result. Raises SettingsError, Problem, OSError; then the same again goes on."""
        note = out.with_name(out.name + ".state")
        with _opened(asked) as source:
            digest = file_digest(source, "sha256").hexdigest()
            state = _state(note, digest, affair) or State(digest=digest, affair=affair, batch=self.new_batch())
            if out.exists():
                if not note.exists():
                    raise SettingsError(f"{out}: is there already; a new file is required")
            else:
                with _answer(out.with_name(out.name + ".unfinished"), state) as answer:
                    self._all(source, answer, state, note)
                out.with_name(out.name + ".unfinished").rename(out)
        note.unlink()
        return Counter(state.counts)

    def _all(self, source: BinaryIO, answer: BinaryIO, state: State, note: Path) -> None:
        source.seek(0)
        lines = _Lines(source)
        if state.read == 0:
            _put(answer, rows([OUT]), state)
            state.read, state.line = lines.at, lines.number
            _keep(note, state)
        lines.go_to(state.read, state.line)
        self.progress(state.read)
        while piece := lines.some():
            self._piece(piece, answer, state)
            state.read, state.line = lines.at, lines.number
            _keep(note, state)
            self.progress(state.read)

    def _piece(self, piece: Sequence[Asked], answer: BinaryIO, state: State) -> None:
        persons = [what for _, what in piece if isinstance(what, Sought)]
        ask = BatchAsk(affair=state.affair, batch=state.batch, piece=state.piece, persons=persons)
        findings = iter(self._asked(ask) if persons else ())
        told = []
        for number, what in piece:
            if isinstance(what, Sought):
                told.append(answer_of(number, next(findings)))
            else:
                self.wrong(Wrong(number, what))
                told.append(wrong_line(number, what))
        counts = Counter(state.counts)
        counts.update(line[1] for line in told)
        _put(answer, rows(told), state)
        state.counts, state.piece = dict(counts), state.piece + 1

    def _asked(self, ask: BatchAsk) -> Sequence[Finding]:
        for tried in range(1, MOST_TRIES):
            try:
                return self.ask(ask, SECONDS).findings
            except Problem as problem:
                if problem.remedy is not Remedy.RETRY_AFTER:
                    raise
                self.pause(min(PAUSE, problem.retry_after or 0.25 * 2 ** min(tried, 6)))
        return self.ask(ask, SECONDS).findings


class _Lines:
    """Goes through a file. `at` is where the next line begins, `number` that of the last one read, from 1; the headings are line 1."""

    def __init__(self, source: BinaryIO) -> None:
        """Reads the headings. Raises SettingsError."""
        self._source, self.number = source, 0
        cells = self._cells()
        wrong = what_heading(cells) if isinstance(cells, list) else cells or "headings are required"
        if wrong:
            raise SettingsError(f"line 1: {wrong}")
        self._heading = cells if isinstance(cells, list) else []

    @property
    def at(self) -> int:
        return self._source.tell()

    def go_to(self, at: int, number: int) -> None:
        self._source.seek(at)
        self.number = number

    def some(self) -> list[Asked]:
        """The next lines, as many as a piece may have; empty lines are none."""
        found: list[Asked] = []
        while len(found) < MOST_PERSONS and (cells := self._cells()) is not None:
            if cells:
                found.append((self.number, self._what(cells)))
        return found

    def _what(self, cells: list[str] | str) -> Sought | str:
        if isinstance(cells, str):
            return cells
        if len(cells) != len(self._heading):
            return f"{len(self._heading)} columns are required, not {len(cells)}"
        return sought_of(dict(zip(self._heading, cells, strict=True)))

    def _cells(self) -> list[str] | str | None:
        """One list a line; what is wrong with it; None at the end. No item goes over several lines."""
        raw = self._source.readline(LONGEST_LINE)
        if not raw:
            return None
        self.number += 1
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            while raw and not raw.endswith(b"\n"):
                raw = self._source.readline(LONGEST_LINE)
            return "it is too long"
        try:
            text = raw.removeprefix(BOM if self.number == 1 else b"").decode("utf-8").rstrip("\r\n")
            return next(csv.reader([text], strict=True), [])
        except UnicodeDecodeError:
            return "it is not UTF-8"
        except csv.Error:
            return "it is no line of CSV: a quotation mark too few"


def _opened(file: Path) -> BufferedReader:
    try:
        return file.open("rb")
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror})") from None


def _state(note: Path, digest: str, affair: str) -> State | None:
    """Of a run that was cut off. Raises SettingsError when that one asked something else."""
    try:
        state = msgspec.json.decode(note.read_bytes(), type=State)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        raise SettingsError(f"{note}: not written by this program; remove it to begin anew") from None
    if (state.digest, state.affair) != (digest, affair):
        raise SettingsError(f"{note}: of another file or affair; name another file for the answer, or remove it to begin anew")
    return state


def _keep(note: Path, state: State) -> None:
    """On the disk, whole or not at all."""
    beside = note.with_name(note.name + ".new")
    with beside.open("wb") as file:
        file.write(msgspec.json.encode(state))
        file.flush()
        os.fsync(file.fileno())
    beside.rename(note)


@contextmanager
def _answer(file: Path, state: State) -> Iterator[BinaryIO]:
    """Readable by its owner alone, and one program's at a time. Raises SettingsError."""
    with open(file, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as answer:
        try:
            fcntl.flock(answer, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"{file}: another program is at it") from None
        answer.truncate(state.written)
        yield answer


def _put(answer: BinaryIO, lines: bytes, state: State) -> None:
    answer.write(lines)
    answer.flush()
    os.fsync(answer.fileno())
    state.written += len(lines)
