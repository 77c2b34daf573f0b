"""Whose seals can be checked: the directory's public keys for seals, by the id that a seal names.

For whoever checks papers without a network there is one file, the bundle: the directory as the centre signed it and the centre's public
key (JSON: {"directory": JWS, "centre_key": JWK}). A bundle proves of itself that nobody has changed it on the way, not that it is the
centre's: that lies in where it came from, or in the centre's key from another source, which then counts instead of the bundle's own.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey, EllipticCurvePublicNumbers

from jukinet.errors import WrongAnswer
from jukinet.node_messages import Directory
from jukinet.seal import Owner, key_id
from jukinet.signing import PublicKey, load_public, named, open_directory


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    directory: str
    centre_key: dict[str, str]


class DirectoryFileError(Exception):
    """`reason` is one of: unreadable (no such file, or neither kind), no_key (a directory alone, and no centre's key), wrong_key (the
    centre's key does not fit), changed (its signature does not hold)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class SealDirectory:
    """`centre` is the thumbprint (RFC 7638) of the key that the directory was checked with; `pinned`: that key came from elsewhere."""

    owners: Mapping[bytes, Owner]
    version: int
    issued: str
    centre: str
    pinned: bool


def owners_in(directory: Directory) -> dict[bytes, Owner]:
    """Raises ValueError: a key that is none. The centre has signed it all the same, so nothing of the directory is to be believed."""
    keys = [(town, public_key(jwk)) for town in directory.towns for jwk in town.seal_keys]
    return {key_id(key): Owner(town.code, town.name, key) for town, key in keys}


def public_jwk(key: EllipticCurvePublicKey) -> dict[str, str]:
    """RFC 7517, 7518; `kid` is the seal's name for it."""
    numbers = key.public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _text(numbers.x), "y": _text(numbers.y), "kid": key_id(key).hex()}


def public_key(jwk: Mapping[str, str]) -> EllipticCurvePublicKey:
    """Raises ValueError."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError("no EC P-256 key")
    return EllipticCurvePublicNumbers(_number(jwk.get("x", "")), _number(jwk.get("y", "")), SECP256R1()).public_key()


def read_seal_directory(file: Path, centre_key: Path | None) -> SealDirectory:
    """A bundle, or the directory's JWS alone. Raises DirectoryFileError; SettingsError for `centre_key`."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise DirectoryFileError("unreadable") from None
    pinned = None if centre_key is None else load_public(centre_key)
    token, key = _unpacked(text, pinned)
    try:
        directory = open_directory(token, key)
        owners = owners_in(directory)
    except WrongAnswer as wrong:
        raise DirectoryFileError({"kid": "wrong_key", "form": "unreadable", "typ": "unreadable"}.get(wrong.field, "changed")) from None
    except ValueError:
        raise DirectoryFileError("changed") from None
    return SealDirectory(owners, directory.version, directory.issued, key["kid"], pinned is not None)


def _unpacked(text: str, pinned: PublicKey | None) -> tuple[str, PublicKey]:
    if not text.startswith("{"):
        if pinned is None:
            raise DirectoryFileError("no_key" if text.count(".") == 2 else "unreadable")
        return text, pinned
    try:
        bundle = msgspec.json.decode(text, type=Bundle)
    except msgspec.DecodeError:
        raise DirectoryFileError("unreadable") from None
    try:
        return bundle.directory, pinned or named(bundle.centre_key)
    except ValueError:
        raise DirectoryFileError("unreadable") from None


def _text(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode("ascii")


def _number(text: str) -> int:
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")
