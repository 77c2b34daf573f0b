"""The kiosk's log: one JSON object a line, each with an id from assets/events.toml and only the fields named there.

A visit is known by its ULID, an error by its type and the places it passed. There is no free text, so there is no place for a name.
"""

import json
import tomllib
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TextIO

# Innermost frames kept of an unexpected exception.
PLACES = 8


class Log:
    """`out` is flushed after each line. An id or field that is not in the data file is a fault of ours and raises KeyError."""

    def __init__(self, out: TextIO, now: Callable[[], datetime]) -> None:
        self._out, self._now = out, now
        table = tomllib.loads(files("assets").joinpath("events.toml").read_text(encoding="utf-8"))
        self._fields = {name: frozenset(row["fields"]) for name, row in table.items() if name.startswith("kiosk_")}

    def event(self, name: str, **fields: str | int | float | list[str]) -> None:
        unknown = fields.keys() - self._fields[name]
        if unknown:
            raise KeyError(f"{name}: {sorted(unknown)} are not in events.toml")
        at = self._now().astimezone(UTC).isoformat(timespec="milliseconds")
        self._out.write(json.dumps({"at": at, "event": name, **fields}, ensure_ascii=False) + "\n")
        self._out.flush()

    def fault(self, name: str, error: BaseException, **fields: str) -> None:
        """An exception by type and places; its text may quote what it choked on and stays out."""
        frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
        places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        self.event(name, error=type(error).__name__, places=places, **fields)
