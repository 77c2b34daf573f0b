"""Everything a lab needs, laid out in one folder. Made once; a second run reuses what is there.

ca/ca.pem ca.key crl.pem                  the network's CA, and its list of revoked certificates
ca/directory.key.jwk                     the key the centre signs its directory with
directory.jws directory.jwk.json         the signed directory and the public key to check it with
agencies.toml agencies.jws               which administrative body may ask what, and the same signed with the directory's key
agencies/NAME/                           agency.toml cert.pem key.pem: what a body needs to ask
nodes/CODE/                              node.toml cert.pem key.pem answer.jwk.json seal.pem log.key register.db issue.db node.log
kiosks/k1/                               cert.pem key.pem
jpki/ cards/                             simulated cards and who issued them (jukinet.lab.cards)
kiosk.toml                               a kiosk's settings for this lab
lab.toml                                 what it was made with, and the nodes' ports
"""

import json
import random
import socket
import tomllib
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from jukinet.errors import SettingsError
from jukinet.lab import ca
from jukinet.lab.cards import populate
from jukinet.lab.lock import alone_in
from jukinet.lab.network import CENTRE, KIOSK, KIOSK_TOWN, NODES, PREFECTURE, LabNode
from jukinet.lab.settings_files import SERVICES_KEY, SIMULATED_KEY, agency_toml, kiosk_toml, node_toml
from jukinet.node.agencies.rights import read_table
from jukinet.node.directory import centre_name
from jukinet.node.hours import local_date
from jukinet.node.seal import SealKey
from jukinet.node_messages import Directory, Prefecture, Town
from jukinet.notes import LogKey, log_owner
from jukinet.peers import PeerKind
from jukinet.seal_keys import public_jwk
from jukinet.signing import AnswerKey, sign_agencies, sign_directory

# Below the range from which systems take ports for outgoing links (32768 and up), so that a port noted down stays free.
_PORTS = range(20_000, 32_000)


@dataclass(frozen=True)
class LabPaths:
    root: Path

    @property
    def kiosk_settings(self) -> Path:
        return self.root / "kiosk.toml"

    @property
    def cards(self) -> Path:
        return self.root / "cards"

    def node(self, code: str) -> Path:
        return self.root / "nodes" / code

    def node_settings(self, code: str) -> Path:
        return self.node(code) / "node.toml"

    def kiosk(self, name: str) -> Path:
        return self.root / "kiosks" / name

    def agency_settings(self, name: str) -> Path:
        return self.root / "agencies" / name / "agency.toml"


@dataclass(frozen=True)
class _Made:
    """lab.toml. `version` is the directory's; it grows when the ports change."""

    residents: int
    seed: int
    version: int
    ports: dict[str, int]


def prepare(root: Path, residents: int, seed: int, now: datetime) -> LabPaths:
    """Raises SettingsError when the folder holds a lab made with other numbers, a running one, or cannot be written."""
    paths = LabPaths(root.resolve())
    try:
        paths.root.mkdir(parents=True, exist_ok=True)
        with alone_in(paths.root):
            _lay_out(paths, _made(paths, residents, seed), now)
    except OSError as error:
        raise SettingsError(f"{error.filename or root}: cannot be written ({error.strerror}); a folder of one's own is required") from None
    return paths


def _lay_out(paths: LabPaths, made: _Made, now: datetime) -> None:
    # First, so that an interrupted run can only be gone on with by the same numbers.
    _write(paths.root / "lab.toml", _lab_toml(made))
    _folders(paths)
    authority = _authority(paths, now)
    for node in NODES:
        _node_files(paths, node, authority, now, made.ports[node.code])
    _member(paths.kiosk(KIOSK), f"jukinet://kiosk/{KIOSK_TOWN.code}/{KIOSK}", authority, ca.KIOSK_USES, now)
    bodies = _agencies(paths, authority, made.ports[CENTRE.code], now)
    _directory(paths, made, bodies, now)
    _write(paths.root / SERVICES_KEY, SIMULATED_KEY)
    _write(paths.kiosk_settings, kiosk_toml(made.ports[KIOSK_TOWN.code], local_date(now)))
    populate(paths.root, made.residents, made.seed)


def _made(paths: LabPaths, residents: int, seed: int) -> _Made:
    file = paths.root / "lab.toml"
    if not file.exists():
        return _Made(residents, seed, 1, _free_ports())
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        made = _Made(table["residents"], table["seed"], table["version"], {node.code: table["ports"][node.code] for node in NODES})
    except (tomllib.TOMLDecodeError, KeyError, UnicodeDecodeError):
        raise SettingsError(f"{file}: not written by this program; remove the folder {paths.root}") from None
    if (made.residents, made.seed) != (residents, seed):
        right = f"--residents {made.residents} --seed {made.seed}"
        raise SettingsError(f"{file}: this lab was made with {right}; use these, or another folder")
    if all(_is_free(port) for port in made.ports.values()):
        return made
    return _Made(residents, seed, made.version + 1, _free_ports())


def _folders(paths: LabPaths) -> None:
    folders = [paths.root / "ca", paths.root / "jpki" / "anchors", paths.cards, paths.kiosk(KIOSK)]
    for folder in folders + [paths.node(node.code) for node in NODES]:
        folder.mkdir(parents=True, exist_ok=True)


def _authority(paths: LabPaths, now: datetime) -> ca.Authority:
    folder = paths.root / "ca"
    if not (folder / "ca.pem").exists():
        ca.make_authority("SIM-JUKINET CA", now).save(folder)
    if not (folder / "crl.pem").exists():
        (folder / "crl.pem").write_bytes(ca.load_authority(folder).revoke([], 1, (now - ca.BEFORE, now + ca.VALID)))
    return ca.load_authority(folder)


def _node_files(paths: LabPaths, node: LabNode, authority: ca.Authority, now: datetime, port: int) -> None:
    folder = paths.node(node.code)
    _member(folder, f"jukinet://node/{node.code}", authority, ca.NODE_USES, now)
    if not (folder / "answer.jwk.json").exists():
        AnswerKey.make().save(folder / "answer.jwk.json")
    if not (folder / "seal.pem").exists():
        ca.save_key(folder / "seal.pem", ca.new_key())
    if not (folder / "log.key").exists():
        LogKey.make(log_owner(node.code), folder / "log.key")
    _write(folder / "node.toml", node_toml(node, port))


def _member(folder: Path, uri: str, authority: ca.Authority, uses: ca.Uses, now: datetime) -> None:
    if (folder / "cert.pem").exists():
        return
    key = ca.new_key()
    ca.save_key(folder / "key.pem", key)
    ca.save_certificate(folder / "cert.pem", authority.issue(uri, key, uses, (now - ca.BEFORE, now + ca.VALID)))


def _directory_key(paths: LabPaths) -> AnswerKey:
    private = paths.root / "ca" / "directory.key.jwk"
    if not private.exists():
        AnswerKey.make().save(private)
    return AnswerKey.load(private)


def _agencies(paths: LabPaths, authority: ca.Authority, port: int, now: datetime) -> list[str]:
    """The table, and what each of its bodies needs to ask the centre. Their names. A table that was signed since stays."""
    source, signed = paths.root / "agencies.toml", paths.root / "agencies.jws"
    if not source.exists():
        _write(source, (files("assets") / "agencies" / "table.toml").read_text(encoding="utf-8"))
    table = read_table(source.read_text(encoding="utf-8"), 1, now.isoformat(timespec="seconds"))
    if not signed.exists():
        _write(signed, sign_agencies(table, _directory_key(paths)))
    for body in table.bodies:
        settings = paths.agency_settings(body.name)
        settings.parent.mkdir(parents=True, exist_ok=True)
        _member(settings.parent, f"jukinet://agency/{body.name}", authority, ca.KIOSK_USES, now)
        _write(settings, agency_toml(body.name, port))
    return [body.name for body in table.bodies]


def _directory(paths: LabPaths, made: _Made, bodies: list[str], now: datetime) -> None:
    key = _directory_key(paths)

    def urls(node: LabNode) -> list[str]:
        return [f"https://127.0.0.1:{made.ports[node.code]}"]

    def keys(node: LabNode) -> list[dict[str, str]]:
        return [AnswerKey.load(paths.node(node.code) / "answer.jwk.json").public()]

    def log_key(node: LabNode) -> str:
        return LogKey.load(log_owner(node.code), paths.node(node.code) / "log.key").public.text

    def seal_keys(node: LabNode) -> list[dict[str, str]]:
        return [public_jwk(SealKey.load(paths.node(node.code) / "seal.pem").key.public_key())]

    directory = Directory(
        version=made.version,
        issued=now.isoformat(timespec="seconds"),
        centre_name=centre_name(local_date(now)),
        centre_urls=urls(CENTRE),
        centre_log_key=log_key(CENTRE),
        agencies=bodies,
        prefectures=[Prefecture(code=PREFECTURE.code, name=PREFECTURE.name, urls=urls(PREFECTURE), log_key=log_key(PREFECTURE))],
        towns=[
            Town(
                code=node.code,
                name=node.name,
                prefecture=PREFECTURE.code,
                urls=urls(node),
                keys=keys(node),
                log_key=log_key(node),
                seal_keys=seal_keys(node),
                opens="00:00",
                closes="24:00",
            )
            for node in NODES
            if node.role is PeerKind.MUNICIPALITY
        ],
    )
    _write(paths.root / "directory.jws", sign_directory(directory, key))
    _write(paths.root / "directory.jwk.json", json.dumps(key.public()))


def _lab_toml(made: _Made) -> str:
    ports = "\n".join(f"{code} = {port}" for code, port in made.ports.items())
    return f"residents = {made.residents}\nseed = {made.seed}\nversion = {made.version}\n\n[ports]\n{ports}\n"


def _write(path: Path, text: str) -> None:
    """Whole or not at all, so that an interrupted run leaves nothing half written."""
    beside = path.with_name(path.name + ".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def _free_ports() -> dict[str, int]:
    """Chosen by chance, not by the seed: two labs side by side must not choose the same."""
    ports = random.SystemRandom().sample(_PORTS, len(_PORTS))
    free = (port for port in ports if _is_free(port))
    return {node.code: next(free) for node in NODES}


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
