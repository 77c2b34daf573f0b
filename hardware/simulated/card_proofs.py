"""The card's side of challenges: a terminal's certificate, its answer, and the card's own."""

import hashlib
from hmac import compare_digest

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from hardware.card.apdu import LE_MAX, Ins, StatusWord
from hardware.card.files import digest_info
from hardware.card.municipal import key_answer
from hardware.card.terminal_proof import CHALLENGE_BYTES, SIGNATURE_BYTES, VERIFY_CERTIFICATE, TerminalCertificate
from hardware.card.tlv import TlvError
from hardware.simulated.card_apdu import Asked, Refused
from hardware.simulated.card_memory import TERMINAL, KeyFile, ServiceKeyFile, TerminalCaFile
from hardware.simulated.card_state import CardState


def show_certificate(state: CardState, asked: Asked) -> bytes:
    """PSO: VERIFY CERTIFICATE, by the one CA key of the application."""
    if asked.p1 or asked.p2 != VERIFY_CERTIFICATE:
        raise Refused(StatusWord.WRONG_PARAMETERS)
    files = state.application.files.values() if state.application is not None else ()
    ca = next((file for file in files if isinstance(file, TerminalCaFile)), None)
    if ca is None:
        raise Refused(StatusWord.NO_KEY)
    state.terminal = None
    try:
        shown = TerminalCertificate.decode(asked.data)
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), shown.point)
    except (TlvError, ValueError):
        raise Refused(StatusWord.WRONG_DATA) from None
    if not _holds(ca.key, shown.signature, shown.body):
        raise Refused(StatusWord.NO_LIMIT)
    state.terminal = point
    return b""


def challenge(state: CardState, asked: Asked) -> bytes:
    if asked.p1 or asked.p2:
        raise Refused(StatusWord.WRONG_PARAMETERS)
    if state.application is None or not any(isinstance(file, TerminalCaFile | ServiceKeyFile) for file in state.application.files.values()):
        raise Refused(StatusWord.NO_INS)
    if asked.data or asked.le != CHALLENGE_BYTES:
        raise Refused(StatusWord.WRONG_LENGTH)
    state.challenge = state.chance(CHALLENGE_BYTES)
    return state.challenge


def external(state: CardState, asked: Asked) -> bytes:
    """The terminal's answer: a signature by the key of its certificate, or AES-CMAC by a service's key. A wrong one is 6300: keys of this
    size need no counter."""
    if asked.p1 or asked.p2 & 0xE0 != 0x80 or state.application is None:
        raise Refused(StatusWord.WRONG_PARAMETERS)
    file = state.application.files.get(asked.p2 & 0x1F)
    if not isinstance(file, TerminalCaFile | ServiceKeyFile):
        raise Refused(StatusWord.NO_KEY)
    given = state.take_challenge()
    state.verified.discard(TERMINAL)
    if isinstance(file, ServiceKeyFile):
        right = compare_digest(key_answer(file.key, given), asked.data)
    elif state.terminal is None:
        raise Refused(StatusWord.CONDITIONS)
    else:
        right = _holds(state.terminal, asked.data, file.label + given)
    if not right:
        raise Refused(StatusWord.NO_LIMIT)
    state.verified.add(TERMINAL)
    return b""


def internal(state: CardState, asked: Asked) -> bytes:
    """The card's answer to the terminal's challenge."""
    if asked.p1 or asked.p2 & 0xE0 != 0x80:
        raise Refused(StatusWord.WRONG_PARAMETERS)
    _, key = state.named(KeyFile, asked.file)
    if key.ins != Ins.INTERNAL_AUTHENTICATE or key.label is None:
        raise Refused(StatusWord.NO_INS)
    state.need(key.needs)
    if len(asked.data) != CHALLENGE_BYTES or asked.le not in (None, LE_MAX):
        raise Refused(StatusWord.WRONG_LENGTH)
    return key.raw(digest_info(hashlib.sha256(key.label + asked.data).digest()))


def _holds(key: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> bool:
    """`signature`: r and s, one behind the other."""
    if len(signature) != SIGNATURE_BYTES:
        return False
    half = SIGNATURE_BYTES // 2
    r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
