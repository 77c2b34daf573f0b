"""How a body reaches the node it asks: one TOML file.

    [agency]   name   node = "centre" or a prefecture's code   urls = ["https://HOST:PORT"]   certificate   key   ca

Paths are relative to the file. Every key is required, and a key nobody reads is an error.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jukinet.errors import SettingsError
from jukinet.peers import PeerKind, parse_uri
from jukinet.tls import TlsFiles

_KEYS = {"name", "node", "urls", "certificate", "key", "ca"}


@dataclass(frozen=True)
class AgencySettings:
    name: str
    node: str
    urls: tuple[str, ...]  # tried in this order
    tls: TlsFiles


def load(path: Path) -> AgencySettings:
    """Raises SettingsError."""
    file = path.resolve()
    try:
        whole = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror}); an administrative body's settings file is required") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: not TOML in UTF-8: {error}") from None
    table = whole.pop("agency", None)
    if not isinstance(table, dict) or whole:
        raise SettingsError(f"{file}: one table [agency] is required, and nothing else")
    for key in sorted(_KEYS ^ set(table)):
        raise SettingsError(f"{file}: agency.{key}: {'unknown; remove it' if key in table else 'is required'}")
    name, node, urls = table["name"], table["node"], table["urls"]
    if not isinstance(name, str) or parse_uri(f"jukinet://agency/{name}") != (PeerKind.AGENCY, name):
        raise SettingsError(f"{file}: agency.name: a name of a-z, 0-9 and - is required")
    keeper = parse_uri(f"jukinet://node/{node}") if isinstance(node, str) else None
    if keeper is None or keeper[0] not in (PeerKind.CENTRE, PeerKind.PREFECTURE):
        raise SettingsError(f'{file}: agency.node: "centre" or the two digits of a prefecture are required')
    if not isinstance(urls, list) or not urls or not all(isinstance(url, str) for url in urls):
        raise SettingsError(f"{file}: agency.urls: at least one https://HOST:PORT is required")
    return AgencySettings(name, node, tuple(urls), TlsFiles(*(_file(file, table, key) for key in ("certificate", "key", "ca"))))


def _file(file: Path, table: dict[str, Any], key: str) -> Path:
    path = (file.parent / str(table[key])).resolve()
    if not path.is_file():
        raise SettingsError(f"{file}: agency.{key}: {path} is not there; the path of a file is required")
    return path
