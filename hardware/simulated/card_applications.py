"""The applications that lie on the simulated cards, file by file (docs/cards).

Only what a kiosk, OpenSC or a municipality's program can reach. 券面事項入力補助 has no file 0001: the 個人番号 is no business of a
kiosk, and nothing here should teach one to read it.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from hardware.card import card_text, common, jpki, juki, municipal, operator
from hardware.card.apdu import Ins
from hardware.card.card_text import BasicFacts
from hardware.card.credential import Credential, Pin
from hardware.simulated.card_memory import (
    NOBODY,
    TERMINAL,
    Application,
    Content,
    DataFile,
    KeyFile,
    ObjectStore,
    PinFile,
    RecordFile,
    ServiceKeyFile,
    TerminalCaFile,
    filled,
)

LICENCE = bytes.fromhex("A0000002310100000000000000000000")  # 運転免許 DF1
SIGN_CA, AUTH_CA = 0x0002, 0x000B
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


@dataclass(frozen=True, repr=False)
class Details:
    """What else is on a card; all invented. `expires`: the card's own last day. `areas`: titles of `municipal.AREAS`."""

    pin: str = "1234"
    sign_pin: str = "ABC123"
    serial: str = "123"
    town: str = "99999"
    expires: date = date(2035, 12, 31)
    photo: bool = True  # of a 住基カード: version B
    facts: BasicFacts | None = None
    resident_code: str = ""
    terminal_ca: EllipticCurvePublicKey | None = None
    areas: tuple[str, ...] = ()
    entitlement: str = ""  # what the office wrote into the welfare area
    service_pin: str = "1234"
    service_key: bytes = bytes(16)


def jpki_application(token: str, auth: Identity | None, sign: Identity | None, details: Details) -> Application:
    files: dict[int, Content] = {
        jpki.TOKEN: DataFile(_token_info(token)),
        jpki.CERTIFICATES_HELD: DataFile(bytes((HELD if sign else NOT_HELD, HELD if auth else NOT_HELD, 0))),
        **_credential(jpki.USER_AUTHENTICATION, auth, details.pin),
        **_credential(jpki.SIGNING, sign, details.sign_pin),
    }
    if auth is not None:
        files[AUTH_CA] = DataFile(filled(auth.issuer))
    if sign is not None:  # its certificate names the holder: behind the password
        files |= {
            SIGN_CA: DataFile(filled(sign.issuer)),
            jpki.SIGNING.certificate: DataFile(filled(sign.certificate), frozenset({jpki.SIGNING.pin.file})),
        }
    return Application("jpki", jpki.APPLICATION, files)


def juki_application(identity: Identity | None, details: Details) -> Application:
    files = _credential(juki.JUKI, identity, details.pin)
    if identity is not None:
        files |= {
            juki.CARD_KEY: KeyFile(identity.key, frozenset({TERMINAL}), Ins.INTERNAL_AUTHENTICATE, juki.SAYS_CARD),
            juki.EXPIRY: DataFile(f"{details.expires:%Y%m%d}".encode("ascii")),
            juki.VERSION: DataFile(b"B" if details.photo else b"A"),
        }
        if details.resident_code:
            files[juki.RESIDENT_CODE] = DataFile(details.resident_code.encode("ascii"), frozenset({TERMINAL, juki.PIN}))
        if details.terminal_ca is not None:
            files[juki.TERMINAL_CA] = TerminalCaFile(details.terminal_ca, juki.SAYS_TERMINAL)
    return Application("juki", juki.APPLICATION, files)


def operator_application(identity: Identity | None, details: Details) -> Application:
    return Application("operator", operator.APPLICATION, _credential(operator.OPERATOR, identity, details.pin))


def common_application(details: Details) -> Application:
    """共通カードAP: one record, `01 1C` and 28 digits: number (15), 団体コード (5), expiry (8)."""
    digits = f"{details.serial:0>15}{details.town}{details.expires:%Y%m%d}".encode("ascii")
    return Application("common", common.APPLICATION, {common.NUMBER: RecordFile((b"\x01\x1c" + digits,))})


def text_application(details: Details) -> Application:
    files: dict[int, Content] = {card_text.PIN.file: _pin(card_text.PIN, details.pin)}
    if details.facts is not None:
        files[card_text.BASIC_FACTS] = DataFile(filled(card_text.build(details.facts)), frozenset({card_text.PIN.file}))
    return Application("face", card_text.APPLICATION, files)


def area_application(area: municipal.Area, details: Details) -> Application:
    if area.pin:
        files: dict[int, Content] = {municipal.SERVICE_PIN.file: _pin(municipal.SERVICE_PIN, details.service_pin)}
        needs = frozenset({municipal.SERVICE_PIN.file})
    else:
        number = hashlib.sha256(f"{details.serial}/{area.title}".encode("ascii")).digest()[: municipal.NUMBER_BYTES]
        own_key = municipal.key_of_card(details.service_key, number)
        files, needs = {municipal.NUMBER: DataFile(number), municipal.SERVICE_KEY: ServiceKeyFile(own_key)}, frozenset({TERMINAL})
    written = {1: details.entitlement.encode()} if area is municipal.WELFARE and details.entitlement else {}
    return Application(area.title, area.application, files, ObjectStore(area.room, needs, written))


def licence_application() -> Application:
    return Application("licence", LICENCE)


def applications(kind: Kind, auth: Identity | None, sign: Identity | None, details: Details) -> tuple[Application, ...]:
    """What a card of this kind holds. A 住基カード's JPKI has only 署名用; its `auth` belongs to our profile of 住基AP."""
    areas = tuple(area_application(municipal.AREAS[title], details) for title in details.areas)
    match kind:
        case Kind.MY_NUMBER:
            return (
                jpki_application("JPKIAPICCTOKEN2", auth, sign, details),
                common_application(details),
                juki_application(None, details),
                text_application(details),
                *areas,
            )
        case Kind.JUKI:
            return juki_application(auth, details), jpki_application("JPKIAPICCTOKEN", None, sign, details), *areas
        case Kind.OPERATOR:
            return (operator_application(auth, details),)
        case Kind.LICENCE:
            return (licence_application(),)


def _credential(credential: Credential, identity: Identity | None, pin: str) -> dict[int, Content]:
    files: dict[int, Content] = {credential.pin.file: _pin(credential.pin, pin)}
    if identity is not None:
        files |= {
            credential.certificate: DataFile(filled(identity.certificate), NOBODY),
            credential.key: KeyFile(identity.key, frozenset({credential.pin.file})),
        }
    return files


def _pin(pin: Pin, value: str) -> PinFile:
    return PinFile(value.encode("ascii"), pin.tries, pin.tries)


def _token_info(name: str) -> bytes:
    """EF 0006: 160 bytes, big-endian CK_TOKEN_INFO (PKCS#11 3.3): label 32, manufacturer 32, model 16, serial 16, numbers."""
    texts = f"{name:<32}{'SIM':<32}{'simulated':<16}{'0':<16}".encode("ascii")
    return texts.ljust(160, b"\0")
