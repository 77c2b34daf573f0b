"""The digital seal on a copy: what the paper says, signed, as the text of a QR code that anyone can check without a network.

    facts --> CBOR, deterministic (RFC 8949, 4.2) --> raw DEFLATE (RFC 1951) with the words of assets/seal/words-1.txt before it
          --> payload of a COSE_Sign1 (RFC 9052, ES256) --> base45 (RFC 9285) --> "JK1:…"

Compress, then sign: what is unpacked has been checked before. docs/seal.md is the format for whoever writes another reader. The number
in the prefix stands for all of it, the words too.

個人番号 and 住民票コード are printed but never in the seal: whoever scans a copy to check a name must not collect numbers by it (Number
Use Act, art. 20; Basic Resident Register Act, art. 30-38). Everything else that the paper says of persons is (`seal_facts`).

Pure. Making a seal needs a town's private key and is the node's work: `signed` is given the signature.
"""

import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

import base45
import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jukinet.seal_facts import Facts, NotFacts, decode, encode, tiers

PREFIX = "JK1:"
# QR version 25, level M, alphanumeric: 117 modules at 4 dots, with their quiet zone, are 500 of the paper's 576 dots.
MOST_CHARACTERS = 1451
MOST_UNPACKED = 65_536  # bytes; a seal is a few hundred
_ALGORITHM, _KEY_ID, _ES256, _SIGN1_TAG = 1, 4, -7, 18  # RFC 9052, 3.1 and 4.2; RFC 9053, 2.1
_PROTECTED = cbor2.dumps({_ALGORITHM: _ES256}, canonical=True)
_HALF = 32  # bytes of r and of s
# Two characters of base45 at once: 45 * 45 of them, by the number that they are.
_PAIRS = [first + second for second in base45.BASE45_CHARSET for first in base45.BASE45_CHARSET]
_ID = 8  # bytes


class WrongSeal(Exception):
    """`reason` is one of
    prefix     something else: another code, another version
    form       begins like a seal and is not whole
    key        signed with a key that none of the known towns has
    signature  changed after it was signed
    issuer     signed with the key of another town than the one it names
    facts      signed, but not what this reader knows
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Owner:
    """Whose key it is: the town's code, its name with the prefecture."""

    town: str
    name: str
    key: EllipticCurvePublicKey


@dataclass(frozen=True)
class Opened:
    """`id` names this seal to the node that issued it (`seal_id`)."""

    facts: Facts
    owner: Owner
    id: bytes


def key_id(key: EllipticCurvePublicKey) -> bytes:
    """The first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo (DER)."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()[:_ID]


def seal_id(payload: bytes) -> bytes:
    """SHA-256 of what is signed, and not of the text: of one seal many texts can be made that verify (s for n - s), and a voided copy must
    not look like another one. Nobody can guess it, for the digest of the home town's answer is in it."""
    return sha256(payload).digest()


@cache
def words() -> bytes:
    """What stands before every seal when it is deflated: the file, byte for byte."""
    return files("assets").joinpath("seal", "words-1.txt").read_bytes()


def payload_of(facts: Facts) -> bytes:
    """The most of `facts` that a printable code holds, deflated."""
    for less in tiers(facts):
        payload = _deflated(encode(less))
        if characters(payload) <= MOST_CHARACTERS:
            break
    return payload


def characters(payload: bytes) -> int:
    """How long the text of a seal with this payload is; the same for every key. Base45 makes three characters of two bytes, two of one."""
    size = len(_message(payload, bytes(_ID), bytes(2 * _HALF)))
    return len(PREFIX) + size // 2 * 3 + size % 2 * 2


def signed(payload: bytes, key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """The text. `key` is a `key_id`, `sign` gives r and s, 32 bytes each, over the bytes it gets."""
    return PREFIX + _base45(_message(payload, key, sign(_to_be_signed(_PROTECTED, payload))))


def _base45(data: bytes) -> str:
    """As `base45.b45encode`, in a third of the time: a node makes one for each copy."""
    numbers = struct.unpack_from(f">{len(data) // 2}H", data)
    text = "".join([_PAIRS[number % 2025] + base45.BASE45_CHARSET[number // 2025] for number in numbers])
    return text + _PAIRS[data[-1]] if len(data) % 2 else text


def _message(payload: bytes, key: bytes, signature: bytes) -> bytes:
    """COSE_Sign1."""
    return cbor2.dumps(cbor2.CBORTag(_SIGN1_TAG, [_PROTECTED, {_KEY_ID: key}, payload, signature]), canonical=True)


def open_seal(text: str, owners: Mapping[bytes, Owner]) -> Opened:
    """What one of `owners` (by `key_id`) has signed, and who. Raises WrongSeal."""
    if not text.startswith(PREFIX):
        raise WrongSeal("prefix")
    protected, key_name, payload, signature = _parts(text)
    owner = owners.get(key_name)
    if owner is None or protected != _PROTECTED:
        raise WrongSeal("key")
    pair = encode_dss_signature(int.from_bytes(signature[:_HALF], "big"), int.from_bytes(signature[_HALF:], "big"))
    try:
        owner.key.verify(pair, _to_be_signed(protected, payload), ECDSA(SHA256()))
    except InvalidSignature:
        raise WrongSeal("signature") from None
    try:
        facts = decode(_inflated(payload))
    except (zlib.error, NotFacts):
        raise WrongSeal("facts") from None
    if facts.issuer != owner.town:
        raise WrongSeal("issuer")
    return Opened(facts, owner, seal_id(payload))


def _parts(text: str) -> tuple[bytes, bytes, bytes, bytes]:
    try:
        message = cbor2.loads(base45.b45decode(text.removeprefix(PREFIX)))
        protected, unprotected, payload, signature = message.value
        parts = (protected, unprotected[_KEY_ID], payload, signature)
    except (ValueError, TypeError, AttributeError, KeyError, EOFError, RecursionError, cbor2.CBORDecodeError):
        raise WrongSeal("form") from None
    if message.tag != _SIGN1_TAG or not all(isinstance(part, bytes) for part in parts) or len(signature) != 2 * _HALF:
        raise WrongSeal("form")
    return parts


def _to_be_signed(protected: bytes, payload: bytes) -> bytes:
    """Sig_structure of RFC 9052, 4.4, without external data."""
    return cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)


def _deflated(data: bytes) -> bytes:
    # A window of 8 kB sees the words and all that a code can hold, and need not be fetched from the system for each seal.
    packer = zlib.compressobj(9, zlib.DEFLATED, -13, 7, zlib.Z_DEFAULT_STRATEGY, words())
    return packer.compress(data) + packer.flush()


def _inflated(data: bytes) -> bytes:
    """Raises zlib.error, and NotFacts when it is more than a seal, less, or followed by something."""
    opener = zlib.decompressobj(-zlib.MAX_WBITS, words())
    whole = opener.decompress(data, MOST_UNPACKED)
    if not opener.eof or opener.unused_data:
        raise NotFacts("map")
    return whole
