"""A terminal proves itself to a card: GET CHALLENGE, EXTERNAL AUTHENTICATE (ISO/IEC 7816-4 11.5.3, 11.5.4), and the certificate that some
cards want before. The certificate is one that a card can read (ISO/IEC 7816-8 annex B; the objects are those of BSI TR-03110-3 C.1):

    7F21 { 7F4E { 5F20 name of the terminal, 86 public key }, 5F37 signature of the CA over the 7F4E object }

Keys are P-256, the public key an uncompressed point of 65 bytes, signatures r and s of 32 bytes each: the whole fits one short command.
A card has no clock, so the certificate has no dates.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.card.apdu import Command, Ins, StatusWord
from hardware.card.exchange import send
from hardware.card.tlv import Tlv, TlvError, children
from hardware.errors import TerminalRefused, UnexpectedStatus
from hardware.interfaces import CardConnection

CHALLENGE_BYTES = 16
POINT_BYTES, SIGNATURE_BYTES = 65, 64
VERIFY_CERTIFICATE = 0xBE  # P2 of PERFORM SECURITY OPERATION: a certificate that describes itself (ISO/IEC 7816-8 11.10)

_CERTIFICATE, _BODY, _NAME, _POINT, _SIGNATURE = 0x7F21, 0x7F4E, 0x5F20, 0x86, 0x5F37
# What a card says to a terminal it does not know.
_REFUSALS = frozenset({StatusWord.NO_LIMIT, StatusWord.NOT_VERIFIED, StatusWord.CONDITIONS, StatusWord.WRONG_DATA, StatusWord.NO_KEY})


@dataclass(frozen=True)
class TerminalCertificate:
    """`signature` is the CA's over `body`."""

    name: str
    point: bytes
    signature: bytes

    @property
    def body(self) -> bytes:
        return certificate_body(self.name, self.point)

    def encode(self) -> bytes:
        return Tlv(_CERTIFICATE, self.body + Tlv(_SIGNATURE, self.signature).encode()).encode()

    @classmethod
    def decode(cls, data: bytes) -> "TerminalCertificate":
        """Raises TlvError."""
        outer = Tlv.decode(data)
        parts = children(outer.value)
        if outer.tag != _CERTIFICATE or [part.tag for part in parts] != [_BODY, _SIGNATURE]:
            raise TlvError("no certificate that describes itself")
        inner = children(parts[0].value)
        if [part.tag for part in inner] != [_NAME, _POINT]:
            raise TlvError("no terminal's certificate")
        name, point, signature = inner[0].value, inner[1].value, parts[1].value
        if len(point) != POINT_BYTES or len(signature) != SIGNATURE_BYTES or not name.isascii():
            raise TlvError("keys of another kind")
        return cls(name.decode("ascii"), point, signature)


def certificate_body(name: str, point: bytes) -> bytes:
    """What the CA signs. `name`: at most 16 ASCII characters."""
    if not name.isascii() or not 1 <= len(name) <= 16:
        raise ValueError("a terminal's name has 1 to 16 ASCII characters")
    return Tlv(_BODY, Tlv(_NAME, name.encode("ascii")).encode() + Tlv(_POINT, point).encode()).encode()


def show_certificate(card: CardConnection, certificate: bytes) -> None:
    """Raises TerminalRefused."""
    _ask(card, Command(Ins.PERFORM_SECURITY_OPERATION, 0x00, VERIFY_CERTIFICATE, certificate), "showing the terminal's certificate")


def answer_challenge(card: CardConnection, key: int, prove: Callable[[bytes], bytes]) -> None:
    """`key`: the short id under which the card holds what it checks the answer with; `prove`: 16 bytes of the card's chance -> answer.
    Raises TerminalRefused."""
    challenge = _ask(card, Command(Ins.GET_CHALLENGE, le=CHALLENGE_BYTES), "asking for a challenge")
    if len(challenge) != CHALLENGE_BYTES:
        raise TerminalRefused("a challenge of another length")
    _ask(card, Command(Ins.EXTERNAL_AUTHENTICATE, 0x00, 0x80 | key, prove(challenge)), "proving the terminal")


def _ask(card: CardConnection, command: Command, doing: str) -> bytes:
    response = send(card, command)
    if response.status in _REFUSALS or response.status.tries is not None or response.status.locked:
        raise TerminalRefused(f"SW={response.status!r}")
    if not response.status.ok:
        raise UnexpectedStatus(response.status, doing)
    return response.data
