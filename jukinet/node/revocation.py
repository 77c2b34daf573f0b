"""Revocation lists (RFC 5280, section 5), read once and asked on every request, so that a link already open ends with its next question.

One list for each CA of the network, in one file of PEM. OpenSSL is not told of them: it would keep open links, would shut every door at
once when a list runs out, and could not tell a peer why. What a list is worth after its `next_update` is for `freshness` to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509

_BEGIN = b"-----BEGIN X509 CRL-----"
# Criticals that we understand. A list with another one, as a delta or a list of only some certificates, must not be taken for a whole one.
_UNDERSTOOD = (x509.CRLNumber, x509.AuthorityKeyIdentifier)


@dataclass(frozen=True)
class RevocationLists:
    """`numbers` by the CA's name, `issued` the oldest and `due` the soonest of the lists. `raw` is the PEM, to be handed on untouched."""

    raw: bytes
    serials: frozenset[int]
    numbers: dict[bytes, int]
    issued: datetime
    due: datetime

    def is_older_than(self, other: "RevocationLists") -> bool:
        """One of its lists was taken back to a former number, which could let a revoked peer in again."""
        return any(number < other.numbers.get(issuer, 0) for issuer, number in self.numbers.items())

    def is_newer_than(self, other: "RevocationLists") -> bool:
        return not self.is_older_than(other) and self.numbers != other.numbers


# Of a network that has no CA: services without a door, as a conformance vector or a test of them.
NO_LISTS = RevocationLists(b"", frozenset(), {}, datetime.max.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def read_lists(raw: bytes, authorities: Sequence[x509.Certificate]) -> RevocationLists:
    """Raises ValueError, in words for people, unless there is exactly one good list for each of the authorities."""
    lists = [_one(_BEGIN + each) for each in raw.split(_BEGIN)[1:]]
    by_issuer = {each.issuer.public_bytes(): each for each in lists}
    names = {authority.subject.public_bytes() for authority in authorities}
    if set(by_issuer) != names or len(lists) != len(names):
        raise ValueError("exactly one list in PEM for each CA is required")
    for authority in authorities:
        if not by_issuer[authority.subject.public_bytes()].is_signature_valid(authority.public_key()):  # type: ignore[arg-type]
            raise ValueError("a list is not signed by its CA")
    return RevocationLists(
        raw,
        frozenset(revoked.serial_number for each in lists for revoked in each),
        {issuer: _number(each) for issuer, each in by_issuer.items()},
        min(each.last_update_utc for each in lists),
        min(_due(each) for each in lists),
    )


def _one(pem: bytes) -> x509.CertificateRevocationList:
    try:
        found = x509.load_pem_x509_crl(pem)
        extensions = list(found.extensions)
    except (ValueError, x509.DuplicateExtension):
        raise ValueError("not a revocation list in PEM") from None
    for extension in extensions:
        if extension.critical and not isinstance(extension.value, _UNDERSTOOD):
            raise ValueError("a list of some certificates only, or of changes only")
    return found


def _number(found: x509.CertificateRevocationList) -> int:
    try:
        return found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        raise ValueError("a list without number (RFC 5280, 5.2.3)") from None


def _due(found: x509.CertificateRevocationList) -> datetime:
    if found.next_update_utc is None:
        raise ValueError("a list that does not say when the next one comes")
    return found.next_update_utc
