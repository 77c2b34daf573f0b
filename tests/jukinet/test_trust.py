"""One set that fits together, or none; and nothing older than what was in force."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from jukinet.errors import SettingsError
from jukinet.node.revocation import read_lists
from jukinet.node.trust import TrustFiles, load_trust
from tests.jukinet.conftest import node_files, now

DAY = timedelta(days=1)


@pytest.fixture
def files(world, tmp_path: Path) -> TrustFiles:
    return node_files(world, "21361", world.directory(5), tmp_path / "node")


def put(world, files: TrustFiles, name: str) -> None:
    given = world.files(name)
    files.tls.certificate.write_bytes(given.certificate.read_bytes())
    files.tls.key.write_bytes(given.key.read_bytes())


def ca_without_list(world, files: TrustFiles) -> None:
    files.tls.ca.write_bytes(world.both())


def unsigned_list(world, files: TrustFiles) -> None:
    """By another key under the CA's name."""
    impostor = type(world.authority)(world.authority.certificate, world.next_authority.key)
    files.crl.write_bytes(impostor.revoke([], 9, (now() - DAY, now() + DAY)))


WRONG: list[tuple[Callable[..., object], str]] = [
    (lambda world, files: files.tls.certificate.write_text(""), r"cert\.pem: a certificate in PEM"),
    (lambda world, files: files.tls.key.write_bytes(world.files("home").key.read_bytes()), r"cert\.pem.*key\.pem: .*KEY_VALUES_MISMATCH"),
    (lambda world, files: files.tls.ca.write_text("-----BEGIN"), r"ca\.pem: CA certificates"),
    (lambda world, files: put(world, files, "home"), r"names jukinet://node/21202; a certificate for jukinet://node/21361"),
    (lambda world, files: put(world, files, "nobody"), r"names nobody"),
    (lambda world, files: put(world, files, "next-town"), r"not issued by a CA of"),
    (ca_without_list, r"crl\.pem: exactly one list in PEM for each CA"),
    (lambda world, files: files.crl.write_bytes(b""), r"crl\.pem: exactly one list"),
    (lambda world, files: files.crl.write_bytes(world.crl()[:-40]), r"crl\.pem: not a revocation list"),
    (lambda world, files: files.crl.write_bytes(world.crl(by=world.next_authority)), r"crl\.pem: exactly one list"),
    (lambda world, files: files.crl.write_bytes(world.crl(1) + world.crl(2)), r"crl\.pem: exactly one list"),
    (unsigned_list, r"crl\.pem: a list is not signed by its CA"),
    (lambda world, files: files.crl.unlink(), r"crl\.pem: cannot be read"),
    (lambda world, files: files.directory.write_text("a.b.c"), r"directory\.jws: no directory signed with"),
    (lambda world, files: files.directory.write_text(world.directory()[:-8] + "AAAAAAAA"), r"directory\.jws: .*signature"),
    (lambda world, files: files.directory.unlink(), r"directory\.jws: cannot be read"),
]


@pytest.mark.parametrize(("spoil", "says"), WRONG)
def test_a_set_that_does_not_fit_is_none(world, files: TrustFiles, spoil: Callable[..., object], says: str) -> None:
    load_trust(files, now())
    spoil(world, files)
    with pytest.raises(SettingsError, match=says):
        load_trust(files, now())


def test_a_certificate_of_another_day_is_none(world, files: TrustFiles) -> None:
    for at in (now() - 2 * DAY, now() + 2 * DAY):
        with pytest.raises(SettingsError, match="not valid today"):
            load_trust(files, at)


def test_two_cas_while_one_takes_the_others_place(world, files: TrustFiles) -> None:
    files.tls.ca.write_bytes(world.both())
    files.crl.write_bytes(world.crl(1, "kiosk") + world.crl(7, "next-kiosk", by=world.next_authority))
    trust = load_trust(files, now())
    assert trust.lists.serials == {world.serials["kiosk"], world.serials["next-kiosk"]}
    assert list(trust.lists.numbers.values()) == [1, 7]
    put(world, files, "next-town")
    assert load_trust(files, now(), trust).certificate.serial_number == world.serials["next-town"]


def test_nothing_older_comes_back(world, files: TrustFiles) -> None:
    files.crl.write_bytes(world.crl(3, "kiosk"))
    first = load_trust(files, now())
    files.crl.write_bytes(world.crl(2))
    files.directory.write_text(world.directory(4))
    again = load_trust(files, now())  # a restart with older files: what was in force was kept
    assert (again.lists.serials, again.edition.directory.version) == ({world.serials["kiosk"]}, 5)
    files.newest_crl.unlink()
    with pytest.raises(SettingsError, match=r"crl\.pem: older than the one in force"):
        load_trust(files, now(), first)
    files.newest_directory.unlink()
    files.crl.write_bytes(world.crl(3, "kiosk"))
    with pytest.raises(SettingsError, match=r"directory\.jws: older than the one in force"):
        load_trust(files, now(), first)


def test_a_list_of_changes_only_is_no_list(world) -> None:
    """RFC 5280, 5.2.4: a delta names only who is new on it. And a list needs a number to be told from an older one."""
    authority = world.authority
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority.certificate.subject).last_update(now()).next_update(now() + DAY)
    delta = builder.add_extension(x509.CRLNumber(4), critical=False).add_extension(x509.DeltaCRLIndicator(3), critical=True)
    for made, says in ((delta, "changes only"), (builder, "without number")):
        raw = made.sign(authority.key, SHA256()).public_bytes(Encoding.PEM)
        with pytest.raises(ValueError, match=says):
            read_lists(raw, [authority.certificate])
