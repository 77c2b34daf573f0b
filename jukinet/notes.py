"""Checkpoints of a log as signed notes, and what witnesses add to them. Pure; formats of C2SP: signed-note, tlog-checkpoint,
tlog-cosignature (c2sp.org), so that tools for transparency logs read ours.

    jukinet/21361/exchanges        origin: which log
    4711                           how many lines it has
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=   root of its tree

    — jukinet/21361 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5…

A key is named by four bytes of a hash over its owner and its bytes. A witness signs the same text with a time before it, and only after
a proof that nothing was rewritten since the checkpoint it signed last.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from jukinet.errors import SettingsError
from jukinet.tree import HASH

_LOG, _WITNESS = 0x01, 0x04  # Ed25519 over the note; Ed25519 over "cosignature/v1", a time and the note
_ID, _TIME, _SIGNATURE = 4, 8, 64  # bytes
_DASH = "— "


def log_owner(code: str) -> str:
    """The name under which a node signs its logs and confirms others': of its 団体コード, prefecture code or "centre"."""
    return f"jukinet/{code}"


def log_origin(code: str, stream: str) -> str:
    """Which log a checkpoint is of."""
    return f"jukinet/{code}/{stream}"


class WrongNote(Exception):
    """No note, or not signed by whom it should be. `str()` says which, and quotes nothing."""


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises WrongNote."""
        try:
            origin, size, root = text.removesuffix("\n").split("\n")
            if not origin or str(int(size)) != size or int(size) < 0:
                raise WrongNote("checkpoint")
            found = cls(origin, int(size), base64.b64decode(root, validate=True))
        except (ValueError, binascii.Error):
            raise WrongNote("checkpoint") from None
        if len(found.root) != HASH:
            raise WrongNote("checkpoint")
        return found


@dataclass(frozen=True)
class LogKey:
    """A node's key for its logs and as a witness of others'. `owner` is "jukinet/21361", "jukinet/21", "jukinet/centre"."""

    owner: str
    key: Ed25519PrivateKey

    @classmethod
    def load(cls, owner: str, path: Path) -> Self:
        """32 bytes of the private key. Raises SettingsError."""
        try:
            return cls(owner, Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read ({error.strerror}); the log's key is required") from None
        except ValueError:
            raise SettingsError(f"{path}: not the 32 bytes of a log's key") from None

    @classmethod
    def make(cls, owner: str, path: Path) -> Self:
        """A new key, from the operating system's randomness, readable by its owner alone."""
        key = Ed25519PrivateKey.generate()
        path.touch(mode=0o600)
        path.write_bytes(key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
        return cls(owner, key)

    @cached_property
    def public(self) -> "Verifier":
        return Verifier(self.owner, self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    @cached_property
    def _name(self) -> bytes:
        return self.public.id_of(_LOG)

    def sign(self, checkpoint: Checkpoint) -> str:
        """The note: text, empty line, signature."""
        blob = self._name + self.key.sign(checkpoint.text.encode())
        return f"{checkpoint.text}\n{_line(self.owner, blob)}"

    def cosign(self, checkpoint: Checkpoint, at: int) -> str:
        """The line a witness adds. `at` is in seconds since 1970."""
        signature = self.key.sign(_timed(checkpoint, at))
        return _line(self.owner, self.public.id_of(_WITNESS) + at.to_bytes(_TIME, "big") + signature)


@dataclass(frozen=True)
class Verifier:
    """Who signs, and the 32 bytes of the public key."""

    owner: str
    key: bytes

    @classmethod
    def read(cls, text: str) -> Self:
        """C2SP's vkey: owner+hash+base64. Raises WrongNote."""
        try:
            owner, name, encoded = text.split("+", 2)
            raw = base64.b64decode(encoded, validate=True)
        except (ValueError, binascii.Error):
            raise WrongNote("key") from None
        found = cls(owner, raw[1:])
        if raw[:1] != bytes([_LOG]) or len(found.key) != 32 or found.id_of(_LOG).hex() != name:
            raise WrongNote("key")
        return found

    @property
    def text(self) -> str:
        return f"{self.owner}+{self.id_of(_LOG).hex()}+{base64.b64encode(bytes([_LOG]) + self.key).decode()}"

    def id_of(self, kind: int) -> bytes:
        return sha256(self.owner.encode() + b"\n" + bytes([kind]) + self.key).digest()[:_ID]

    def checkpoint(self, note: str, origin: str) -> Checkpoint:
        """What the note says, if this key's owner signed it and it is of that log. Raises WrongNote."""
        checkpoint, lines = _parts(note)
        if checkpoint.origin != origin:
            raise WrongNote("origin")
        for owner, blob in lines:
            if owner == self.owner and blob[:_ID] == self.id_of(_LOG):
                self._verify(blob[_ID:], checkpoint.text.encode())
                return checkpoint
        raise WrongNote("unsigned")

    def witnessed(self, note: str) -> int | None:
        """When this key's owner signed as a witness, in seconds since 1970; None if it did not. Raises WrongNote: not really."""
        checkpoint, lines = _parts(note)
        for owner, blob in lines:
            if owner == self.owner and blob[:_ID] == self.id_of(_WITNESS):
                at = int.from_bytes(blob[_ID : _ID + _TIME], "big")
                self._verify(blob[_ID + _TIME :], _timed(checkpoint, at))
                return at
        return None

    def _verify(self, signature: bytes, message: bytes) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.key).verify(signature, message)
        except InvalidSignature:
            raise WrongNote("signature") from None


def _line(owner: str, blob: bytes) -> str:
    return f"{_DASH}{owner} {base64.b64encode(blob).decode()}\n"


def _timed(checkpoint: Checkpoint, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{checkpoint.text}".encode()


def _parts(note: str) -> tuple[Checkpoint, list[tuple[str, bytes]]]:
    text, gap, signatures = note.partition("\n\n")
    if not gap:
        raise WrongNote("form")
    return Checkpoint.read(text), list(_signatures(signatures))


def _signatures(text: str) -> Iterator[tuple[str, bytes]]:
    for line in text.splitlines():
        owner, gap, encoded = line.removeprefix(_DASH).partition(" ")
        try:
            blob = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            raise WrongNote("form") from None
        if not line.startswith(_DASH) or not gap or len(blob) < _ID + _SIGNATURE:
            raise WrongNote("form")
        yield owner, blob
