"""The digital seal on a copy: what the paper says, signed, as the text of a QR code that anyone can check without a network.

    facts --> CBOR, deterministic (RFC 8949, 4.2) --> raw DEFLATE (RFC 1951)
          --> payload of a COSE_Sign1 (RFC 9052, ES256) --> base45 (RFC 9285) --> "JK1:…"

Compress, then sign: what is unpacked has been checked before. The key is named by the first 8 bytes of SHA-256 over its public key
(SubjectPublicKeyInfo, DER). 個人番号 and 住民票コード are printed but never in the seal: whoever scans a copy to check a name must
not collect numbers by it (Number Use Act, art. 20; Basic Resident Register Act, art. 30-38).

Facts, by key:   1 issue number · 2 issuing town's code · 3 date of issue · 4 home town's code · 5 address · 6 building
7 head of household · 8 whole household · 9 persons: [name, birth, sex, relationship]
10 instead of 9 where they do not fit a printable code: [how many, SHA-256 over the CBOR of 9]
11 SHA-256 of the home town's answer, its first 16 bytes
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import base45
import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from jukinet.errors import SettingsError
from jukinet.messages import Extract

PREFIX = "JK1:"
# QR version 25, level M, alphanumeric: 125 modules at 4 dots, with its quiet zone, are 532 of the paper's 576 dots.
MOST_CHARACTERS = 1451
MOST_UNPACKED = 65_536  # bytes; a seal is a few hundred
_ALGORITHM, _KEY_ID, _ES256 = 1, 4, -7  # COSE header parameters and algorithm (RFC 9052, 3.1; RFC 9053, 2.1)
_SIGN1_TAG = 18
_HALF = 32  # bytes of r and of s


class WrongSeal(Exception):
    """Not a seal, or not one by a known key, or not over these facts. `str()` says which."""


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

    @property
    def id(self) -> bytes:
        return key_id(self.key.public_key())


def key_id(key: EllipticCurvePublicKey) -> bytes:
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()[:8]


def facts_of(extract: Extract, answer: bytes, number: str, issuer: str, date: str) -> dict[int, Any]:
    """What the copy says. `answer` is the SHA-256 of the home town's JWS."""
    facts: dict[int, Any] = {
        1: number,
        2: issuer,
        3: date,
        4: extract.town,
        5: extract.address,
        8: extract.whole_household,
        9: [[person.name or person.latin_name, person.birth, person.sex, person.relationship or ""] for person in extract.persons],
        11: answer[:16],
    }
    if extract.building:
        facts[6] = extract.building
    if extract.head is not None:
        facts[7] = extract.head
    return facts


def make_seal(facts: Mapping[int, Any], key: SealKey) -> str:
    """At most MOST_CHARACTERS long, all of the QR alphanumeric alphabet."""
    text = _sign(facts, key)
    if len(text) <= MOST_CHARACTERS:
        return text
    persons = facts[9]
    digest = sha256(cbor2.dumps(persons, canonical=True)).digest()
    return _sign({**{at: fact for at, fact in facts.items() if at != 9}, 10: [len(persons), digest]}, key)


def open_seal(text: str, keys: Mapping[bytes, EllipticCurvePublicKey]) -> dict[int, Any]:
    """The facts, if one of `keys` (by id) signed them. Raises WrongSeal."""
    if not text.startswith(PREFIX):
        raise WrongSeal("prefix")
    try:
        message = cbor2.loads(base45.b45decode(text.removeprefix(PREFIX)))
        protected, unprotected, payload, signature = message.value
        header, key_name = cbor2.loads(protected), unprotected[_KEY_ID]
    except (ValueError, TypeError, AttributeError, KeyError, cbor2.CBORDecodeError):
        raise WrongSeal("form") from None
    if not all(isinstance(part, bytes) for part in (payload, signature, key_name)) or len(signature) != 2 * _HALF:
        raise WrongSeal("form")
    key = keys.get(key_name)
    if key is None or header != {_ALGORITHM: _ES256}:
        raise WrongSeal("key")
    pair = encode_dss_signature(int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big"))
    try:
        key.verify(pair, _to_be_signed(protected, payload), ECDSA(SHA256()))
    except InvalidSignature:
        raise WrongSeal("signature") from None
    facts: dict[int, Any] = cbor2.loads(zlib.decompressobj(-zlib.MAX_WBITS).decompress(payload, MOST_UNPACKED))
    return facts


def _sign(facts: Mapping[int, Any], key: SealKey) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    payload = packer.compress(cbor2.dumps(dict(facts), canonical=True)) + packer.flush()
    protected = cbor2.dumps({_ALGORITHM: _ES256}, canonical=True)
    r, s = decode_dss_signature(key.key.sign(_to_be_signed(protected, payload), ECDSA(SHA256())))
    signature = r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")
    message = cbor2.CBORTag(_SIGN1_TAG, [protected, {_KEY_ID: key.id}, payload, signature])
    encoded: bytes = base45.b45encode(cbor2.dumps(message, canonical=True))
    return PREFIX + encoded.decode("ascii")


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052, 4.4, without external data."""
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
