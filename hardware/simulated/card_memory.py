"""What lies in a card's memory: applications, files, PINs, keys, areas. Holds and counts; understands no command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from hardware.card.apdu import Ins
from hardware.card.files import digest_info
from hardware.card.municipal import OBJECT_HEAD

RSA_2048_BYTES = 256
FILLER = 0xFF
TERMINAL = -1  # beside ids of PIN files: a terminal that has proved itself
NOBODY: frozenset[int] = frozenset()


@dataclass(frozen=True)
class PinState:
    """What a PIN remembers without power. `value` stands in the clear: it is a simulated card's only memory."""

    tries_left: int
    value: str


@dataclass(frozen=True)
class Memory:
    """What changes on a card and lasts: PINs by "jpki/0018", objects by the area's title and their number."""

    pins: Mapping[str, PinState] = field(default_factory=dict)
    objects: Mapping[str, Mapping[int, bytes]] = field(default_factory=dict)


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
    """An RSA-2048 key that signs after what it `needs` was verified, when asked by `ins`. `label` None: it signs what comes; else it
    signs label and data, hashed by the card, so that its answer to a challenge can be nothing else."""

    key: RSAPrivateKey
    needs: frozenset[int]
    ins: Ins = Ins.PERFORM_SECURITY_OPERATION
    label: bytes | None = None

    def raw(self, message: bytes) -> bytes:
        """PKCS#1 v1.5 type 1 (RFC 8017 9.2) over `message`, at most 245 bytes, as it came: the card adds no DigestInfo. Where there is one
        for SHA-256 already, the library signs in a tenth of the time."""
        digest = message[-SHA256.digest_size :]
        if len(digest) == SHA256.digest_size and message == digest_info(digest):
            return self.key.sign(digest, PKCS1v15(), Prehashed(SHA256()))
        numbers = self.key.private_numbers()
        padded = b"\0\1" + b"\xff" * (RSA_2048_BYTES - 3 - len(message)) + b"\0" + message
        block = int.from_bytes(padded, "big")
        m1 = pow(block % numbers.p, numbers.dmp1, numbers.p)
        m2 = pow(block % numbers.q, numbers.dmq1, numbers.q)
        signed = m2 + numbers.q * (numbers.iqmp * (m1 - m2) % numbers.p)
        return signed.to_bytes(RSA_2048_BYTES, "big")


@dataclass(frozen=True)
class TerminalCaFile:
    """The key that terminals' certificates are checked with; `label` goes before the challenge that a terminal signs."""

    key: EllipticCurvePublicKey
    label: bytes


@dataclass(frozen=True)
class ServiceKeyFile:
    """This card's AES-128 key for a municipality's service."""

    key: bytes


@dataclass(frozen=True)
class DataFile:
    """A transparent file; what must be verified to read it, nothing: free."""

    data: bytes
    needs: frozenset[int] = NOBODY


@dataclass(frozen=True)
class RecordFile:
    """A file of records, numbered from 1."""

    records: Sequence[bytes]


Content = DataFile | RecordFile | PinFile | KeyFile | TerminalCaFile | ServiceKeyFile


@dataclass
class ObjectStore:
    """A service's own bytes: numbered objects up to `room`. `needs` opens it."""

    room: int
    needs: frozenset[int]
    objects: dict[int, bytes] = field(default_factory=dict)

    @property
    def free(self) -> int:
        return self.room - sum(len(value) + OBJECT_HEAD for value in self.objects.values())

    def put(self, number: int, value: bytes) -> bool:
        """False when there is no room; nothing has changed then. No bytes: erases."""
        before = self.objects.pop(number, None)
        if not value:
            return True
        if len(value) + OBJECT_HEAD > self.free:
            if before is not None:
                self.objects[number] = before
            return False
        self.objects[number] = value
        return True


@dataclass(frozen=True)
class Application:
    """`title` names it in the state file; `name` is its AID."""

    title: str
    name: bytes
    files: Mapping[int, Content] = field(default_factory=dict)
    store: ObjectStore | None = None

    def pins(self) -> dict[str, PinFile]:
        """Every PIN by the key it has in the state file: "jpki/0018"."""
        return {f"{self.title}/{number:04X}": file for number, file in self.files.items() if isinstance(file, PinFile)}


def memory_of(applications: Sequence[Application]) -> Memory:
    pins = {title: PinState(pin.left, pin.value.decode("ascii")) for each in applications for title, pin in each.pins().items()}
    return Memory(pins, {each.title: dict(each.store.objects) for each in applications if each.store is not None})


def filled(data: bytes, room: int = 96) -> bytes:
    """Data as a file holds it: filler behind it."""
    return data + bytes((FILLER,)) * room
