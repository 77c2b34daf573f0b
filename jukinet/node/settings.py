"""A node's settings: one TOML file, read once, into frozen values.

    [node]       role = "municipality" | "prefecture" | "centre"   code   name   listen = "127.0.0.1:8443"   data = "."
    [tls]        certificate   key   ca   revoked (optional: serials of revoked peers, hexadecimal, one a line)
    [keys]       answer (private JWK, EC P-256, signs answers)   seal (private PEM, EC P-256, makes digital seals)
    [directory]  file (the centre's JWS)   key (public JWK it is checked with)
    [cards]      anchors (folder of PEM certificates that issue cards)
    [hours]      opens = "08:30"   closes = "17:00"   every_day = false       (the town's own)
    [network]    opens = "07:30"   closes = "23:00"   every_day = true        (the register network's)
    [issue]      title   name   statement   fee                               (municipalities only, required there)

`node.storage` and `node.storage_password` (both optional) are a PostgreSQL server, as "postgresql+psycopg://jukinet@host/database", and the
file of its password; without them the data lies in two files of SQLite in `node.data`.

Paths are relative to the file. Every key but `revoked` is required, a key nobody reads is an error, and each error names the
file, the key and what would be right.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from jukinet.errors import SettingsError
from jukinet.node.storage.place import File, Place, Server, what_is_wrong
from jukinet.peers import PeerKind, parse_uri

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
_ROLES = (PeerKind.MUNICIPALITY, PeerKind.PREFECTURE, PeerKind.CENTRE)


@dataclass(frozen=True)
class Hours:
    """Local time (JST) "HH:MM", `closes` up to "24:00". `every_day`: weekends, public holidays and the turn of the year too."""

    opens: str
    closes: str
    every_day: bool


@dataclass(frozen=True)
class IssueSettings:
    """What a municipality's copies say. `title` is the office with its prefecture (岐阜県不破郡垂井町長), `name` its holder,
    `statement` the 認証文, `fee` yen a copy."""

    title: str
    name: str
    statement: str
    fee: int


@dataclass(frozen=True)
class NodeSettings:
    """All paths are absolute and exist, but for `revoked`, which may come to be while the node runs."""

    role: PeerKind
    code: str  # 団体コード, prefecture code, or "centre"
    name: str
    host: str
    port: int  # 0: any free one
    data: Path  # folder of register.db and issue.db
    certificate: Path
    key: Path
    ca: Path
    revoked: Path | None
    answer_key: Path
    seal_key: Path
    directory: Path
    directory_key: Path
    card_anchors: Path
    hours: Hours
    network: Hours
    issue: IssueSettings | None  # None for prefecture and centre
    storage: str = ""  # address of a PostgreSQL server; "" for files in `data`
    storage_password: Path | None = None

    @property
    def uri(self) -> str:
        return f"jukinet://node/{self.code}"

    def place(self, which: File) -> Place:
        """Of one of the two databases."""
        if self.storage:
            return Server(self.storage, self.storage_password, which, self.code)
        return self.data / ("register.db" if which is File.REGISTER else "issue.db")


class _Table:
    """One table of the file. Remembers what was read, so that `close` can name a key nobody wanted."""

    def __init__(self, file: Path, name: str, values: object) -> None:
        self._file, self._name = file, name
        if not isinstance(values, dict):
            raise SettingsError(f"{file}: [{name}] is missing; a table of settings belongs there")
        self._left: dict[str, object] = dict(values)

    def wrong(self, key: str, right: str) -> SettingsError:
        return SettingsError(f"{self._file}: {self._name}.{key}: {right}")

    def text(self, key: str) -> str:
        value = self._left.pop(key, None)
        if not isinstance(value, str) or not value:
            raise self.wrong(key, "a text is required")
        return value

    def number(self, key: str, least: int, most: int) -> int:
        value = self._left.pop(key, None)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(key, f"a whole number from {least} to {most} is required")
        return value

    def flag(self, key: str) -> bool:
        value = self._left.pop(key, None)
        if not isinstance(value, bool):
            raise self.wrong(key, "true or false is required")
        return value

    def file(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
            raise self.wrong(key, f"{path} is not there; the path of a file is required")
        return path

    def has(self, key: str) -> bool:
        return key in self._left

    def folder(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_dir():
            raise self.wrong(key, f"{path} is not there; the path of a folder is required")
        return path

    def later(self, key: str) -> Path | None:
        """A file that need not exist yet; None when the key is not set."""
        return self._path(key) if key in self._left else None

    def server(self, key: str) -> str:
        """Nothing when the key is not set."""
        url = self.text(key) if key in self._left else ""
        if url and (right := what_is_wrong(url)):
            raise self.wrong(key, right)
        return url

    def hours(self) -> Hours:
        opens, closes = self._clock("opens"), self._clock("closes")
        if opens >= closes:
            raise self.wrong("closes", f'a time after opens = "{opens}" is required')
        return Hours(opens, closes, self.flag("every_day"))

    def close(self) -> None:
        for key in self._left:
            raise self.wrong(key, "unknown; remove it")

    def _path(self, key: str) -> Path:
        return (self._file.parent / self.text(key)).resolve()

    def _clock(self, key: str) -> str:
        value = self.text(key)
        if not _CLOCK.fullmatch(value):
            raise self.wrong(key, f'"{value}" is no time of day; "HH:MM" from 00:00 to 24:00 is required')
        return value


def load(path: Path) -> NodeSettings:
    """Raises SettingsError."""
    file = path.resolve()
    try:
        whole = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}); a node's settings file is required") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: not TOML in UTF-8: {error}") from None

    def table(name: str) -> _Table:
        return _Table(file, name, whole.pop(name, None))

    node, tls, keys, book, cards = (table(name) for name in ("node", "tls", "keys", "directory", "cards"))
    role, code = _identity(node)
    host, port = _address(node)
    hours, network = table("hours"), table("network")
    issue = table("issue") if role is PeerKind.MUNICIPALITY else None
    settings = NodeSettings(
        role=role,
        code=code,
        name=node.text("name"),
        host=host,
        port=port,
        data=node.folder("data"),
        storage=node.server("storage"),
        storage_password=node.file("storage_password") if node.has("storage_password") else None,
        certificate=tls.file("certificate"),
        key=tls.file("key"),
        ca=tls.file("ca"),
        revoked=tls.later("revoked"),
        answer_key=keys.file("answer"),
        seal_key=keys.file("seal"),
        directory=book.file("file"),
        directory_key=book.file("key"),
        card_anchors=cards.folder("anchors"),
        hours=hours.hours(),
        network=network.hours(),
        issue=None if issue is None else _issue(issue),
    )
    for each in (node, tls, keys, book, cards, hours, network, issue):
        if each is not None:
            each.close()
    for name in whole:
        raise SettingsError(f"{file}: [{name}]: unknown; remove it")
    return settings


def _identity(node: _Table) -> tuple[PeerKind, str]:
    role = node.text("role")
    if role not in _ROLES:
        raise node.wrong("role", f'"{role}" is none; one of {", ".join(_ROLES)} is required')
    code = node.text("code")
    known = parse_uri(f"jukinet://node/{code}")
    if known is None or known[0] != role:
        right = {"municipality": "five digits (団体コード without check digit)", "prefecture": "two digits", "centre": '"centre"'}[role]
        raise node.wrong("code", f'"{code}" does not fit role = "{role}"; {right} required')
    return known


def _address(node: _Table) -> tuple[str, int]:
    listen = node.text("listen")
    host, _, port = listen.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise node.wrong("listen", f'"{listen}" is no address; "HOST:PORT" is required, as 127.0.0.1:8443')
    return host, int(port)


def _issue(table: _Table) -> IssueSettings:
    return IssueSettings(table.text("title"), table.text("name"), table.text("statement"), table.number("fee", 0, 10_000))
