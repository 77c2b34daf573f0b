"""What the applications have in common: select, read one DER object, ask for tries, verify, sign.

Files are named by their two-byte id. Real cards also take a short id in each command; SELECT first is what every card does.
"""

from hardware.card.apdu import LE_MAX, SIGN_CLASS, Command, Ins, StatusWord, pin_command, wipe
from hardware.card.exchange import send, send_raw
from hardware.card.tlv import TlvError, object_size
from hardware.errors import CardRemoved, NoCertificate, NotOurCard, PinLocked, UnexpectedStatus, WrongPin
from hardware.interfaces import CardConnection

# What cards without the application say to its name: most 6A82, memory and foreign cards the others.
_NOT_OURS = frozenset(
    {
        StatusWord.NO_FILE,
        StatusWord.CHANNEL,
        StatusWord.NO_INS,
        StatusWord.NO_CLA,
        StatusWord.WRONG_PARAMETERS,
        StatusWord.PAST_END,
        StatusWord.WRONG_LENGTH,
        StatusWord.CONDITIONS,
        StatusWord.SELF_TEST,
        0x6A81,
        0x6999,
    }
)
_DIGEST_INFO_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017 9.2, note 1
_CURRENT = 0x80  # P2: the file selected before


def select_application(card: CardConnection, name: bytes) -> None:
    """By the whole name: a card may take a prefix for another application. Raises NotOurCard.

    One maker's card answers 6F00 to the first command after power-up and works from then on: one more try.
    """
    command = Command(Ins.SELECT, 0x04, 0x0C, name)
    status = send(card, command).status
    if status == StatusWord.SELF_TEST:
        status = send(card, command).status
    if status in _NOT_OURS:
        raise NotOurCard(f"SW={status!r}")
    if not status.ok:
        raise UnexpectedStatus(status, "selecting the application")


def select_file(card: CardConnection, file: int) -> bool:
    """False when the application has no such file."""
    status = send(card, Command(Ins.SELECT, 0x02, 0x0C, file.to_bytes(2, "big"))).status
    if status == StatusWord.NO_FILE:
        return False
    if not status.ok:
        raise UnexpectedStatus(status, f"selecting file {file:04X}")
    return True


def read_bytes(card: CardConnection, offset: int, length: int) -> bytes:
    """Up to `length` (at most 256) bytes of the current file; fewer or none at its end."""
    response = send(card, Command(Ins.READ_BINARY, offset >> 8 & 0x7F, offset & 0xFF, le=length))
    if response.status == StatusWord.PAST_END:
        return b""
    if response.status == StatusWord.NOT_VERIFIED:
        raise CardRemoved("what was verified is gone")
    if response.status not in (StatusWord.OK, StatusWord.END_OF_FILE):
        raise UnexpectedStatus(response.status, f"reading at {offset}")
    return response.data


def read_certificate(card: CardConnection, file: int) -> bytes:
    """The DER certificate in `file`, without the filler behind it. Raises NoCertificate when there is no file or nothing in it."""
    if not select_file(card, file):
        raise NoCertificate(f"no file {file:04X}")
    data = read_bytes(card, 0, LE_MAX)
    if data[:1] != b"\x30":  # empty, or all filler
        raise NoCertificate(f"file {file:04X} is empty")
    try:
        size = object_size(data)
    except TlvError as error:
        raise NoCertificate(f"file {file:04X} holds no certificate") from error
    while len(data) < size:
        more = read_bytes(card, len(data), min(LE_MAX, size - len(data)))
        if not more:
            raise NoCertificate(f"file {file:04X} ends before its certificate")
        data += more
    return data[:size]


def tries_left(card: CardConnection, pin_file: int) -> int:
    """How often the PIN may still be wrong; 0 means locked.

    An empty VERIFY asks without using up a try (JIS X 6320-4 7.5.6). It is four bytes long: a fifth, Lc = 0, is another command.
    """
    _need_file(card, pin_file)
    status = send(card, Command(Ins.VERIFY, 0x00, _CURRENT)).status
    if status.tries is not None:
        return status.tries
    if status.locked:
        return 0
    raise UnexpectedStatus(status, "asking for the tries left")


def verify(card: CardConnection, pin_file: int, pin: bytearray | list[int]) -> None:
    """`pin` are ASCII codes and stay the caller's to wipe; the command made of them is wiped here.

    Raises WrongPin (0 left: this try locked it), PinLocked (it was locked before; a right PIN as well).
    """
    _need_file(card, pin_file)
    command = pin_command(Ins.VERIFY, 0x00, _CURRENT, pin)
    try:
        status = send_raw(card, command).status
    finally:
        wipe(command)
    if status.tries is not None:
        raise WrongPin(status.tries)
    if status.locked:
        raise PinLocked(f"SW={status!r}")
    if not status.ok:
        raise UnexpectedStatus(status, "verifying the PIN")


def digest_info(digest: bytes) -> bytes:
    """The 51 bytes that PKCS#1 v1.5 signs for a SHA-256 digest (RFC 8017 9.2)."""
    if len(digest) != 32:
        raise ValueError(f"a SHA-256 digest has 32 bytes, not {len(digest)}")
    return _DIGEST_INFO_SHA256 + digest


def sign(card: CardConnection, key_file: int, digest: bytes, cla: int = SIGN_CLASS, ins: int = Ins.PERFORM_SECURITY_OPERATION) -> bytes:
    """RSASSA-PKCS1-v1_5 over a SHA-256 digest (32 bytes); 256 bytes for RSA-2048. Raises CardRemoved when no PIN is verified (any more)."""
    _need_file(card, key_file)
    response = send(card, Command(ins, 0x00, _CURRENT, digest_info(digest), LE_MAX, cla))
    if response.status == StatusWord.NOT_VERIFIED:
        raise CardRemoved("what was verified is gone")
    if not response.status.ok:
        raise UnexpectedStatus(response.status, "signing")
    return response.data


def _need_file(card: CardConnection, file: int) -> None:
    if not select_file(card, file):
        raise UnexpectedStatus(StatusWord.NO_FILE, f"selecting file {file:04X}")
