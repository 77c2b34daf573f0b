"""The operator's card (操作者用ICカード): a certificate that names the operator's number, and a key behind a PIN.

Our own profile (docs/cards/profiles.md): the name begins with F, ISO/IEC 7816-5's range that nobody registers; files and commands are
JPKI's. Select first; the other functions work in the application.
"""

from hardware.card import files
from hardware.interfaces import CardConnection

APPLICATION = bytes.fromhex("F04A554B494F5001")  # F0 "JUKIOP" 01
CERTIFICATE = 0x000A
KEY = 0x0017
PIN = 0x0018  # 1 to 16 characters, three tries


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
    """The operator's RSA-2048 signature (PKCS#1 v1.5) over a SHA-256 digest, after `verify`."""
    return files.sign(card, KEY, digest)
