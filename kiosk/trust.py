"""Whether a card's certificate may be used here: dates, purpose, and an issuer among the pinned anchors, found by signature.

Generations of the real CA share one name, so the name finds nothing. The certificate authorities on the card itself prove nothing (the same
card) and are not read. Revocation is the node's question: the list is not public. A pin against the other hierarchy (signing) and against
test hierarchies is that only the anchors in the settings count.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from hardware.errors import SettingsError


class Distrust(StrEnum):
    EXPIRED = "expired"  # past its end, or not begun
    ISSUER = "issuer"  # no anchor of ours signed it, or it is not for user authentication, or no certificate at all


class CardTrust:
    """`now` gives an aware instant."""

    def __init__(self, anchors: Iterable[x509.Certificate], now: Callable[[], datetime]) -> None:
        self._anchors = tuple(anchors)
        self._now = now

    def judge(self, der: bytes) -> Distrust | None:
        """None: it may be used. `der` comes from a card, so it may be anything."""
        try:
            certificate = x509.load_der_x509_certificate(der)
            usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        except (ValueError, x509.ExtensionNotFound):
            return Distrust.ISSUER
        if not usage.digital_signature or usage.content_commitment:  # nonRepudiation is the signing certificate's
            return Distrust.ISSUER
        if not any(_signed_by(certificate, anchor) for anchor in self._anchors):
            return Distrust.ISSUER
        now = self._now()
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            return Distrust.EXPIRED
        return None


def _signed_by(certificate: x509.Certificate, anchor: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(anchor)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def load_anchors(folder: Path) -> list[x509.Certificate]:
    """All *.pem in the folder. Raises SettingsError when there is none."""
    anchors = [x509.load_pem_x509_certificate(path.read_bytes()) for path in sorted(folder.glob("*.pem"))]
    if not anchors:
        raise SettingsError(f"key `network.card_anchors`: no *.pem in {folder}; the CA certificates of the cards to be trusted are needed")
    return anchors
