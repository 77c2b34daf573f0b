"""A town's register from a CSV file and into one (`columns.py` says what stands in it). UTF-8, so that variants keep their selectors.

Taking in is one transaction: all lines or none. Whoever is new is added, whoever differs is changed, whoever is the same stays without a
line of history, and whoever is not in the file stays as well. Lines stand in the order of 宛名番号, so that a file of a million needs no
more memory than one of ten and nobody can be in it twice. Errors name line and column.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from sqlalchemy import Connection, func, select

from jukinet.errors import SettingsError
from jukinet.node.columns import COLUMNS, Wrong, entry_of, line_of, what_columns
from jukinet.node.register import CHUNK, Entry, enter, everybody, some_of, what_change
from jukinet.node.resident import Standing
from jukinet.node.storage.grown import grown
from jukinet.node.storage.tables import history, residents
from jukinet.node_messages import Change

MOST_ERRORS = 100  # told at a time
LONGEST_LINE = 65_536  # bytes: ten times as much as all items can take
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class WrongLine:
    line: int  # of the file, from 1; the headings are line 1
    column: str
    right: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.column}: {self.right}" if self.column else f"line {self.line}: {self.right}"


class WrongFile(SettingsError):
    """Nothing was taken in. `lines` are the first errors; no word of the file is in them."""

    def __init__(self, lines: Sequence[WrongLine]) -> None:
        self.lines = tuple(lines)
        more = [f"the first {MOST_ERRORS} errors; there may be more"] if len(lines) >= MOST_ERRORS else []
        super().__init__("\n".join([*map(str, self.lines), *more, "nothing was taken in"]))


@dataclass(frozen=True)
class Taken:
    """How many lines a file had, and what became of the residents in them."""

    lines: int = 0
    added: int = 0
    changed: int = 0

    @property
    def same(self) -> int:
        return self.lines - self.added - self.changed


Row = tuple[int, Entry]  # line of the file, what it says


def take_in(connection: Connection, file: BinaryIO, town: str, progress: Callable[[int], None] = lambda _: None) -> Taken:
    """Inside a job of the register's store. `progress` hears how many bytes have been read. Raises WrongFile."""
    file.seek(0)
    reader, taken, pieces = _Reader(file, town), Taken(), 0
    while rows := reader.some():
        taken = _take_some(connection, rows, reader, taken)
        pieces += 1
        if pieces.bit_count() == 1:
            grown(connection, residents, history)
        progress(file.tell())
    reader.wrong += _double_places(connection, file, town) if not reader.wrong else []
    if reader.wrong:
        raise WrongFile(reader.wrong)
    return taken


def write_out(connection: Connection, file: BinaryIO, town: str) -> int:
    """Inside a reading job. How many residents there are."""
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=True)
    writer, lines = csv.writer(text), 0
    writer.writerow(COLUMNS)
    for entry in everybody(connection, town):
        writer.writerow(line_of(entry))
        lines += 1
    text.detach()
    return lines


class _Reader:
    """Goes through a file once; `wrong` grows meanwhile."""

    def __init__(self, file: BinaryIO, town: str) -> None:
        self.town = town
        self.wrong: list[WrongLine] = []
        self._last = 0
        self._number = 0
        self._rows = self._read(file)

    def some(self) -> list[Row]:
        """The next lines that hold, empty at the end of the file or of patience."""
        rows: list[Row] = []
        while len(self.wrong) < MOST_ERRORS and len(rows) < CHUNK and (row := next(self._rows, None)) is not None:
            rows.append(row)
        return rows

    def say(self, line: int, column: str, right: str) -> None:
        if len(self.wrong) < MOST_ERRORS:
            self.wrong.append(WrongLine(line, column, right))

    def _read(self, file: BinaryIO) -> Iterator[Row]:
        rows = self._cells(file)
        heading = next(rows, [])
        if wrong := what_columns(heading):
            self._say_all(1, wrong)
            return
        for cells in rows:
            if len(cells) != len(heading):
                self.say(self._number, "", f"{len(heading)} columns are required, not {len(cells)}")
            elif (entry := self._entry(dict(zip(heading, cells, strict=True)))) is not None:
                yield self._number, entry
            if len(self.wrong) >= MOST_ERRORS:
                return

    def _cells(self, file: BinaryIO) -> Iterator[list[str]]:
        """One list a line; no item goes over several, so that a lost quotation mark spoils one line and not the rest of the file."""
        while raw := file.readline(LONGEST_LINE):
            self._number += 1
            try:
                text = raw.removeprefix(BOM if self._number == 1 else b"").decode("utf-8")
                if not raw.endswith(b"\n") and len(raw) == LONGEST_LINE:
                    raise csv.Error
                if text.strip("\r\n"):
                    yield next(csv.reader([text], strict=True))
            except UnicodeDecodeError:
                self.say(self._number, "", "it is not UTF-8")
            except csv.Error:
                self.say(self._number, "", "it is no line of CSV: a quotation mark too few, or too long")
                if len(raw) == LONGEST_LINE:
                    return

    def _entry(self, line: dict[str, str]) -> Entry | None:
        entry = entry_of(line, self.town)
        if not isinstance(entry, Entry):
            self._say_all(self._number, entry)
            return None
        if entry.person.id <= self._last:
            self.say(
                self._number,
                "宛名番号",
                "a larger number than in the line before is required: sort the file, nobody may be in it twice",
            )
            return None
        self._last = entry.person.id
        return entry

    def _say_all(self, line: int, wrong: Sequence[Wrong]) -> None:
        for each in wrong:
            self.say(line, each.column, each.right)


def _take_some(connection: Connection, rows: list[Row], reader: _Reader, taken: Taken) -> Taken:
    """Writes as long as nothing is wrong; afterwards it only goes on looking."""
    known = some_of(connection, reader.town, [entry.person.id for _, entry in rows])
    _double_codes(connection, rows, reader)
    entries, added = [], 0
    for _, entry in rows:
        before = known.get(entry.person.id)
        if before is None:
            entries.append(entry)
            added += 1
        elif (before.person, before.reason, before.changed) != (entry.person, entry.reason, entry.changed):
            entries.append(replace(entry, change=what_change(entry.person, Change.CHANGED)))
    if not reader.wrong:
        enter(connection, reader.town, entries)
    return Taken(taken.lines + len(rows), taken.added + added, taken.changed + len(entries) - added)


def _double_codes(connection: Connection, rows: list[Row], reader: _Reader) -> None:
    """A 住民票コード is one person's for ever, so it can also not pass from one line of the file to another."""
    codes = {entry.person.resident_code for _, entry in rows}
    here = (residents.c.town == reader.town, residents.c.resident_code.in_(codes))
    owners = {row.resident_code: row.id for row in connection.execute(select(residents.c.resident_code, residents.c.id).where(*here))}
    for line, entry in rows:
        if owners.setdefault(entry.person.resident_code, entry.person.id) != entry.person.id:
            reader.say(line, "住民票コード", "it is another resident's, in the register or in this file")


def _double_places(connection: Connection, file: BinaryIO, town: str) -> list[WrongLine]:
    """Two residents in one place of a household: a copy asked for one of them would show both. Seen when all is written; the file is then
    read again, to say where."""
    here = (residents.c.town == town, residents.c.state == Standing.RESIDENT)
    place = (residents.c.household, residents.c.number)
    found = connection.execute(select(*place).where(*here).group_by(*place).having(func.count() > 1).limit(MOST_ERRORS)).all()
    if not found:
        return []
    double, wrong = {(row.household, row.number) for row in found}, []
    file.seek(0)
    reader = _Reader(file, town)
    while rows := reader.some():
        for line, entry in rows:
            if (entry.person.household, entry.person.number) in double and entry.person.state == Standing.RESIDENT:
                wrong.append(WrongLine(line, "世帯内順位", "another resident has this place in the household, here or in the register"))
    return wrong[:MOST_ERRORS]
