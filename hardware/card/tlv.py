"""BER-TLV as cards and certificates use it (ISO/IEC 7816-4 5.2.2, X.690 8.1). Pure.

Files of a card are longer than what is in them, filled with FF: the object's own length says where it ends, not the file's.
"""

from dataclasses import dataclass
from typing import Self

LONGEST_HEADER = 8  # bytes: a tag of three, a length of five


class TlvError(ValueError):
    """Not a TLV object. Says where, never what: files hold personal data."""


@dataclass(frozen=True)
class Tlv:
    """One object. `tag` is the tag's bytes as a number (30, 5F37, FF20)."""

    tag: int
    value: bytes

    def encode(self) -> bytes:
        tag = self.tag.to_bytes(max(1, (self.tag.bit_length() + 7) // 8), "big")
        return tag + _encode_length(len(self.value)) + self.value

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The first object in `data`; what follows it (filler) is left alone. Raises TlvError."""
        start, length = _header(data)
        if len(data) < start + length:
            raise TlvError(f"object of {length} bytes is cut short")
        return cls(int.from_bytes(data[: _tag_size(data)], "big"), data[start : start + length])


def object_size(head: bytes) -> int:
    """Size in bytes of the whole object (header and value) that begins with `head`, of which LONGEST_HEADER bytes are always enough.
    Raises TlvError."""
    start, length = _header(head)
    return start + length


def children(value: bytes) -> list[Tlv]:
    """The objects that `value` is made of, one behind the other. Raises TlvError."""
    found = []
    while value:
        child = Tlv.decode(value)
        found.append(child)
        value = value[object_size(value) :]
    return found


def _tag_size(data: bytes) -> int:
    if not data:
        raise TlvError("no tag")
    if data[0] & 0x1F != 0x1F:
        return 1
    for place in range(1, min(len(data), 4)):
        if not data[place] & 0x80:
            return place + 1
    raise TlvError("tag does not end")


def _header(data: bytes) -> tuple[int, int]:
    """(where the value starts, its length)."""
    at = _tag_size(data)
    if len(data) <= at:
        raise TlvError("no length")
    first = data[at]
    if first < 0x80:
        return at + 1, first
    count = first & 0x7F
    if not 1 <= count <= 4:  # 80 = indefinite: not in DER
        raise TlvError(f"length byte {first:02X}")
    if len(data) < at + 1 + count:
        raise TlvError("length does not end")
    return at + 1 + count, int.from_bytes(data[at + 1 : at + 1 + count], "big")


def _encode_length(length: int) -> bytes:
    if length < 0x80:
        return bytes((length,))
    size = (length.bit_length() + 7) // 8
    return bytes((0x80 | size,)) + length.to_bytes(size, "big")
