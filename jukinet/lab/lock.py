"""One program at a time in a lab's folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jukinet.errors import SettingsError


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Raises SettingsError when another has it. The system lets go of it when the process ends, however it ends."""
    file = folder / "lab.lock"
    with file.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(f"{file}: a lab already runs in this folder; stop it, or use another") from None
        yield
