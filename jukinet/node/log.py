"""A node's log: one JSON object a line, for machines and for a tired person at night. Ids and fields stand in `assets/events.toml`.

Nothing personal can stand here: what is logged are names of exchanges, paths, peers, kinds of outcome, sizes and times. An
exception is logged by its type and the places it passed, never by its text, which may quote what it choked on.
"""

import json
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from jukinet.events import DEEDS, SERVER, events

PLACES = 8  # innermost frames kept of an unexpected exception

_FIELDS = {name: frozenset(event.fields) for name, event in events().items() if name.startswith((SERVER, DEEDS))}


class Log:
    def __init__(self, out: TextIO, clock: Callable[[], datetime], **always: str) -> None:
        """`always` stands in every line: which node it is where several write to one place."""
        self._out, self._clock, self._always = out, clock, always

    def line(self, event: str, **fields: str | int | float | list[str]) -> None:
        """Raises KeyError for an id or a field that is not in the data file: a fault of ours."""
        if not fields.keys() <= _FIELDS[event]:
            raise KeyError(f"{event}: {sorted(fields.keys() - _FIELDS[event])} are not in events.toml")
        at = self._clock().astimezone(UTC).isoformat(timespec="milliseconds")
        self._out.write(json.dumps({"at": at, "event": event, **self._always, **fields}, ensure_ascii=False) + "\n")
        self._out.flush()


def places(error: BaseException) -> list[str]:
    """Where an exception came through, innermost last: "issuance.py:120 issue"."""
    frames = traceback.extract_tb(error.__traceback__)[-PLACES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


def library_logger(log: "Log") -> logging.Logger:
    """For a server of aiohttp's. Our own instance: nothing of it reaches the root logger."""
    logger = logging.Logger("aiohttp.server")
    logger.addHandler(LibraryLines(log))
    return logger


class LibraryLines(logging.Handler):
    """Brings what a library logs into ours, without its text."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            self._log.line("server_library", name=record.name, level=record.levelname)
        else:
            self._log.line("server_library", name=record.name, level=record.levelname, error=type(error).__name__, places=places(error))
