"""Making digital seals: the town's private key for them. What is in one and how it is opened again is in `jukinet.seal`."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from jukinet.errors import SettingsError
from jukinet.seal import key_id, payload_of, seal_id, signed
from jukinet.seal_facts import Facts

_ES256 = ECDSA(SHA256())


@dataclass(frozen=True)
class SealKey:
    key: EllipticCurvePrivateKey

    @classmethod
    def load(cls, path: Path) -> "SealKey":
        """Raises SettingsError."""
        try:
            key = load_pem_private_key(path.read_bytes(), None)
        except (ValueError, TypeError):
            key = None
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise SettingsError(f"{path}: no key for seals; a private EC P-256 key in PEM without password is required")
        return cls(key)

    @cached_property
    def id(self) -> bytes:
        return key_id(self.key.public_key())


@dataclass(frozen=True)
class Seal:
    """`id` is what the node knows it by."""

    text: str
    id: bytes


def make_seal(facts: Facts, key: SealKey) -> Seal:
    """At most MOST_CHARACTERS long, all of the QR alphanumeric alphabet."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.key.sign(message, _ES256))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    payload = payload_of(facts)
    return Seal(signed(payload, key.id, sign), seal_id(payload))
