"""Terminals' certificates made on the spot, by a throw-away CA: for what shows itself to a card (`hardware/card/terminal_proof`)."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hardware.card.juki import Terminal
from hardware.card.terminal_proof import TerminalCertificate, certificate_body


@dataclass(frozen=True)
class TerminalCa:
    """Its public key lies on the cards."""

    key: ec.EllipticCurvePrivateKey

    def admit(self, name: str) -> Terminal:
        """A terminal with a key of its own."""
        key = ec.generate_private_key(ec.SECP256R1())
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        signature = _signature(self.key, certificate_body(name, point))
        return Terminal(TerminalCertificate(name, point, signature).encode(), lambda message: _signature(key, message))


def make_terminal_ca() -> TerminalCa:
    return TerminalCa(ec.generate_private_key(ec.SECP256R1()))


def _signature(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")
