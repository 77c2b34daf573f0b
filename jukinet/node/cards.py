"""Is this card ours, is it in force, and did it sign? The same check at the kiosk's town and, by itself, at the home town; and the centre's
answer to what only the centre knows: whether a certificate was revoked, and which municipality its holder lives in.

A certificate for user authentication names nobody. The card's own CA certificates prove nothing (they come from the card), so issuers are
pinned, and chosen by signature: several generations of a CA share one name. Two hierarchies exist; only the one for user
authentication is let in, told by its policy and key usage.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from sqlalchemy import Connection, bindparam, select

from jukinet.errors import Kind, Problem, SettingsError
from jukinet.messages import CardProof
from jukinet.node.storage.prepared import Prepared
from jukinet.node.storage.tables import card_registry
from jukinet.node.storage.upsert import insert_into

USER_AUTHENTICATION = x509.ObjectIdentifier("1.2.392.200149.8.5.1.3.30")  # policy of 利用者証明用
DIGITAL_SIGNATURE = x509.ObjectIdentifier("1.2.392.200149.8.5.1.1.20")  # policy of 署名用
LEAST_KEY = 2048  # bits
CENTRE = "centre"
ANCHORS = "auth*.pem"  # of the hierarchy for user authentication; others may lie beside them

# What certificates raise that came from anywhere: each has been seen of one with a single byte changed, or is a near relation.
_NOT_READABLE = (ValueError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, UnsupportedAlgorithm)


@dataclass(frozen=True)
class CardChecker:
    """`anchors`: certificates of the CAs that issue cards."""

    anchors: tuple[x509.Certificate, ...]

    @classmethod
    def load(cls, folder: Path) -> "CardChecker":
        """Raises SettingsError."""
        anchors = []
        for path in sorted(folder.glob(ANCHORS)):
            try:
                anchors += x509.load_pem_x509_certificates(path.read_bytes())
            except ValueError:
                raise SettingsError(f"{path}: no certificate; a CA certificate in PEM is required") from None
        if not anchors:
            raise SettingsError(f"{folder}: no {ANCHORS}; the certificates of the CAs for user authentication are required")
        return cls(tuple(anchors))

    def certificate(self, der: bytes, now: datetime) -> x509.Certificate:
        """The certificate, if it is one for user authentication, issued by one of ours and in force. `now` is aware.

        Raises Problem: CARD_UNKNOWN (not from us, not for this), CARD_EXPIRED (also: not yet valid).
        """
        chain = _chain(der, self.anchors)
        if chain is None:
            raise Problem(Kind.CARD_UNKNOWN)
        for each in chain:
            if not each.not_valid_before_utc <= now <= each.not_valid_after_utc:
                raise Problem(Kind.CARD_EXPIRED)
        return chain[0]

    def proof(self, proof: CardProof, message: bytes, now: datetime) -> bytes:
        """The card's fingerprint (SHA-256 of the certificate's DER), if it is in force and signed `message`.

        Raises Problem: as `certificate`, or PROOF.
        """
        key = self.certificate(proof.certificate, now).public_key()
        if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_KEY:
            raise Problem(Kind.CARD_UNKNOWN)
        try:
            key.verify(proof.signature, message, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise Problem(Kind.PROOF, "signature") from None
        return fingerprint(proof.certificate)


def fingerprint(der: bytes) -> bytes:
    return sha256(der).digest()


@lru_cache(maxsize=1024)
def _chain(der: bytes, anchors: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, x509.Certificate] | None:
    """The card's certificate and its issuer's; None if it is not from us, or not for this. What changes with time is not decided here, so
    it is the same whenever it is asked: a visit shows its card several times, and reading a certificate takes longer than checking the
    card's signature."""
    try:
        card = x509.load_der_x509_certificate(der)
        issuer = next((anchor for anchor in anchors if _issued(anchor, card)), None)
        return None if issuer is None or not _is_for_user_authentication(card) else (card, issuer)
    except _NOT_READABLE:  # not a certificate, or one that only looks like one
        return None


def _issued(anchor: x509.Certificate, card: x509.Certificate) -> bool:
    try:
        card.verify_directly_issued_by(anchor)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _is_for_user_authentication(card: x509.Certificate) -> bool:
    try:
        policies = card.extensions.get_extension_for_class(x509.CertificatePolicies).value
        usage = card.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    named = {policy.policy_identifier for policy in policies}
    return USER_AUTHENTICATION in named and usage.digital_signature and not usage.content_commitment


# -- at the centre, and at prefectures that have not delegated to it ----------------------------------------------------


_ENTRY = Prepared(
    select(card_registry.c.home, card_registry.c.status, card_registry.c.reason).where(
        card_registry.c.town == bindparam("town"), card_registry.c.certificate == bindparam("certificate")
    )
)


def register_card(connection: Connection, certificate: bytes, town: str, revoked: str = "", keeper: str = CENTRE) -> None:
    """Enters a certificate (by fingerprint) with its holder's municipality; `revoked` is why it is not valid. Known ones stay."""
    row = {"home": town, "status": "revoked" if revoked else "valid", "reason": revoked}
    entry = insert_into(connection, card_registry).values(town=keeper, certificate=certificate, **row)
    connection.execute(entry.on_conflict_do_nothing())


def town_of_card(connection: Connection, certificate: bytes, keeper: str) -> str:
    """Raises Problem: CARD_REVOKED with the reason (RFC 5280, 5.3.1), CARD_UNKNOWN."""
    row = _ENTRY.first(connection, town=keeper, certificate=certificate)
    if row is None:
        raise Problem(Kind.CARD_UNKNOWN)
    if row.status != "valid":
        raise Problem(Kind.CARD_REVOKED, row.reason)
    return str(row.home)
