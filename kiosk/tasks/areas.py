"""What each of the town's own services keeps in its area of the card, and how it is read and written (docs/cards/municipal.md).

Every act writes one object, which the card takes whole or not at all, and reads it back. Objects are UTF-8, their fields parted by line
feeds. What is no such text is another program's: it is refused, and not written over.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hardware.card import common, jpki, juki, municipal
from hardware.card.jpki import CardKind
from hardware.errors import AreaFull, CardError, NotOurCard, SettingsError
from hardware.interfaces import CardConnection
from kiosk.session.own import AreaRecord, Booking, Entitlement, Ordinance, Slot
from kiosk.session.states import Reason
from kiosk.settings import Settings

NUMBER, BOOKINGS = 0x01, 0x02  # objects of library and facility
ENTITLEMENT = 0x01  # of welfare
NUMBER_DIGITS = 12  # and one to check them
KEY_BYTES = 16


class AreaRefused(CardError):
    """A card that does not serve here, for a reason that its holder is told."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, repr=False)
class OwnService:
    """`key`: the service's AES-128 key; empty where the holder's PIN opens the area."""

    ordinance: Ordinance
    area: municipal.Area
    key: bytes = b""


def own_services(settings: Settings) -> dict[str, OwnService]:
    """Those in use or under discussion, by id. Raises SettingsError for a key that is not there or is none."""
    found = {}
    for entry in settings.town.ordinance:
        slots = tuple(Slot(slot.id, Booking(slot.day.isoformat(), slot.begins, slot.ends, slot.place)) for slot in entry.slots)
        ordinance = Ordinance(entry.service, entry.state == "in use", entry.name, entry.number, entry.photo_id, slots)
        area = municipal.AREAS[entry.service]
        key = b"" if area.pin or not ordinance.in_use else _key(settings, entry.service, entry.key)
        found[entry.service] = OwnService(ordinance, area, key)
    return found


def _key(settings: Settings, service: str, file: str) -> bytes:
    where = f"key `town.ordinance.key` of {service}"
    if not file:
        raise SettingsError(f"{where}: missing; the card's area is opened with a key")
    path = settings.path(file)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as error:
        raise SettingsError(f"{where}: {path}: {error.strerror}") from error
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(f"{where}: {path} must hold {2 * KEY_BYTES} hexadecimal digits")
    return key


# -- the card ---------------------------------------------------------------------------------------------------------


def judge_card(card: CardConnection, photo_id: bool, today: date) -> None:
    """By what the card itself says. A 住基カード is good here until its ten years are over, though it has no certificate for user
    authentication; one without a photo (version A) is no photo ID. Raises AreaRefused, NotOurCard."""
    if jpki.identify(card) is CardKind.JUKI:
        juki.select(card)
        if juki.expires(card) < today:
            raise AreaRefused(Reason.CARD_JUKI_ENDED)
        if photo_id and not juki.has_photo(card):
            raise AreaRefused(Reason.AREA_PHOTO)
    elif common.read_number(card).expires < today:
        raise AreaRefused(Reason.CARD_EXPIRED)


def enter(card: CardConnection, own: OwnService) -> int | None:
    """Selects the service's area. One with a key is open then; for one with a PIN: the tries left. Raises AreaRefused, TerminalRefused."""
    try:
        municipal.select(card, own.area)
    except NotOurCard:
        raise AreaRefused(Reason.AREA_NONE) from None
    if own.area.pin:
        return municipal.SERVICE_PIN.tries_left(card)
    municipal.open_with_key(card, own.key)
    return None


def read(card: CardConnection, own: OwnService, today: date) -> AreaRecord:
    """Of an open area."""
    return _READS[own.area.title](card, own, today)


def _library(card: CardConnection, own: OwnService, today: date) -> AreaRecord:
    return AreaRecord(number=_number(card))


def _facility(card: CardConnection, own: OwnService, today: date) -> AreaRecord:
    """Of bookings those from today on; what is over goes with the next write."""
    booked = _bookings(municipal.read(card, BOOKINGS), today)
    slots = tuple(slot for slot in own.ordinance.slots if slot.booking.day >= today.isoformat() and slot.booking not in booked)
    return AreaRecord(number=_number(card), bookings=booked, slots=slots)


def _welfare(card: CardConnection, own: OwnService, today: date) -> AreaRecord:
    fields = _text(municipal.read(card, ENTITLEMENT)).split("\n")
    if fields == [""]:
        return AreaRecord()
    if len(fields) != 2:
        raise AreaRefused(Reason.CARD_FAULT)
    return AreaRecord(entitlement=Entitlement(*fields))


_READS: dict[str, Callable[[CardConnection, OwnService, date], AreaRecord]] = {
    municipal.LIBRARY.title: _library,
    municipal.FACILITY.title: _facility,
    municipal.WELFARE.title: _welfare,
}


def register(card: CardConnection, own: OwnService, today: date, chance: bytes) -> AreaRecord:
    """Writes a number, if none stands there."""
    if not read(card, own, today).number:
        _write(card, NUMBER, new_number(chance))
    return read(card, own, today)


def book(card: CardConnection, own: OwnService, today: date, slot: str) -> AreaRecord:
    """Writes the booking beside those that are still to come. Raises AreaRefused when the slot is not to be had any more."""
    record = read(card, own, today)
    wanted = next((each.booking for each in record.slots or () if each.id == slot), None)
    if wanted is None:
        raise AreaRefused(Reason.CARD_FAULT)
    bookings = sorted([*record.bookings, wanted])
    _write(card, BOOKINGS, "\n".join(field for each in bookings for field in (each.day, each.begins, each.ends, each.place)))
    return read(card, own, today)


def _write(card: CardConnection, number: int, text: str) -> None:
    """And reads it back. Raises AreaFull, AreaRefused when something else stands there."""
    value = text.encode("utf-8")
    if len(value) > municipal.OBJECT_MOST:
        raise AreaFull(len(value), municipal.OBJECT_MOST)
    municipal.write(card, number, value)
    if municipal.read(card, number) != value:
        raise AreaRefused(Reason.CARD_FAULT)


def new_number(chance: bytes) -> str:
    """Twelve digits of chance, which say nothing of the holder, and ISO/IEC 7812-1's check digit. A service learns whose it is when the
    card is first shown at its own desk."""
    digits = f"{int.from_bytes(chance, 'big') % 10**NUMBER_DIGITS:0{NUMBER_DIGITS}d}"
    return digits + check_digit(digits)


def check_digit(digits: str) -> str:
    """ISO/IEC 7812-1, annex B: every second digit from the right is doubled."""
    total = sum(sum(divmod(int(digit) * (2 - at % 2), 10)) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)


# -- texts ------------------------------------------------------------------------------------------------------------


def _text(value: bytes | None) -> str:
    try:
        text = (value or b"").decode("utf-8")
    except UnicodeDecodeError:
        raise AreaRefused(Reason.CARD_FAULT) from None
    if not text.replace("\n", "").isprintable():
        raise AreaRefused(Reason.CARD_FAULT)
    return text


def _number(card: CardConnection) -> str:
    """Any digits: another program of the service's may count otherwise than ours."""
    text = _text(municipal.read(card, NUMBER))
    if text and not (text.isascii() and text.isdigit()):
        raise AreaRefused(Reason.CARD_FAULT)
    return text


def _bookings(value: bytes | None, today: date) -> tuple[Booking, ...]:
    text = _text(value)
    fields = text.split("\n") if text else []
    if len(fields) % 4:
        raise AreaRefused(Reason.CARD_FAULT)
    found = (Booking(*fields[at : at + 4]) for at in range(0, len(fields), 4))
    return tuple(booking for booking in found if booking.day >= today.isoformat())
