"""Whether a card's certificate may be used here: purpose, issuer among the pinned anchors, dates.

Two hierarchies issue to cards, one for user authentication (利用者証明用) and one for signing (署名用); the anchors of the first are
`auth*.pem` in the settings' folder, and no other file there counts. Generations of a CA share one name, so a name finds nothing and the
signature decides. The CA certificates on the card itself prove nothing (the same card) and are not read. What is good here is at last
judged by cryptography's own verifier (RFC 5280); what comes before it only finds the reason to tell. Revocation is the node's question:
the list is not public.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, Policy, PolicyBuilder, Store, VerificationError

from hardware.errors import SettingsError

USER_AUTHENTICATION = x509.ObjectIdentifier("1.2.392.200149.8.5.1.3.30")  # certificate policy of 利用者証明用
ANCHORS = "auth*.pem"
LEAST_KEY = 2048  # bits; the only size cards have
_TEST = "TEST"  # in the issuer's organisation: J-LIS's test cards are O=JPKI-TEST
# Cards are strangers: each of these has been seen of a certificate with one byte changed.
_NOT_READABLE = (ValueError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, UnsupportedAlgorithm)


class Distrust(StrEnum):
    NO_CERTIFICATE = "no_certificate"  # bytes that are none, or one that cannot be used at all
    PURPOSE = "purpose"  # of the other hierarchy, or for something else
    TEST = "test"  # made for tests, by a CA that says so
    ISSUER = "issuer"  # no anchor of ours signed it
    NOT_YET = "not_yet"  # begins later: more likely our clock is wrong than the card
    EXPIRED = "expired"


class CardTrust:
    """`anchors`: of the hierarchy for user authentication. `now` gives an aware instant."""

    def __init__(self, anchors: Iterable[x509.Certificate], now: Callable[[], datetime]) -> None:
        self._anchors = tuple(anchors)
        self._now = now

    def judge(self, der: bytes) -> Distrust | None:
        """None: it may be used. `der` comes from a card, so it may be anything."""
        try:
            certificate = x509.load_der_x509_certificate(der)
            key = certificate.public_key()
            extensions = certificate.extensions
            organisations = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
        except _NOT_READABLE:
            return Distrust.NO_CERTIFICATE
        if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_KEY:
            return Distrust.NO_CERTIFICATE
        issuers = [anchor for anchor in self._anchors if _signed_by(certificate, anchor)]
        if not issuers:
            return Distrust.TEST if any(_TEST in str(name.value).upper() for name in organisations) else Distrust.ISSUER
        if not _for_user_authentication(extensions):
            return Distrust.PURPOSE
        now = self._now()
        if now < certificate.not_valid_before_utc:
            return Distrust.NOT_YET
        if now > certificate.not_valid_after_utc:
            return Distrust.EXPIRED
        return None if _verifies(certificate, issuers, now) else Distrust.ISSUER


def _verifies(certificate: x509.Certificate, issuers: list[x509.Certificate], now: datetime) -> bool:
    """Chain, dates, constraints and extensions by the library's verifier; an anchor out of date is none."""
    usable = [anchor for anchor in issuers if anchor.not_valid_before_utc <= now <= anchor.not_valid_after_utc]
    if not usable:
        return False
    holder = (
        ExtensionPolicy.permit_all()
        .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _judge_usage)
        .require_present(x509.CertificatePolicies, Criticality.AGNOSTIC, _judge_policies)
    )
    issuer = ExtensionPolicy.permit_all().require_present(x509.BasicConstraints, Criticality.CRITICAL, None)
    verifier = (
        PolicyBuilder()
        .store(Store(usable))
        .time(now)
        .max_chain_depth(0)
        .extension_policies(ee_policy=holder, ca_policy=issuer)
        .build_client_verifier()
    )
    try:
        verifier.verify(certificate, [])
    except VerificationError:
        return False
    return True


def _judge_usage(policy: Policy, certificate: x509.Certificate, usage: x509.KeyUsage) -> None:
    if not usage.digital_signature or usage.content_commitment:  # nonRepudiation is the signing certificate's
        raise ValueError("not for user authentication")


def _judge_policies(policy: Policy, certificate: x509.Certificate, policies: x509.CertificatePolicies) -> None:
    if USER_AUTHENTICATION not in {each.policy_identifier for each in policies}:
        raise ValueError("not for user authentication")


def _for_user_authentication(extensions: x509.Extensions) -> bool:
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        policies = extensions.get_extension_for_class(x509.CertificatePolicies).value
    except x509.ExtensionNotFound:
        return False
    named = {policy.policy_identifier for policy in policies}
    return usage.digital_signature and not usage.content_commitment and USER_AUTHENTICATION in named


def _signed_by(certificate: x509.Certificate, anchor: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(anchor)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def load_anchors(folder: Path) -> list[x509.Certificate]:
    """All of the hierarchy for user authentication, one or more to a file. Raises SettingsError when there is none, or another file."""
    anchors: list[x509.Certificate] = []
    for path in sorted(folder.glob(ANCHORS)):
        try:
            anchors += x509.load_pem_x509_certificates(path.read_bytes())
        except ValueError:
            raise SettingsError(f"key `network.card_anchors`: {path}: no certificate; a CA certificate in PEM is needed") from None
    if not anchors:
        raise SettingsError(
            f"key `network.card_anchors`: no {ANCHORS} in {folder}; the certificates of the CAs for user authentication are needed"
        )
    return anchors
