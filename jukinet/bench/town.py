"""A lab to be loaded: a home town with a register of any size, terminals with certificates of their own, cards of residents all over it.

Made below one folder, by size of register and kind of database; registers stay from run to run, all else begins anew. Cards share one key,
since making keys is nobody's load here; their certificates, holders and signatures are each their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from shutil import rmtree

import psycopg
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from sqlalchemy import Connection, make_url

from jukinet.lab import ca, cards
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.network import CENTRE, HOME_TOWN, KIOSK_TOWN, NODES
from jukinet.node.cards import fingerprint, register_card
from jukinet.node.hours import local_date
from jukinet.node.identity import lines_told
from jukinet.node.people import make_register, make_register_file
from jukinet.node.register import bind_card, find, household_of, last_line
from jukinet.node.resident import Resident, Standing, is_under_age
from jukinet.node.settings import load
from jukinet.node.storage.open import File, open_store
from jukinet.tls import TlsFiles

SEED = 1
FEW = 300  # residents of the terminals' own town, whose register is not asked
CARDS = 200
# Whoever measures asks more than a town does; the limits themselves stay in work.
_LIMITS = "\n[limits]\nrate = 1_000_000\nburst = 1_000_000\n"


@dataclass(frozen=True)
class LoadedTown:
    """`certificates` (DER) are of residents of the home town, `key` is every card's. `terminals` are named b001, b002, …"""

    paths: LabPaths
    terminals: Sequence[tuple[str, TlsFiles]]
    certificates: Sequence[bytes]
    key: RSAPrivateKey


def make_town(folder: Path, residents: int, terminals: int, server: str, now: datetime) -> LoadedTown:
    """`server` is the address of a PostgreSQL database, "" for SQLite. Beside that database one is made for each size, under its name and
    the size. Raises SettingsError, psycopg.Error."""
    root = folder / f"{'postgresql' if server else 'sqlite'}-{residents}"
    if server:
        server = _database(server, residents)
    else:
        make_register_file(root / "nodes" / HOME_TOWN.code / "register.db", residents, SEED, HOME_TOWN.code)
    paths = prepare(root, FEW, SEED, now)
    for node in NODES:
        _set(paths.node_settings(node.code), server)
        for old in paths.node(node.code).glob("issue*.db*"):
            old.unlink()
    if server:
        for node, count in ((KIOSK_TOWN, FEW), (HOME_TOWN, residents)):
            make_register(load(paths.node_settings(node.code)).place(File.REGISTER), count, SEED, node.code)
    key = generate_private_key(65537, 2048)
    return LoadedTown(paths, list(_terminals(paths, terminals, now)), _cards(paths, residents, key, now), key)


def _database(server: str, residents: int) -> str:
    url = make_url(server)
    name = f"{url.database}_{residents}"
    with psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True) as link:
        if link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            link.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    return url.set(database=name).render_as_string(hide_password=False)


def _set(settings: Path, server: str) -> None:
    """The lab's own file, and what a bench needs besides."""
    text = settings.read_text(encoding="utf-8")
    storage = f'data = "."\nstorage = "{server}"\n' if server else 'data = "."\n'
    settings.write_text(text.replace('data = "."\n', storage) + _LIMITS, encoding="utf-8")


def _terminals(paths: LabPaths, count: int, now: datetime) -> Iterator[tuple[str, TlsFiles]]:
    authority = ca.load_authority(paths.root / "ca")
    folder = paths.root / "terminals"
    rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for number in range(1, count + 1):
        name, key = f"b{number:03d}", ca.new_key()
        uri = f"jukinet://kiosk/{KIOSK_TOWN.code}/{name}"
        files = TlsFiles(folder / f"{name}.pem", folder / f"{name}.key", paths.root / "ca" / "ca.pem")
        ca.save_key(files.key, key)
        ca.save_certificate(files.certificate, authority.issue(uri, key, ca.KIOSK_USES, (now - ca.BEFORE, now + ca.VALID)))
        yield name, files


def _cards(paths: LabPaths, residents: int, key: RSAPrivateKey, now: datetime) -> list[bytes]:
    """Told to the home town and to the centre. The home town's outbox is told that its register is known, or a run would begin with
    telling all of it."""
    home, centre = load(paths.node_settings(HOME_TOWN.code)), load(paths.node_settings(CENTRE.code))
    register = open_store(home.place(File.REGISTER), File.REGISTER)
    holders = register.read_now(partial(_holders, town=HOME_TOWN.code, residents=residents, now=now))
    authority = cards.Authority.at(paths.root / "jpki", "auth", "JPKI for user authentication", now)
    made = {authority.certify(f"BENCH{resident.id:09d}", key.public_key(), now): resident.id for resident in holders}

    def bind(connection: Connection) -> None:
        for certificate, resident in made.items():
            bind_card(connection, HOME_TOWN.code, fingerprint(certificate), resident)

    def enter(connection: Connection) -> None:
        for certificate in made:
            register_card(connection, fingerprint(certificate), HOME_TOWN.code)

    register.write_now(bind)
    last = register.read_now(partial(last_line, town=HOME_TOWN.code))
    register.close()
    for place, which, job in (
        (centre.place(File.REGISTER), File.REGISTER, enter),
        (home.place(File.ISSUES), File.ISSUES, partial(lines_told, town=HOME_TOWN.code, line=last)),
    ):
        store = open_store(place, which)
        store.write_now(job)
        store.close()
    return list(made)


def _holders(connection: Connection, town: str, residents: int, now: datetime) -> list[Resident]:
    """From the first to the last of the register, those who get a copy at a terminal."""
    found: list[Resident] = []
    step = max(1, residents // CARDS)
    for first in range(0, residents, step):
        person = next((each for at in range(first, first + step) if (each := find(connection, town, at)) is not None), None)
        if person is None or is_under_age(person.birth, local_date(now)) is not False or person.state != Standing.RESIDENT:
            continue
        members = household_of(connection, town, person.household)
        if not any(each.protected or each.moving or each.pending for each in members):
            found.append(person)
    return found
