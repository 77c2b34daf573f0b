"""住基カード: our own documented profile (docs/cards/juki.md) in the place of an application whose commands were never published.

Real are the application's name, its PIN file and the three tries. Ours is how card and terminal prove themselves to each other before
the card gives the 住民票コード away:

    terminal ── certificate of the terminal, signed by the CA whose key the card holds ──► card      PSO: VERIFY CERTIFICATE
    terminal ◄── 16 bytes of chance ── card                                                          GET CHALLENGE
    terminal ── signature over them ──► card                                                         EXTERNAL AUTHENTICATE
    terminal ── 16 bytes of chance ──► card ── signature over them ──► terminal                      INTERNAL AUTHENTICATE

Both sign a label before the chance, so that no answer to a challenge can serve for anything else. `select` first; `JUKI` reads
the certificate, asks for the tries, verifies and signs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from hardware.card import files
from hardware.card.apdu import Ins
from hardware.card.credential import Credential, Pin
from hardware.card.terminal_proof import answer_challenge, show_certificate
from hardware.errors import CardNotGenuine, NotOurCard
from hardware.interfaces import CardConnection

APPLICATION = bytes.fromhex("D3921000310001010401")
RESIDENT_CODE = 0x0003  # 住民票コード: after mutual authentication and PIN
EXPIRY = 0x0004  # YYYYMMDD, free to read
VERSION = 0x0005  # "A" or "B", free to read
CERTIFICATE = 0x000A
CARD_KEY = 0x0016  # of the same pair: answers a challenge, not a digest
KEY = 0x0017
PIN = 0x001C  # 住民基本台帳用: four digits, three tries
TERMINAL_CA = 0x0019  # the public key that terminals' certificates are checked with

JUKI = Credential(CERTIFICATE, KEY, Pin(PIN, tries=3))

SAYS_TERMINAL = b"JUKI terminal"
SAYS_CARD = b"JUKI card"
_CODE_DIGITS = 11

select = partial(files.select_application, name=APPLICATION)  # raises NotOurCard


@dataclass(frozen=True)
class Terminal:
    """What a terminal shows to cards: its certificate (see `terminal_proof`), and `sign`: ECDSA P-256 with SHA-256 over a message,
    as r and s of 32 bytes each."""

    certificate: bytes
    sign: Callable[[bytes], bytes]


def expires(card: CardConnection) -> date:
    """The card's last day, ten years after its issue. Raises NotOurCard when it names none."""
    text = files.read_start(card, EXPIRY, 8) or b""
    try:
        return datetime.strptime(text.decode("ascii"), "%Y%m%d").date()
    except ValueError as error:
        raise NotOurCard("names no last day") from error


def has_photo(card: CardConnection) -> bool:
    """A card was issued without a photo (version A) or with one (version B). Raises NotOurCard when it does not say which."""
    version = files.read_start(card, VERSION, 1)
    if version not in (b"A", b"B"):
        raise NotOurCard("neither version A nor B")
    return version == b"B"


def authenticate(card: CardConnection, terminal: Terminal, challenge: bytes, trusted: Callable[[bytes], bool]) -> None:
    """Each proves itself to the other, the terminal first: a card tells nothing of itself to a stranger. `challenge`: 16 bytes of
    chance. `trusted` judges the card's certificate (DER).

    Raises TerminalRefused; CardNotGenuine when the certificate is not trusted or the card has not its key; NoCertificate.
    """
    show_certificate(card, terminal.certificate)
    answer_challenge(card, TERMINAL_CA, lambda theirs: terminal.sign(SAYS_TERMINAL + theirs))
    certificate = JUKI.read_certificate(card)
    proof = files.use_key(card, CARD_KEY, Ins.INTERNAL_AUTHENTICATE, challenge)
    if not trusted(certificate) or not _holds(certificate, proof, SAYS_CARD + challenge):
        raise CardNotGenuine("the card has not proved itself")


def read_resident_code(card: CardConnection) -> str:
    """住民票コード, eleven digits; after `authenticate` and `JUKI.verify`. Raises CardRemoved without them, NotOurCard when there is none.

    Nobody but the offices named in the Act may ask for it (30-37, 30-38): a kiosk has no use for it.
    """
    code = files.read_start(card, RESIDENT_CODE, _CODE_DIGITS) or b""
    if len(code) != _CODE_DIGITS or not code.isdigit():
        raise NotOurCard("no resident code")
    return code.decode("ascii")


def _holds(certificate: bytes, signature: bytes, message: bytes) -> bool:
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        if not isinstance(key, RSAPublicKey):
            return False
        key.verify(signature, message, PKCS1v15(), SHA256())
    except (ValueError, InvalidSignature):
        return False
    return True
