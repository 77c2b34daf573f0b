"""公的個人認証 (JPKI) application of the マイナンバーカード: who this card is, and its signature after the PIN.

`identify` selects the application; the other functions work in it, in any order. Which card it is stands in the token file, never in
the ATR: contactless readers make the ATR up. The certificate for user authentication (利用者証明用) names nobody.
"""

from enum import StrEnum

from hardware.card import files
from hardware.errors import NotOurCard
from hardware.interfaces import CardConnection

APPLICATION = bytes.fromhex("D392F000260100000001")
TOKEN = 0x0006
CERTIFICATE = 0x000A  # 利用者証明用, free to read
KEY = 0x0017
PIN = 0x0018  # four digits, three tries

TOKEN_NAME_BYTES = 32  # CK_TOKEN_INFO.label, padded with spaces (PKCS#11 3.3)


class CardKind(StrEnum):
    MY_NUMBER = "my_number"  # マイナンバーカード
    JUKI = "juki"  # 住基カード: 署名用 only, see `juki`
    PHONE = "phone"  # スマホ用電子証明書


_KINDS = {
    b"JPKIAPICCTOKEN2": CardKind.MY_NUMBER,
    b"JPKIAPICCTOKEN": CardKind.JUKI,
    b"JPKIAPGPSETOKEN": CardKind.PHONE,
    b"JPKIAPIOSTOKEN": CardKind.PHONE,
}


def identify(card: CardConnection) -> CardKind:
    """Selects the application. Raises NotOurCard when there is none, or a token nobody knows."""
    files.select_application(card, APPLICATION)
    if not files.select_file(card, TOKEN):
        raise NotOurCard("no token file")
    kind = _KINDS.get(files.read_bytes(card, 0, TOKEN_NAME_BYTES).rstrip(b" \0"))
    if kind is None:
        raise NotOurCard("a token nobody knows")
    return kind


def read_certificate(card: CardConnection) -> bytes:
    """DER. Raises NoCertificate: not wanted at issue, expired and removed, or a card without user authentication."""
    return files.read_certificate(card, CERTIFICATE)


def tries_left(card: CardConnection) -> int:
    """How often the four-digit PIN may still be wrong, 0 = locked. Uses up no try."""
    return files.tries_left(card, PIN)


def verify(card: CardConnection, pin: bytearray | list[int]) -> None:
    """`pin`: ASCII codes of the digits; wiping it is the caller's. Raises WrongPin(tries_left), PinLocked."""
    files.verify(card, PIN, pin)


def sign(card: CardConnection, digest: bytes) -> bytes:
    """The holder's RSA-2048 signature (PKCS#1 v1.5) over a SHA-256 digest, after `verify`."""
    return files.sign(card, KEY, digest)
