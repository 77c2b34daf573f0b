"""券面事項入力補助AP: name, address, birth and sex of the holder in machine form, behind a PIN of its own.

File 0002 is one object: FF20 { DF21 offsets, DF22 name, DF23 address, DF24 birth, DF25 sex }. DF21 is no container: its eight bytes are
where the four others begin, two bytes each, counted from the start of the file. The application also has the 個人番号, in file 0001. That
is no business of anybody who works with this driver: nothing here selects or reads it, and a test listens.
"""

from dataclasses import dataclass

from hardware.card import files
from hardware.card.credential import Pin
from hardware.card.tlv import Tlv, TlvError
from hardware.errors import NotOurCard
from hardware.interfaces import CardConnection

APPLICATION = bytes.fromhex("D3921000310001010408")
BASIC_FACTS = 0x0002
PIN = Pin(0x0011, tries=3)  # 券面事項入力補助用: four digits

FACTS = 0xFF20
OFFSETS = 0xDF21
NAME, ADDRESS, BIRTH, SEX = 0xDF22, 0xDF23, 0xDF24, 0xDF25
_PARTS = (NAME, ADDRESS, BIRTH, SEX)

tries_left = PIN.tries_left
verify = PIN.verify
change_pin = PIN.change


@dataclass(frozen=True, repr=False)
class BasicFacts:
    """基本4情報 as the card has them: parts of a name parted by U+3000, numbers in full width. `birth` is YYYYMMDD and may be no day of
    the calendar; `sex` 1 male, 2 female, 9 other, 0 unknown (JIS X 0303). Has no repr: it would tell a person."""

    name: str
    address: str
    birth: str
    sex: str


def select(card: CardConnection) -> None:
    """Raises NotOurCard."""
    files.select_application(card, APPLICATION)


def read_basic_facts(card: CardConnection) -> BasicFacts:
    """After `verify`. Raises CardRemoved without it, NotOurCard for a file that is not of this form."""
    try:
        return parse(files.read_object(card, BASIC_FACTS))
    except (TlvError, UnicodeDecodeError):
        raise NotOurCard("basic facts of another form") from None  # the cause's text would hold what was read


def parse(file: bytes) -> BasicFacts:
    """`file`: the whole object from the file's first byte on. Raises TlvError, UnicodeDecodeError."""
    outer = Tlv.decode(file)
    if outer.tag != FACTS:
        raise TlvError(f"tag {outer.tag:X}")
    first = Tlv.decode(outer.value)
    if first.tag != OFFSETS or len(first.value) != 2 * len(_PARTS):
        raise TlvError("no offsets")
    texts = [_text_at(file, first.value[2 * at : 2 * at + 2], tag) for at, tag in enumerate(_PARTS)]
    return BasicFacts(*texts)


def build(facts: BasicFacts) -> bytes:
    """The file's object, as the simulated card holds it."""
    texts = (facts.name, facts.address, facts.birth, facts.sex)
    parts = [Tlv(tag, text.encode("utf-8")).encode() for tag, text in zip(_PARTS, texts, strict=True)]
    offsets = Tlv(OFFSETS, bytes(2 * len(_PARTS))).encode()
    start = len(Tlv(FACTS, offsets + b"".join(parts)).encode()) - sum(map(len, parts))
    places = [start + sum(map(len, parts[:at])) for at in range(len(parts))]
    offsets = Tlv(OFFSETS, b"".join(place.to_bytes(2, "big") for place in places)).encode()
    return Tlv(FACTS, offsets + b"".join(parts)).encode()


def _text_at(file: bytes, offset: bytes, tag: int) -> str:
    part = Tlv.decode(file[int.from_bytes(offset, "big") :])
    if part.tag != tag:
        raise TlvError(f"tag {part.tag:X} where {tag:X} should be")
    return part.value.decode("utf-8")
