"""A node's settings: one TOML file, read once, into frozen values.

    [node]       role = "municipality" | "prefecture" | "centre"   code   name   data = "."
                 listen = "127.0.0.1:8443" or a list of such (optional; as here, nobody outside this machine is heard)
    [tls]        certificate   key   ca   crl (the CAs' revocation lists)
                 crl_issue_hours, crl_answer_hours: how long a list may be overdue for issuing, for answering other nodes
    [keys]       answer (private JWK, EC P-256, signs answers)   seal (private PEM, EC P-256, makes digital seals)
                 log (32 bytes, Ed25519, signs the log's checkpoints)
    [directory]  file (the centre's JWS)   key (public JWK it is checked with)
                 issue_hours, answer_hours: how old it may be for issuing, for answering other nodes
    [cards]      anchors (folder of PEM certificates that issue cards)
    [hours]      opens = "08:30"   closes = "17:00"   every_day = false       (the town's own)
    [network]    opens = "07:30"   closes = "23:00"   every_day = true        (the register network's)
    [issue]      title   name   statement   fee                               (municipalities only, required there)
    [verify]     listen   certificate   key   (optional, municipalities only: the page where anyone can check a copy's digital seal. Plain
                 http on a loopback address behind the town's web server, or with a server's certificate and key of its own)
    [metrics]    listen   (optional: figures for Prometheus and the node's health, plain HTTP for whoever reaches the address: name a
                 loopback address, or one that only those who watch over the node can reach)
    [log]        exchanges_days   operations_days   (optional: how long a line's text is kept; its hash stays)
    [identities] today = false   keep_years = 150   (optional: 個人番号 and 振り仮名 are told and kept beside the six items; how long
                 prefecture and centre keep a former word on a person, or one who is removed)
    [agencies]   table (the centre's JWS: which administrative body may ask what; without it none may ask anything)
                 provisions_days (how long it is kept what was told), embargo_days (how long what is under an embargo is
                 not shown to whom it is about; as long as it is kept, if not said)   (optional, prefectures and the centre only)
    [limits]     handshakes   links   links_a_peer   at_once   rate   burst   (optional, each with the default of `limits.Limits`)

`node.storage` and `node.storage_password` (both optional) are a PostgreSQL server, as "postgresql+psycopg://jukinet@host/database", and the
file of its password; without them the data lies in two files of SQLite in `node.data`.

Paths are relative to the file. Every key is required but those called optional, a key nobody reads is an error, and each error names
the file, the key and what would be right.
"""

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from jukinet.errors import SettingsError
from jukinet.node.agencies.keeping import KEEP as KEEP_IDENTITIES
from jukinet.node.agencies.keeping import Keeping
from jukinet.node.audit.retention import KEEP, Retention
from jukinet.node.freshness import Patience
from jukinet.node.limits import DEFAULTS, Limits
from jukinet.node.storage.place import File, Place, Server, what_is_wrong
from jukinet.node.trust import TrustFiles
from jukinet.peers import PeerKind, parse_uri
from jukinet.tls import TlsFiles

_CLOCK = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|24:00")
_ROLES = (PeerKind.MUNICIPALITY, PeerKind.PREFECTURE, PeerKind.CENTRE)
_LOOPBACK = ("127.0.0.1:8443",)
_MOST_DAYS = 36_600  # a century
_MOST_YEARS = 1000
_MOST_HOURS = 100_000  # eleven years: a lab that nobody renews


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
class VerifySettings:
    """Where the verification page is; `tls` its certificate and key."""

    listen: tuple[tuple[str, int], ...]  # port 0: any free one
    tls: tuple[Path, Path] | None


@dataclass(frozen=True)
class NodeSettings:
    """All paths are absolute and exist."""

    role: PeerKind
    code: str  # 団体コード, prefecture code, or "centre"
    name: str
    listen: tuple[tuple[str, int], ...]  # port 0: any free one
    data: Path  # folder of register.db and issue.db
    certificate: Path
    key: Path
    ca: Path
    crl: Path
    answer_key: Path
    seal_key: Path
    log_key: Path
    directory: Path
    directory_key: Path
    card_anchors: Path
    hours: Hours
    network: Hours
    issue: IssueSettings | None  # None for prefecture and centre
    patience: Patience
    limits: Limits = DEFAULTS
    retention: Retention = KEEP
    storage: str = ""  # address of a PostgreSQL server; "" for files in `data`
    storage_password: Path | None = None
    agencies: Path | None = None  # the signed table of who may ask what; None: nobody anything
    keeping: Keeping = KEEP_IDENTITIES
    verify: VerifySettings | None = None  # None: no page
    metrics: tuple[tuple[str, int], ...] = ()  # port 0: any free one; nowhere unless set

    @property
    def uri(self) -> str:
        return f"jukinet://node/{self.code}"

    def place(self, which: File) -> Place:
        """Of one of the two databases."""
        if self.storage:
            return Server(self.storage, self.storage_password, which, self.code)
        return self.data / ("register.db" if which is File.REGISTER else "issue.db")

    @property
    def trust(self) -> TrustFiles:
        tls = TlsFiles(self.certificate, self.key, self.ca)
        return TrustFiles(self.uri, tls, self.crl, self.directory, self.directory_key, self.data)


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

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """One text or several; `default` when the key is not set."""
        value = self._left.pop(key, list(default))
        several = [value] if isinstance(value, str) else value
        if not isinstance(several, list) or not several or not all(isinstance(each, str) for each in several):
            raise self.wrong(key, "a text or a list of texts is required")
        return tuple(several)

    def limits(self) -> Limits:
        there = [field.name for field in fields(Limits) if field.name in self._left]
        return Limits(**{name: self.number(name, 1, 1_000_000) for name in there})

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
    hours, network = table("hours"), table("network")
    limits = table("limits") if "limits" in whole else None
    log = table("log") if "log" in whole else None
    metrics = table("metrics") if "metrics" in whole else None
    identities = table("identities") if "identities" in whole else _Table(file, "identities", {})
    agencies = table("agencies") if role is not PeerKind.MUNICIPALITY and "agencies" in whole else _Table(file, "agencies", {})
    issue = table("issue") if role is PeerKind.MUNICIPALITY else None
    verify = table("verify") if role is PeerKind.MUNICIPALITY and "verify" in whole else None
    settings = NodeSettings(
        role=role,
        code=code,
        name=node.text("name"),
        listen=_listen(node),
        data=node.folder("data"),
        storage=node.server("storage"),
        storage_password=node.file("storage_password") if node.has("storage_password") else None,
        certificate=tls.file("certificate"),
        key=tls.file("key"),
        ca=tls.file("ca"),
        crl=tls.file("crl"),
        answer_key=keys.file("answer"),
        seal_key=keys.file("seal"),
        log_key=keys.file("log"),
        directory=book.file("file"),
        directory_key=book.file("key"),
        card_anchors=cards.folder("anchors"),
        hours=hours.hours(),
        network=network.hours(),
        issue=None if issue is None else _issue(issue),
        verify=None if verify is None else _verify(verify),
        metrics=() if metrics is None else _listen(metrics, ()),
        patience=_patience(book, tls),
        limits=DEFAULTS if limits is None else limits.limits(),
        retention=Retention() if log is None else _retention(log),
        agencies=agencies.file("table") if agencies.has("table") else None,
        keeping=_keeping(identities, agencies),
    )
    for each in (node, tls, keys, book, cards, hours, network, issue, verify, metrics, limits, log):
        if each is not None:
            each.close()
    for name in whole:
        raise SettingsError(f"{file}: [{name}]: unknown; remove it")
    return settings


def _retention(log: _Table) -> Retention:
    return Retention(log.number("exchanges_days", 1, _MOST_DAYS), log.number("operations_days", 1, _MOST_DAYS))


def _keeping(identities: _Table, agencies: _Table) -> Keeping:
    """What is not set is as it is by default."""
    keep = KEEP_IDENTITIES
    keeping = Keeping(
        today=identities.flag("today") if identities.has("today") else keep.today,
        identities_years=identities.number("keep_years", 1, _MOST_YEARS) if identities.has("keep_years") else keep.identities_years,
        provisions_days=agencies.number("provisions_days", 1, _MOST_DAYS) if agencies.has("provisions_days") else keep.provisions_days,
        embargo_days=agencies.number("embargo_days", 1, _MOST_DAYS) if agencies.has("embargo_days") else keep.embargo_days,
    )
    identities.close()
    agencies.close()
    return keeping


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


def _listen(node: _Table, default: tuple[str, ...] = _LOOPBACK) -> tuple[tuple[str, int], ...]:
    addresses = []
    for listen in node.texts("listen", default):
        host, _, port = listen.rpartition(":")
        if not host or not (port.isascii() and port.isdigit()) or int(port) > 65535:
            raise node.wrong("listen", f'"{listen}" is no address; "HOST:PORT" is required, as 127.0.0.1:8443 or [::1]:8443')
        addresses.append((host.removeprefix("[").removesuffix("]"), int(port)))
    return tuple(addresses)


def _patience(directory: _Table, tls: _Table) -> Patience:
    return Patience.of_hours(
        directory.number("issue_hours", 1, _MOST_HOURS),
        directory.number("answer_hours", 1, _MOST_HOURS),
        tls.number("crl_issue_hours", 0, _MOST_HOURS),
        tls.number("crl_answer_hours", 0, _MOST_HOURS),
    )


def _verify(table: _Table) -> VerifySettings:
    secure = table.has("certificate") or table.has("key")
    return VerifySettings(_listen(table, ()), (table.file("certificate"), table.file("key")) if secure else None)


def _issue(table: _Table) -> IssueSettings:
    return IssueSettings(table.text("title"), table.text("name"), table.text("statement"), table.number("fee", 0, 10_000))
