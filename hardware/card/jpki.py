"""公的個人認証 (JPKI) application of the マイナンバーカード: who this card is, and its signature after the PIN.

`identify` selects the application; the other functions work in it (see `credential`). Which card it is stands in the token file, never
in the ATR: contactless readers make the ATR up. The certificate for user authentication (利用者証明用) names nobody; the one for signing
(署名用) names its holder and is of no use to a kiosk.
"""

from dataclasses import dataclass
from enum import StrEnum

from hardware.card import files
from hardware.card.credential import Credential, Pin, password
from hardware.errors import NotOurCard
from hardware.interfaces import CardConnection

APPLICATION = bytes.fromhex("D392F000260100000001")
TOKEN = 0x0006
CERTIFICATES_HELD = 0x0008
CERTIFICATE = 0x000A  # 利用者証明用, free to read
KEY = 0x0017
PIN = 0x0018  # four digits, three tries

USER_AUTHENTICATION = Credential(CERTIFICATE, KEY, Pin(PIN, tries=3))
SIGNING = Credential(0x0001, 0x001A, Pin(0x001B, tries=5, fits=password, capitals=True))  # reading its certificate wants the password

read_certificate = USER_AUTHENTICATION.read_certificate
tries_left = USER_AUTHENTICATION.tries_left
verify = USER_AUTHENTICATION.verify
sign = USER_AUTHENTICATION.sign
change_pin = USER_AUTHENTICATION.change_pin

TOKEN_NAME_BYTES = 32  # CK_TOKEN_INFO.label, padded with spaces (PKCS#11 3.3)
_HELD = 0x8F


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


@dataclass(frozen=True)
class Held:
    """Which certificates the card says are on it. A child under 15 has none for signing; either may be unwanted."""

    signing: bool
    user_authentication: bool


def identify(card: CardConnection) -> CardKind:
    """Selects the application. Raises NotOurCard when there is none, or a token nobody knows."""
    files.select_application(card, APPLICATION)
    token = files.read_start(card, TOKEN, TOKEN_NAME_BYTES)
    if token is None:
        raise NotOurCard("no token file")
    kind = _KINDS.get(token.rstrip(b" \0"))
    if kind is None:
        raise NotOurCard("a token nobody knows")
    return kind


def certificates_held(card: CardConnection) -> Held:
    """Says nothing of dates or revocation. Raises NotOurCard when the card does not say."""
    told = files.read_start(card, CERTIFICATES_HELD, 3)
    if told is None or len(told) < 2:
        raise NotOurCard("does not say which certificates it holds")
    return Held(told[0] == _HELD, told[1] == _HELD)
