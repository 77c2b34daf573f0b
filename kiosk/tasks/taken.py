"""Which of the town's times were booked at this terminal: no other card is offered them. A file of a line each, without whose they are."""

import os
from pathlib import Path

from kiosk.session.own import Slot


class Taken:
    """Kept in `file`, whole or not at all; for the card's worker. What was booked of days that are over goes with the next change."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines = set(file.read_text(encoding="utf-8").splitlines()) if file.exists() else set()

    def __contains__(self, slot: Slot) -> bool:
        return _line(slot) in self._lines

    def add(self, slot: Slot, today: str) -> None:
        """Durable when it returns. Raises OSError."""
        self._keep({line for line in self._lines if line >= today} | {_line(slot)})

    def remove(self, slot: Slot) -> None:
        self._keep(self._lines - {_line(slot)})

    def _keep(self, lines: set[str]) -> None:
        beside = self._file.with_name(self._file.name + ".new")
        with beside.open("w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in sorted(lines))
            out.flush()
            os.fsync(out.fileno())
        beside.replace(self._file)
        self._lines = lines


def _line(slot: Slot) -> str:
    """Begins with the day: texts of days sort as days do."""
    booking = slot.booking
    return f"{booking.day} {booking.begins} {booking.ends} {booking.place}"
