"""What lies in a card's memory: applications, files, PINs, keys. Holds and counts; understands no command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from hardware.card.apdu import Ins

RSA_2048_BYTES = 256
FILLER = 0xFF


@dataclass(frozen=True)
class PinState:
    """What a PIN remembers without power. `value` stands in the clear: it is a simulated card's only memory."""

    tries_left: int
    value: str


@dataclass
class PinFile:
    """A PIN and its counter. `limit` None: no counter (63 00 when wrong)."""

    value: bytes
    limit: int | None = 3
    left: int = 3

    @property
    def locked(self) -> bool:
        return self.limit is not None and self.left == 0

    def check(self, typed: bytes) -> bool:
        """Counts before it compares, as cards do: cutting the power in between wins nothing."""
        if self.limit is not None:
            self.left -= 1
        if not compare_digest(self.value, typed):
            return False
        if self.limit is not None:
            self.left = self.limit
        return True


@dataclass(frozen=True)
class KeyFile:
    """An RSA-2048 key that signs after `pin` (id of a PIN file of the same application) was verified, when asked by `ins`."""

    key: RSAPrivateKey
    pin: int
    ins: Ins = Ins.PERFORM_SECURITY_OPERATION

    def sign(self, message: bytes) -> bytes:
        """Raw PKCS#1 v1.5 type 1 (RFC 8017 9.2) over `message`, at most 245 bytes, as it came: the card adds no DigestInfo."""
        numbers = self.key.private_numbers()
        padded = b"\0\1" + b"\xff" * (RSA_2048_BYTES - 3 - len(message)) + b"\0" + message
        block = int.from_bytes(padded, "big")
        m1 = pow(block % numbers.p, numbers.dmp1, numbers.p)
        m2 = pow(block % numbers.q, numbers.dmq1, numbers.q)
        signed = m2 + numbers.q * (numbers.iqmp * (m1 - m2) % numbers.p)
        return signed.to_bytes(RSA_2048_BYTES, "big")


@dataclass(frozen=True)
class DataFile:
    """A transparent file; `pin` must be verified to read it, None: free."""

    data: bytes
    pin: int | None = None


@dataclass(frozen=True)
class RecordFile:
    """A file of records, numbered from 1."""

    records: Sequence[bytes]


Content = DataFile | RecordFile | PinFile | KeyFile


@dataclass(frozen=True)
class Application:
    """`title` names it in the state file; `name` is its AID."""

    title: str
    name: bytes
    files: Mapping[int, Content] = field(default_factory=dict)

    def pins(self) -> dict[str, PinFile]:
        """Every PIN by the key it has in the state file: "jpki/0018"."""
        return {f"{self.title}/{number:04X}": file for number, file in self.files.items() if isinstance(file, PinFile)}


def filled(data: bytes, room: int = 96) -> bytes:
    """Data as a file holds it: filler behind it."""
    return data + bytes((FILLER,)) * room
