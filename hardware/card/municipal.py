"""条例利用: areas on the card for a municipality's own services, each by an ordinance. Our own profile (docs/cards/municipal.md).

Each service has an application of its own, with its own PIN or key and its own budget of bytes; a card forgets what was verified in one
when another is selected, so no service reads another's. What is written are numbered objects. `select` and open an area first.

A card never holds the service's own key, but one made of it and of the area's number (AES-CMAC, NIST SP 800-38B): who takes one card apart
opens the areas of no other. The answer to the card's challenge is AES-CMAC by that key.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from hardware.card import files
from hardware.card.apdu import LE_MAX, Command, Ins, Response, StatusWord
from hardware.card.credential import Codes, Pin
from hardware.card.exchange import send
from hardware.card.terminal_proof import answer_challenge
from hardware.errors import AreaFull, CardRemoved, TerminalRefused, UnexpectedStatus
from hardware.interfaces import CardConnection

SERVICE_KEY = 0x0019  # AES-128, made for this card and service
NUMBER = 0x0001  # what it was made of, free to read: eight bytes that say nothing of card or holder
NUMBER_BYTES = 8
SERVICE_PIN = Pin(0x0011, tries=3)  # four digits, told the holder by the service
OBJECTS = range(0xFF)  # numbers; GET DATA 01FF is no object but the free bytes
OBJECT_MOST = 0xFF  # bytes of one object: a short command's
OBJECT_HEAD = 4  # bytes that an object costs beside its own: number and length
_CLASS = 0x01  # P1 of GET and PUT DATA: application data in a coding of its own (ISO/IEC 7816-4 11.4.2)
FREE = 0xFF  # P2: how many bytes are free, two bytes


@dataclass(frozen=True)
class Area:
    """`pin` False: opened with the service's key. `room` is what a new card gives it, bytes."""

    title: str
    application: bytes
    pin: bool
    room: int


# The names begin with F, ISO/IEC 7816-5's range that nobody registers: F0 "JUKIMU" and a number. Those of real cards are not public.
WELFARE = Area("welfare", bytes.fromhex("F04A554B494D5501"), pin=True, room=2048)  # what one gets is nobody's business: the holder opens it
LIBRARY = Area("library", bytes.fromhex("F04A554B494D5502"), pin=False, room=512)
FACILITY = Area("facility", bytes.fromhex("F04A554B494D5503"), pin=False, room=512)
AREAS = {area.title: area for area in (WELFARE, LIBRARY, FACILITY)}


def select(card: CardConnection, area: Area) -> None:
    """Raises NotOurCard when the card has no such area."""
    files.select_application(card, area.application)


def open_with_pin(card: CardConnection, pin: Codes) -> None:
    """Raises WrongPin(tries_left), PinLocked; UnexpectedStatus for an area that is opened with a key. Wiping `pin` is the caller's."""
    SERVICE_PIN.tries_left(card)
    SERVICE_PIN.verify(card, pin)


def open_with_key(card: CardConnection, key: bytes) -> None:
    """`key`: the service's AES-128 key. Raises TerminalRefused, also for an area that is opened with a PIN."""
    number = files.read_start(card, NUMBER, NUMBER_BYTES)
    if number is None:
        raise TerminalRefused("the area has no key")
    own = key_of_card(key, number)
    answer_challenge(card, SERVICE_KEY, lambda challenge: key_answer(own, challenge))


def key_of_card(service_key: bytes, number: bytes) -> bytes:
    """What a card with this number in its area holds instead of the service's key."""
    return key_answer(service_key, b"JUKI area" + number)


def key_answer(key: bytes, challenge: bytes) -> bytes:
    cmac = CMAC(AES(key))
    cmac.update(challenge)
    return cmac.finalize()


def free(card: CardConnection) -> int:
    """Bytes; an object takes OBJECT_HEAD beside its own."""
    return int.from_bytes(_need(_get(card, FREE)).data, "big")


def read(card: CardConnection, number: int) -> bytes | None:
    """None when there is no such object."""
    response = _get(card, _checked(number))
    return None if response.status == StatusWord.NO_KEY else _need(response).data


def write(card: CardConnection, number: int, value: bytes) -> None:
    """In the place of what is there. Whole or not at all, also when the card is pulled. Raises AreaFull, ValueError."""
    if not 1 <= len(value) <= OBJECT_MOST:
        raise ValueError(f"an object has 1 to {OBJECT_MOST} bytes, not {len(value)}")
    response = send(card, Command(Ins.PUT_DATA, _CLASS, _checked(number), value))
    if response.status == StatusWord.NO_ROOM:
        there = read(card, number)
        given_back = 0 if there is None else len(there) + OBJECT_HEAD
        raise AreaFull(needed=len(value) + OBJECT_HEAD, free=free(card) + given_back)
    _need(response)


def erase(card: CardConnection, number: int) -> None:
    """Gives its bytes back. Erasing what is not there is fine."""
    _need(send(card, Command(Ins.PUT_DATA, _CLASS, _checked(number))))


def _get(card: CardConnection, what: int) -> Response:
    return send(card, Command(Ins.GET_DATA, _CLASS, what, le=LE_MAX))


def _need(response: Response) -> Response:
    if response.status == StatusWord.NOT_VERIFIED:
        raise CardRemoved("the area is not open (any more)")
    if not response.status.ok:
        raise UnexpectedStatus(response.status, "working in a service's area")
    return response


def _checked(number: int) -> int:
    if number not in OBJECTS:
        raise ValueError(f"an object's number is 0 to {OBJECTS[-1]}, not {number}")
    return number
