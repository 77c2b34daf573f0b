"""Where a node's data lies: a file beside its settings, or a PostgreSQL server. Two databases a node either way, never one.

What is registered and what was asked and issued stand apart, so that a register can be restored from last night without taking back a
single issue of today. On a server they are two schemas. All municipalities of an operator may share a server: each row carries its town,
and each statement names it. Prefectures and the centre hold other towns' data and therefore have schemas of their own.
"""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from jukinet.errors import SettingsError

DRIVER = "postgresql+psycopg"


class File(StrEnum):
    """Which of the two: also the folder of its migrations."""

    REGISTER = "register"
    ISSUES = "issues"


class StorageError(SettingsError):
    """The data cannot be used; the node must stay down. `str()` says where and why, and names no person and no password."""


@dataclass(frozen=True)
class Server:
    """One of a node's two databases on PostgreSQL. `password` is a file (systemd: LoadCredential), never a word in the settings."""

    url: str
    password: Path | None
    which: File
    node: str  # code of the node: the one writer of its rows

    def __str__(self) -> str:
        return f"{make_url(self.url).render_as_string(hide_password=True)}, schema {self.schema}"

    @property
    def schema(self) -> str:
        return str(self.which) if len(self.node) == 5 else f"{self.which}_{self.node}"

    def address(self) -> URL:
        """With the password. Raises StorageError."""
        url = make_url(self.url)
        if self.password is None:
            return url
        try:
            return url.set(password=self.password.read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError):
            raise StorageError(f"{self.password}: cannot be read; the file of the database's password is required") from None


Place = Path | Server


def what_is_wrong(url: str) -> str:
    """Why an address may not stand in settings, and what would be right. Nothing if it may."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError):
        return f"an address as {DRIVER}://jukinet@host/database is required"
    if address.drivername != DRIVER or not address.database:
        return f"an address as {DRIVER}://jukinet@host/database is required"
    if address.password is not None:
        return "a password does not belong into settings; name its file in storage_password"
    hosts = {address.host, *_texts(address.query.get("host", ()))} - {None, ""}
    if not all(_is_here(host) for host in hosts if host) and address.query.get("sslmode") != "verify-full":
        return "residents' records go over this line; add ?sslmode=verify-full&sslrootcert=FILE"
    return ""


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value


def _is_here(host: str) -> bool:
    if host.startswith("/"):  # folder of a Unix socket
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
