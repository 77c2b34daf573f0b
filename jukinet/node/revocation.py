"""Serials of certificates that are no longer valid, asked on every request, so that a link already open ends with the next question.

A text file, one serial in hexadecimal a line, `#` starts a comment. It is read again whenever it changes; asking costs one `stat`.
"""

from pathlib import Path

from jukinet.errors import SettingsError


class RevokedSerials:
    """`path` None: nobody is revoked. A file that is not there yet is empty."""

    def __init__(self, path: Path | None) -> None:
        """Raises SettingsError."""
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._serials: frozenset[int] = frozenset()
        self._refresh()

    def __contains__(self, serial: int) -> bool:
        """Raises SettingsError when the file has come to be unreadable: then nobody may pass, rather than everybody."""
        self._refresh()
        return serial in self._serials

    def _refresh(self) -> None:
        if self._path is None:
            return
        try:
            stat = self._path.stat()
            seen = (stat.st_mtime_ns, stat.st_size)
            if seen != self._seen:
                self._serials = frozenset(_serials(self._path))
                self._seen = seen
        except FileNotFoundError:
            self._serials, self._seen = frozenset(), None
        except (OSError, ValueError):
            raise SettingsError(f"{self._path}: a text file of serials in hexadecimal, one a line, is required") from None


def _serials(path: Path) -> list[int]:
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [int(line, 16) for line in lines if line]
