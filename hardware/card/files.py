"""What the applications have in common: select one, read its files, ask for tries, verify, sign.

A file is named in the command by its short id (the low five bits of 0001 to 001E), which spares a SELECT; a card that does not know short
ids says so, and is asked again after a SELECT. Both ways are ISO/IEC 7816-4's (7.3.2). Nothing is remembered from one command to the
next: on a card without short ids each costs one refusal.
"""

from collections.abc import Callable, Sequence

from hardware.card.apdu import LE_MAX, SIGN_CLASS, Command, Ins, Response, StatusWord, pin_command, wipe
from hardware.card.exchange import send, send_raw
from hardware.card.tlv import LONGEST_HEADER, TlvError, object_size
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
# What cards without short ids say to one; also what is said of a file that is not there, which SELECT then finds out. None costs a try.
_NOT_BY_SHORT_ID = frozenset(
    {
        StatusWord.NO_FILE,
        StatusWord.WRONG_PARAMETERS,
        StatusWord.NO_KEY,
        StatusWord.PAST_END,
        StatusWord.WRONG_KIND_OF_FILE,
        StatusWord.NO_CURRENT_FILE,
        StatusWord.NO_INS,
        0x6A81,
    }
)
_SHORT_IDS = range(0x01, 0x1F)  # 1F is no short id
_SELECTED = 0  # in place of a short id: the file selected before
_REFERENCE = 0x80  # P2 of VERIFY and its kin: a key or PIN of this application
_DIGEST_INFO_SHA256 = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017 9.2, note 1


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


def on_file(card: CardConnection, file: int, build: Callable[[int], Command | list[int]]) -> Response | None:
    """One command on one file. `build` gets its short id, or 0 when the file is selected instead; a command that carries a PIN is a
    list and is wiped here. None when the application has no such file."""
    for short in (file, _SELECTED) if file in _SHORT_IDS else (_SELECTED,):
        if short == _SELECTED and not select_file(card, file):
            return None
        command = build(short)
        try:
            response = send_raw(card, command) if isinstance(command, list) else send(card, command)
        finally:
            if isinstance(command, list):
                wipe(command)
        if response.status not in _NOT_BY_SHORT_ID:
            break
    return response


# -- reading ----------------------------------------------------------------------------------------------------------


def read_start(card: CardConnection, file: int, length: int) -> bytes | None:
    """`length` (at most 256) bytes from the file's start, fewer only where it ends. None when there is no such file."""
    data = _read_first(card, file, length)
    while data and len(data) < length and (more := _read_on(card, file, len(data), length - len(data))):
        data += more
    return data


def read_object(card: CardConnection, file: int) -> bytes:
    """The TLV object that the file begins with, header and all, without the filler behind it; b"" when there is no file, or nothing in
    it. Reads on where a card hands over less than asked. Raises TlvError when it is no object or ends before its end."""
    data = _read_first(card, file, LE_MAX)
    if not data or data.startswith((b"\x00", b"\xff\xff")):  # filler; FF20 is a tag
        return b""
    while len(data) < LONGEST_HEADER and (more := _read_on(card, file, len(data), LE_MAX)):
        data += more
    size = object_size(data)
    while len(data) < size:
        more = _read_on(card, file, len(data), min(LE_MAX, size - len(data)))
        if not more:
            raise TlvError(f"file {file:04X} ends before its object")
        data += more
    return data[:size]


def read_certificate(card: CardConnection, file: int) -> bytes:
    """The DER certificate in `file`. Raises NoCertificate when there is no file or no certificate in it."""
    try:
        data = read_object(card, file)
    except TlvError as error:
        raise NoCertificate(f"file {file:04X} holds no certificate") from error
    if data[:1] != b"\x30":
        raise NoCertificate(f"no file {file:04X}, or it is empty")
    return data


def read_record(card: CardConnection, file: int, number: int) -> bytes | None:
    """One record, numbered from 1. None when there is no such file or record."""
    response = on_file(card, file, lambda short: Command(Ins.READ_RECORD, number, short << 3 | 0x04, le=LE_MAX))
    if response is None or response.status == StatusWord.NO_RECORD:
        return None
    return _read(response, 0)


def _read_first(card: CardConnection, file: int, length: int) -> bytes | None:
    """As much as the card gives in one answer."""
    response = on_file(card, file, lambda short: Command(Ins.READ_BINARY, 0x80 | short if short else 0, 0, le=length))
    return None if response is None else _read(response, 0)


def _read_on(card: CardConnection, file: int, offset: int, length: int) -> bytes:
    """Goes on in a file whose start was read: a short id reaches no further than 255 bytes in. A file named by short id has become the
    selected one; a card that does not see it so is told."""
    command = Command(Ins.READ_BINARY, offset >> 8 & 0x7F, offset & 0xFF, le=length)
    response = send(card, command)
    if response.status == StatusWord.NO_CURRENT_FILE and select_file(card, file):
        response = send(card, command)
    return _read(response, offset)


def _read(response: Response, offset: int) -> bytes:
    if response.status == StatusWord.PAST_END:
        return b""
    if response.status == StatusWord.NOT_VERIFIED:
        raise CardRemoved("what was verified is gone")
    if response.status not in (StatusWord.OK, StatusWord.END_OF_FILE):
        raise UnexpectedStatus(response.status, f"reading at {offset}")
    return response.data


# -- PINs and keys ----------------------------------------------------------------------------------------------------


def tries_left(card: CardConnection, pin_file: int, most: int) -> int:
    """How often the PIN may still be wrong; 0 means locked. `most`: how many a right PIN leaves, for cards that say 9000 after one.

    An empty VERIFY asks without using up a try (JIS X 6320-4 7.5.6). It is four bytes long: a fifth, Lc = 0, is another command.
    """
    status = _need(on_file(card, pin_file, lambda short: Command(Ins.VERIFY, 0x00, _REFERENCE | short)), pin_file).status
    if status.tries is not None:
        return status.tries
    if status.locked:
        return 0
    if status.ok:
        return most
    raise UnexpectedStatus(status, "asking for the tries left")


def verify(card: CardConnection, pin_file: int, pin: Sequence[int]) -> None:
    """`pin` are ASCII codes and stay the caller's to wipe; the command made of them is wiped here. `tries_left` comes first: by then the
    PIN's file is the selected one either way, so that even a card that overlooks the short id tries the PIN on no other.

    Raises WrongPin (0 left: this try locked it), PinLocked (it was locked before; a right PIN as well).
    """
    response = on_file(card, pin_file, lambda short: pin_command(Ins.VERIFY, 0x00, _REFERENCE | short, pin))
    _judge_pin(_need(response, pin_file).status, "verifying the PIN")


def replace_pin(card: CardConnection, pin_file: int, new: Sequence[int]) -> None:
    """CHANGE REFERENCE DATA with the new PIN alone (P1 = 01), after `verify` with the old one. Wiping `new` is the caller's."""
    response = on_file(card, pin_file, lambda short: pin_command(Ins.CHANGE_REFERENCE_DATA, 0x01, _REFERENCE | short, new))
    _judge_pin(_need(response, pin_file).status, "changing the PIN")


def digest_info(digest: bytes) -> bytes:
    """The 51 bytes that PKCS#1 v1.5 signs for a SHA-256 digest (RFC 8017 9.2)."""
    if len(digest) != 32:
        raise ValueError(f"a SHA-256 digest has 32 bytes, not {len(digest)}")
    return _DIGEST_INFO_SHA256 + digest


def sign(card: CardConnection, key_file: int, digest: bytes) -> bytes:
    """RSASSA-PKCS1-v1_5 over a SHA-256 digest (32 bytes); 256 bytes for RSA-2048. Raises CardRemoved when no PIN is verified (any more)."""
    return use_key(card, key_file, Ins.PERFORM_SECURITY_OPERATION, digest_info(digest), SIGN_CLASS)


def use_key(card: CardConnection, key_file: int, ins: int, data: bytes, cla: int = 0x00) -> bytes:
    """A key of the card at work on `data`. Raises CardRemoved when what it asks for is not verified (any more)."""
    response = on_file(card, key_file, lambda short: Command(ins, 0x00, _REFERENCE | short, data, LE_MAX, cla))
    status = _need(response, key_file).status
    if status == StatusWord.NOT_VERIFIED:
        raise CardRemoved("what was verified is gone")
    if not status.ok:
        raise UnexpectedStatus(status, "using a key")
    return response.data if response else b""


def _judge_pin(status: StatusWord, doing: str) -> None:
    if status.tries is not None:
        raise WrongPin(status.tries)
    if status.locked:
        raise PinLocked(f"SW={status!r}")
    if status == StatusWord.NOT_VERIFIED:
        raise CardRemoved("what was verified is gone")
    if not status.ok:
        raise UnexpectedStatus(status, doing)


def _need(response: Response | None, file: int) -> Response:
    if response is None:
        raise UnexpectedStatus(StatusWord.NO_FILE, f"selecting file {file:04X}")
    return response
