"""Signed answers and the signed directory: JWS (RFC 7515, compact, ES256) and what must hold before anything of one is used.

An answer is bound to its question: visit, nonce, card, kiosk and the SHA-256 of the question's bytes are in the signed payload, so
an answer that was meant for somebody else is refused by name (`visit`), and one relabelled on the way by its signature. Whoever
opens an answer compares with its own memory, never with what came along.

Pure: the only file that imports joserfc. Keys are EC P-256 as JWK (RFC 7517), named by their thumbprint (`kid`, RFC 7638).
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Self, TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.jws import JWSRegistry

from jukinet.agency_messages import AgencyTable
from jukinet.errors import SettingsError, WrongAnswer
from jukinet.messages import UNREADABLE, Claims, Message, TownCode
from jukinet.move_messages import MoveCertificate
from jukinet.node_messages import Directory

PublicKey = dict[str, str]  # a JWK with kid

_ANSWER, _DIRECTORY, _AGENCIES = "jukinet-answer+jws", "jukinet-directory+jws", "jukinet-agencies+jws"
_MOVE = "jukinet-move+jws"
# What each kind of signed text holds.
PAYLOADS: dict[str, type[Message]] = {_ANSWER: Claims, _DIRECTORY: Directory, _AGENCIES: AgencyTable, _MOVE: MoveCertificate}
_ALGORITHMS = ["ES256"]
_ES256 = ECDSA(SHA256())
# An answer may be ahead of our clock by this much: both clocks follow NTP, and a kiosk that has lost it is caught by its own check.
SKEW = timedelta(minutes=2)

_T = TypeVar("_T")


class _Sizes(JWSRegistry):
    """A directory of 1,741 towns is some 700 kB; joserfc stops at 128 kB."""

    max_payload_length = 8_000_000


_SIZES = _Sizes(algorithms=_ALGORITHMS)


@dataclass(frozen=True)
class Expect:
    """What the asker remembers of its question. `node` is the town that must have answered."""

    visit: str
    nonce: bytes
    card: bytes  # SHA-256 of the card certificate's DER
    kiosk: str  # jukinet://kiosk/TOWN/NAME
    request: bytes  # SHA-256 of the question's bytes
    node: str


class AnswerKey:
    """A node's private signing key. Not its TLS key: a signature outlives the link."""

    def __init__(self, key: ECKey) -> None:
        self._key = key
        self.kid = key.thumbprint()
        private = key.get_op_key("sign")
        assert isinstance(private, EllipticCurvePrivateKey)
        self._private = private

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises SettingsError."""
        try:
            key = ECKey.import_key(json.loads(path.read_text(encoding="ascii")))
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read ({error.strerror}); a private JWK is required") from None
        except (ValueError, TypeError, JoseError):
            raise SettingsError(f"{path}: no JWK of an elliptic curve key; a private EC P-256 JWK is required") from None
        if key.curve_name != "P-256" or not key.is_private:
            raise SettingsError(f"{path}: not a private P-256 key; a private EC P-256 JWK is required")
        return cls(key)

    @classmethod
    def make(cls) -> Self:
        """A new key, from the operating system's randomness."""
        return cls(ECKey.generate_key("P-256"))

    def save(self, path: Path) -> None:
        path.touch(mode=0o600)
        path.write_text(json.dumps(self._key.as_dict(private=True, kid=self.kid)), encoding="ascii")

    def public(self) -> PublicKey:
        return {name: str(value) for name, value in self._key.as_dict(private=False, kid=self.kid).items()}

    def sign(self, kind: str, payload: bytes) -> str:
        """Put together here: joserfc takes as long for the frame as OpenSSL for the signature in it. Opening one is joserfc's."""
        head = msgspec.json.encode({"alg": "ES256", "typ": kind, "kid": self.kid})
        signed = b"%b.%b" % (_base64(head), _base64(payload))
        r, s = decode_dss_signature(self._private.sign(signed, _ES256))
        return f"{signed.decode()}.{_base64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big')).decode()}"


def digest(data: bytes) -> bytes:
    """SHA-256, 32 bytes."""
    return hashlib.sha256(data).digest()


def load_public(path: Path) -> PublicKey:
    """A public JWK, as the directory's. Raises SettingsError."""
    try:
        return named(json.loads(path.read_text(encoding="ascii")))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror}); a public JWK is required") from None
    except ValueError:
        raise SettingsError(f"{path}: no JWK of an elliptic curve key; a public EC P-256 JWK is required") from None


def named(jwk: Any) -> PublicKey:
    """The public part of a JWK, named by its thumbprint whatever it calls itself. Raises ValueError."""
    try:
        key = ECKey.import_key(jwk)
    except (ValueError, TypeError, JoseError):
        raise ValueError("no JWK of an elliptic curve key") from None
    return {**{name: str(value) for name, value in key.as_dict(private=False).items()}, "kid": key.thumbprint()}


def sign_answer(claims: Claims, key: AnswerKey) -> str:
    return key.sign(_ANSWER, msgspec.json.encode(claims))


def open_answer(token: str, keys: Sequence[PublicKey], expect: Expect, now: datetime) -> Claims:
    """The claims of an answer that is certainly ours. `keys` are those of `expect.node`; `now` is aware.

    Raises WrongAnswer naming the first thing that differs: form, typ, kid (no such key: the directory may be older than the key),
    signature, claims, node, visit, nonce, card, kiosk, request, issued (in the future), expires.
    """
    claims = _open(token, _ANSWER, keys, Claims)
    for field in ("node", "visit", "nonce", "card", "kiosk", "request"):
        if getattr(claims, field) != getattr(expect, field):
            raise WrongAnswer(field)
    if _instant(claims.issued, "issued") > now + SKEW:
        raise WrongAnswer("issued")
    if _instant(claims.expires, "expires") < now:
        raise WrongAnswer("expires")
    return claims


class _Named(msgspec.Struct):
    node: TownCode


def claimed_node(token: str) -> str:
    """The town that an answer *says* it is from. Unproven: good for choosing the keys to open it with, and for nothing else.

    Raises WrongAnswer("form")."""
    try:
        return msgspec.json.decode(_extract(token).payload, type=_Named).node
    except UNREADABLE:
        raise WrongAnswer("form") from None


def sign_directory(directory: Directory, key: AnswerKey) -> str:
    return key.sign(_DIRECTORY, msgspec.json.encode(directory))


def open_directory(token: str, key: PublicKey) -> Directory:
    """Raises WrongAnswer(form | typ | kid | signature | claims)."""
    return _open(token, _DIRECTORY, [key], Directory)


def sign_agencies(table: AgencyTable, key: AnswerKey) -> str:
    """By the directory's key: who belongs to the network and who may ask what are one hand's decision."""
    return key.sign(_AGENCIES, msgspec.json.encode(table))


def open_agencies(token: str, key: PublicKey) -> AgencyTable:
    """Raises WrongAnswer(form | typ | kid | signature | claims)."""
    return _open(token, _AGENCIES, [key], AgencyTable)


def sign_move(certificate: MoveCertificate, key: AnswerKey) -> str:
    return key.sign(_MOVE, msgspec.json.encode(certificate))


def open_move(token: str, keys: Sequence[PublicKey]) -> MoveCertificate:
    """`keys`: of the old town. Raises WrongAnswer(form | typ | kid | signature | claims)."""
    return _open(token, _MOVE, keys, MoveCertificate)


def _extract(token: str) -> Any:
    try:
        return jws.extract_compact(token.encode("ascii"), registry=_SIZES)
    except (JoseError, ValueError):
        raise WrongAnswer("form") from None


def _open(token: str, kind: str, keys: Sequence[PublicKey], shape: type[_T]) -> _T:
    found = _extract(token)
    header: dict[str, Any] = found.headers()
    if header.get("typ") != kind:
        raise WrongAnswer("typ")
    key = next((key for key in keys if key.get("kid", "") == header.get("kid")), None)
    if key is None:
        raise WrongAnswer("kid")
    try:
        if not jws.validate_compact(found, _key(tuple(key.items())), _ALGORITHMS, _SIZES):
            raise WrongAnswer("signature")
    except (JoseError, ValueError):
        raise WrongAnswer("signature") from None
    try:
        return msgspec.json.decode(found.payload, type=shape)
    except UNREADABLE:
        raise WrongAnswer("claims") from None


def _base64(data: bytes) -> bytes:
    """Base64url without padding (RFC 7515, 2)."""
    return urlsafe_b64encode(data).rstrip(b"=")


@lru_cache(maxsize=4096)
def _key(members: tuple[tuple[str, str], ...]) -> ECKey:
    """Of a public JWK. Making the key takes a third as long as checking a signature with it, and the towns' keys are always the same."""
    return ECKey.import_key(dict(members))


def _instant(text: str, field: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise WrongAnswer(field) from None
    if instant.tzinfo is None:
        raise WrongAnswer(field)
    return instant
