"""The keys of the vectors, and the visit that all of them are of. They sign nothing but vectors; keys.json has their private halves."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from joserfc.jwk import ECKey

from jukinet.node.seal import SealKey
from jukinet.notes import LogKey, log_owner
from jukinet.signing import AnswerKey

Vector = dict[str, Any]

HERE, HOME, PREFECTURE = "21361", "21202", "21"
VISIT, OTHER_VISIT = "01JTESTVECT0R0000000000001", "01JTESTVECT0R0000000000002"
KIOSK = f"jukinet://kiosk/{HERE}/k1"
NONCE = bytes(range(32))
AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Keys:
    certificate: bytes  # DER
    card: RSAPrivateKey
    home: AnswerKey
    other: AnswerKey  # of another town
    centre: AnswerKey
    seal: SealKey
    foreign_seal: SealKey  # of nobody in the directory
    log: LogKey
    witness: LogKey

    @classmethod
    def load(cls, kept: Mapping[str, Any]) -> "Keys":
        card = load_pem_private_key(kept["card_key"].encode(), None)
        if not isinstance(card, RSAPrivateKey):
            raise TypeError("card_key")

        def answer(name: str) -> AnswerKey:
            return AnswerKey(ECKey.import_key(kept[name]))

        def seal(name: str) -> SealKey:
            key = load_pem_private_key(kept[name].encode(), None)
            if not isinstance(key, EllipticCurvePrivateKey):
                raise TypeError(name)
            return SealKey(key)

        def log(name: str, code: str) -> LogKey:
            return LogKey(log_owner(code), Ed25519PrivateKey.from_private_bytes(b64decode(kept[name])))

        return cls(
            certificate=b64decode(kept["card_certificate"]),
            card=card,
            home=answer("home_answer_key"),
            other=answer("other_answer_key"),
            centre=answer("directory_key"),
            seal=seal("seal_key"),
            foreign_seal=seal("foreign_seal_key"),
            log=log("log_key", HERE),
            witness=log("witness_key", PREFECTURE),
        )


def new_keys() -> Vector:
    def pem(key: Any) -> str:
        text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return text.decode()

    def jwk() -> dict[str, str]:
        return {name: str(value) for name, value in ECKey.generate_key("P-256").as_dict(private=True).items()}

    def raw() -> str:
        return b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()

    card = generate_rsa(65537, 2048)
    name = x509.Name.from_rfc4514_string("CN=VECTOR,O=SIM-JPKI,C=JP")
    built = x509.CertificateBuilder(name, name, card.public_key(), 1, AT, AT + timedelta(days=3650)).sign(card, SHA256())
    return {
        "about": "Private keys of the vectors. They are public: nothing but vectors may be signed with them.",
        "card_certificate": b64encode(built.public_bytes(Encoding.DER)).decode(),
        "card_key": pem(card),
        "home_answer_key": jwk(),
        "other_answer_key": jwk(),
        "directory_key": jwk(),
        "seal_key": pem(generate_private_key(SECP256R1())),
        "foreign_seal_key": pem(generate_private_key(SECP256R1())),
        "log_key": raw(),
        "witness_key": raw(),
    }
