"""A municipality's doors closed for a while, outside its hours too: by a command, at once, until another command opens them.

A file in the node's folder, and not a row: it also holds while a database is away, and each question looks. Nobody is served while it
cannot be read: what cannot be read was meant to close.
"""

import os
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct

FILE = "closed.json"


class Why(StrEnum):
    """The class of reason that staff are told and the log keeps. Residents are told that it is closed for a while, not why."""

    MAINTENANCE = "maintenance"  # planned work
    TROUBLE = "trouble"  # something does not work as it should
    ORDER = "order"  # the town's, or the network's


class Closure(Struct, frozen=True):
    why: Why
    since: str  # RFC 3339


def closure(folder: Path) -> Closure | None:
    """Of the node whose data lie in `folder`; None: it keeps its hours."""
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Closure)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError):
        return Closure(Why.TROUBLE, "")


def close(folder: Path, why: Why, since: str) -> None:
    """Raises OSError."""
    beside = folder / f"{FILE}.new"
    with open(beside, "wb") as file:
        file.write(msgspec.json.encode(Closure(why, since)))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / FILE)


def reopen(folder: Path) -> None:
    """Raises OSError."""
    with suppress(FileNotFoundError):
        (folder / FILE).unlink()
