"""Who may speak here and who we are: certificate, key, CAs, revocation lists and directory, as one set that fits together.

A set is loaded whole and checked whole before any of it counts. While an operator puts new files in place, one after the other, there are
moments when they do not fit: a certificate without its key, a CA without its list. Such a set is no set; the one before goes on.

What may never happen is that an older list or directory comes back, which would let in again whom a newer one struck off. The newest
that was ever in force is kept in the node's data folder, and is what counts when the settings' files are older.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding

from jukinet.errors import SettingsError, WrongAnswer
from jukinet.node.directory import DirectoryBook, Edition
from jukinet.node.freshness import Patience, Work
from jukinet.node.revocation import RevocationLists, read_lists
from jukinet.peers import Peer
from jukinet.signing import load_public
from jukinet.tls import Context, TlsFiles, door_context, line_context, peer_in


@dataclass(frozen=True)
class TrustFiles:
    """`data` keeps the newest directory and lists that were ever in force, `uri` is who we are."""

    uri: str
    tls: TlsFiles
    crl: Path
    directory: Path
    directory_key: Path
    data: Path

    @property
    def newest_directory(self) -> Path:
        return self.data / "newest.directory.jws"

    @property
    def newest_crl(self) -> Path:
        return self.data / "newest.crl.pem"

    @property
    def all(self) -> tuple[Path, ...]:
        """Those that others put in place."""
        return (self.tls.certificate, self.tls.key, self.tls.ca, self.crl, self.directory, self.directory_key)


@dataclass(frozen=True)
class TrustSet:
    """`door` and `line` are for links from now on; all else is asked with each question."""

    door: Context
    line: Context
    certificate: x509.Certificate
    authorities: tuple[x509.Certificate, ...]
    lists: RevocationLists
    edition: Edition

    def is_revoked(self, peer: Peer) -> bool:
        return peer.serial in self.lists.serials

    def keeps(self, peer: Peer | None, certificate: bytes) -> bool:
        """Whether an open link may stay: its peer is of the network, not revoked, and its certificate (DER) is of a CA we still trust."""
        if peer is None or self.is_revoked(peer) or not self.edition.knows(peer):
            return False
        leaf = x509.load_der_x509_certificate(certificate)
        return any(_is_issued_by(leaf, authority) for authority in self.authorities)


class Trust:
    """The set that counts at this moment."""

    def __init__(self, first: TrustSet, book: DirectoryBook, patience: Patience, clock: Callable[[], datetime]) -> None:
        """`book` is told of each new edition and list: services know nothing of doors."""
        self.book, self._patience, self._clock = book, patience, clock
        self.replace(first)

    @property
    def current(self) -> TrustSet:
        return self._current

    def replace(self, new: TrustSet) -> None:
        self._current = new
        self.book.edition, self.book.lists = new.edition, new.lists

    def too_old(self, work: Work) -> str:
        return self._patience.too_old(work, self._current.edition.issued, self._current.lists.due, self._clock())

    def warning(self) -> str:
        return self._patience.warning(self._current.edition.issued, self._current.lists.due, self._clock())


def load_trust(files: TrustFiles, now: datetime, former: TrustSet | None = None) -> TrustSet:
    """Raises SettingsError, naming the file, unless all of it is good, fits together, and is no older than `former`."""
    certificate, authorities = _own_certificate(files, now)
    lists, edition = _lists(files, authorities), _edition(files)
    if former is not None and lists.is_older_than(former.lists):
        raise SettingsError(f"{files.crl}: older than the one in force; the CA's newest list is required")
    if former is not None and edition.is_older_than(former.edition):
        raise SettingsError(f"{files.directory}: older than the one in force; the centre's newest directory is required")
    new = TrustSet(door_context(files.tls), line_context(files.tls), certificate, authorities, lists, edition)
    keep(files.newest_crl, lists.raw)
    keep(files.newest_directory, edition.raw.encode("ascii"))
    return new


def _own_certificate(files: TrustFiles, now: datetime) -> tuple[x509.Certificate, tuple[x509.Certificate, ...]]:
    tls = files.tls
    try:
        certificate = x509.load_pem_x509_certificates(tls.certificate.read_bytes())[0]
    except (OSError, ValueError):
        raise SettingsError(f"{tls.certificate}: a certificate in PEM is required") from None
    try:
        authorities = tuple(x509.load_pem_x509_certificates(tls.ca.read_bytes()))
    except (OSError, ValueError):
        raise SettingsError(f"{tls.ca}: CA certificates in PEM are required") from None
    peer = peer_in(certificate.public_bytes(Encoding.DER))
    if peer is None or peer.uri != files.uri:
        raise SettingsError(f"{tls.certificate}: names {'nobody' if peer is None else peer.uri}; a certificate for {files.uri} is required")
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise SettingsError(f"{tls.certificate}: not valid today; a certificate that is valid now is required")
    if not any(_is_issued_by(certificate, authority) for authority in authorities):
        raise SettingsError(f"{tls.certificate}: not issued by a CA of {tls.ca}; a certificate of the network is required")
    return certificate, authorities


def _lists(files: TrustFiles, authorities: tuple[x509.Certificate, ...]) -> RevocationLists:
    try:
        given = read_lists(files.crl.read_bytes(), authorities)
    except OSError:
        raise SettingsError(f"{files.crl}: cannot be read; the CA's revocation list is required") from None
    except ValueError as wrong:
        raise SettingsError(f"{files.crl}: {wrong}") from None
    kept = _kept(files.newest_crl, lambda raw: read_lists(raw, authorities))
    return kept if kept is not None and kept.is_newer_than(given) else given


def _edition(files: TrustFiles) -> Edition:
    key = load_public(files.directory_key)
    try:
        given = Edition(files.directory.read_text(encoding="ascii").strip(), key)
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{files.directory}: cannot be read; the centre's signed directory is required") from None
    except WrongAnswer as wrong:
        raise SettingsError(f"{files.directory}: no directory signed with {files.directory_key} ({wrong.field})") from None
    kept = _kept(files.newest_directory, lambda raw: Edition(raw.decode("ascii"), key))
    return kept if kept is not None and given.is_older_than(kept) else given


_Kept = TypeVar("_Kept", RevocationLists, Edition)


def _kept(path: Path, read: Callable[[bytes], _Kept]) -> _Kept | None:
    """What a former run kept; None when there is nothing, or when it was signed by whom we no longer trust."""
    with suppress(FileNotFoundError, ValueError, WrongAnswer):
        return read(path.read_bytes())
    return None


def keep(path: Path, raw: bytes) -> None:
    """Whole or not at all. Raises SettingsError."""
    try:
        if path.exists() and path.read_bytes() == raw:
            return
        beside = path.with_name(path.name + ".new")
        beside.write_bytes(raw)
        beside.replace(path)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written ({error.strerror}); a data folder of the node's own is required") from None


def _is_issued_by(leaf: x509.Certificate, authority: x509.Certificate) -> bool:
    """By name and signature. Members of the network are issued by its CA itself, with nothing between."""
    try:
        leaf.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
