"""The applications that lie on the simulated cards, file by file (docs/cards/profiles.md).

Only what a kiosk, OpenSC or a municipal application can reach. 券面事項入力補助 has its PIN and none of its data: the 個人番号 is no
business of a kiosk, and nothing here should teach one to read it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from hardware.card import jpki, juki, operator
from hardware.card.apdu import Ins
from hardware.simulated.card_memory import Application, Content, DataFile, KeyFile, PinFile, RecordFile, filled

COMMON = bytes.fromhex("D3921000310001010100")  # 共通カードAP
FACE_INPUT = bytes.fromhex("D3921000310001010408")  # 券面事項入力補助AP
LICENCE = bytes.fromhex("A0000002310100000000000000000000")  # 運転免許 DF1

SIGN_CERTIFICATE, SIGN_CA, AUTH_CA, CERTIFICATES_HELD, SIGN_KEY, SIGN_PIN = 0x0001, 0x0002, 0x000B, 0x0008, 0x001A, 0x001B
PIN_TRIES = 3
SIGN_PIN_TRIES = 5
HELD, NOT_HELD = 0x8F, 0x00


class Kind(StrEnum):
    MY_NUMBER = "mynumber"
    JUKI = "juki"
    OPERATOR = "operator"
    LICENCE = "licence"


# Contact interface where one is known. The licence is contactless: its ATR is made up by the reader.
ATRS = {
    Kind.MY_NUMBER: bytes.fromhex("3BDA13FF8131FB468012392F31C173C601C03B"),
    Kind.JUKI: bytes.fromhex("3BE000FF8131FE4514"),
    Kind.OPERATOR: bytes.fromhex("3B80800101"),
    Kind.LICENCE: bytes.fromhex("3B88800100000000338181003A"),
}
T0_ATR = bytes.fromhex("3B044A554B49")  # no interface bytes: T=0; historical bytes "JUKI"


@dataclass(frozen=True)
class Identity:
    """A certificate, its key and its issuer's certificate (DER)."""

    certificate: bytes
    key: RSAPrivateKey
    issuer: bytes


def jpki_application(token: str, auth: Identity | None, sign: Identity | None, pin: str, sign_pin: str) -> Application:
    files: dict[int, Content] = {
        jpki.TOKEN: DataFile(_token_info(token)),
        CERTIFICATES_HELD: DataFile(bytes((HELD if sign else NOT_HELD, HELD if auth else NOT_HELD, 0))),
        jpki.PIN: _pin(pin, PIN_TRIES),
        SIGN_PIN: _pin(sign_pin, SIGN_PIN_TRIES),
    }
    if auth is not None:
        files |= {
            jpki.CERTIFICATE: DataFile(filled(auth.certificate)),
            AUTH_CA: DataFile(filled(auth.issuer)),
            jpki.KEY: KeyFile(auth.key, jpki.PIN),
        }
    if sign is not None:  # its certificate names the holder: behind the password
        files |= {
            SIGN_CERTIFICATE: DataFile(filled(sign.certificate), pin=SIGN_PIN),
            SIGN_CA: DataFile(filled(sign.issuer)),
            SIGN_KEY: KeyFile(sign.key, SIGN_PIN),
        }
    return Application("jpki", jpki.APPLICATION, files)


def juki_application(identity: Identity | None, pin: str) -> Application:
    files: dict[int, Content] = {juki.PIN: _pin(pin, PIN_TRIES)}
    if identity is not None:
        files |= {
            juki.CERTIFICATE: DataFile(filled(identity.certificate)),
            juki.KEY: KeyFile(identity.key, juki.PIN, Ins.INTERNAL_AUTHENTICATE),
        }
    return Application("juki", juki.APPLICATION, files)


def operator_application(identity: Identity | None, pin: str) -> Application:
    files: dict[int, Content] = {operator.PIN: _pin(pin, PIN_TRIES)}
    if identity is not None:
        files |= {
            operator.CERTIFICATE: DataFile(filled(identity.certificate)),
            operator.KEY: KeyFile(identity.key, operator.PIN),
        }
    return Application("operator", operator.APPLICATION, files)


def common_application(serial: str, town: str, expires: date) -> Application:
    """共通カードAP: one record, `01 1C` and 28 digits: serial (15), 団体コード (5), expiry (8)."""
    digits = f"{serial:0>15}{town}{expires:%Y%m%d}".encode("ascii")
    return Application("common", COMMON, {0x0001: RecordFile((b"\x01\x1c" + digits,))})


def face_application(pin: str) -> Application:
    return Application("face", FACE_INPUT, {0x0011: _pin(pin, PIN_TRIES)})


def licence_application() -> Application:
    return Application("licence", LICENCE)


def applications(kind: Kind, auth: Identity | None, sign: Identity | None, pin: str, sign_pin: str) -> tuple[Application, ...]:
    """What a card of this kind holds. A 住基カード's JPKI has only 署名用; its `auth` belongs to our profile of 住基AP."""
    match kind:
        case Kind.MY_NUMBER:
            common = common_application("123", "99999", date(2035, 12, 31))
            return (
                jpki_application("JPKIAPICCTOKEN2", auth, sign, pin, sign_pin),
                common,
                juki_application(None, pin),
                face_application(pin),
            )
        case Kind.JUKI:
            return juki_application(auth, pin), jpki_application("JPKIAPICCTOKEN", None, sign, pin, sign_pin)
        case Kind.OPERATOR:
            return (operator_application(auth, pin),)
        case Kind.LICENCE:
            return (licence_application(),)


def _pin(value: str, tries: int) -> PinFile:
    return PinFile(value.encode("ascii"), tries, tries)


def _token_info(name: str) -> bytes:
    """EF 0006: 160 bytes, big-endian CK_TOKEN_INFO (PKCS#11 3.3): label 32, manufacturer 32, model 16, serial 16, numbers."""
    texts = f"{name:<32}{'SIM':<32}{'simulated':<16}{'0':<16}".encode("ascii")
    return texts.ljust(160, b"\0")
