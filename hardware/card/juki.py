"""住基カード: our own documented profile (docs/cards/profiles.md) in the place of an application whose commands were never published.

Real are the application's name, its PIN file and the three tries; certificate and key stand where JPKI has them, and the proof is
INTERNAL AUTHENTICATE. Select first; the other functions work in the application.
"""

from hardware.card import files
from hardware.card.apdu import Ins
from hardware.interfaces import CardConnection

APPLICATION = bytes.fromhex("D3921000310001010401")
CERTIFICATE = 0x000A
KEY = 0x0017
PIN = 0x001C  # 住民基本台帳用: four digits, three tries


def select(card: CardConnection) -> None:
    """Raises NotOurCard."""
    files.select_application(card, APPLICATION)


def read_certificate(card: CardConnection) -> bytes:
    """DER. Raises NoCertificate."""
    return files.read_certificate(card, CERTIFICATE)


def tries_left(card: CardConnection) -> int:
    """0 = locked. Uses up no try."""
    return files.tries_left(card, PIN)


def verify(card: CardConnection, pin: bytearray | list[int]) -> None:
    """Raises WrongPin(tries_left), PinLocked. Wiping `pin` is the caller's."""
    files.verify(card, PIN, pin)


def sign(card: CardConnection, digest: bytes) -> bytes:
    """The card's signature over a SHA-256 digest, after `verify` (INTERNAL AUTHENTICATE, ISO/IEC 7816-4 11.5.2)."""
    return files.sign(card, KEY, digest, 0x00, Ins.INTERNAL_AUTHENTICATE)
