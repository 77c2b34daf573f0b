"""共通カードAP: the card's number, the municipality that issued it, and the day it ends. No PIN, no name.

One record of `01 1C` and 28 digits: number (15), 団体コード (5), expiry (8).
"""

from dataclasses import dataclass
from datetime import date, datetime

from hardware.card import files
from hardware.errors import NotOurCard
from hardware.interfaces import CardConnection

APPLICATION = bytes.fromhex("D3921000310001010100")
NUMBER = 0x0001
_HEAD = b"\x01\x1c"
_DIGITS = 28


@dataclass(frozen=True)
class CardNumber:
    """`serial` is the card's (製造番号), not its holder's. `town`: 団体コード, five digits. `expires` is the last day."""

    serial: str
    town: str
    expires: date


def read_number(card: CardConnection) -> CardNumber:
    """Selects the application. Raises NotOurCard when there is none, or no such record in it."""
    files.select_application(card, APPLICATION)
    record = files.read_record(card, NUMBER, 1)
    digits = record[2 : 2 + _DIGITS] if record else b""
    if record is None or record[:2] != _HEAD or len(digits) != _DIGITS or not digits.isdigit():
        raise NotOurCard("no card number")
    text = digits.decode("ascii")
    try:
        expires = datetime.strptime(text[20:], "%Y%m%d").date()
    except ValueError as error:
        raise NotOurCard("a card that ends on no day of the calendar") from error
    return CardNumber(text[:15], text[15:20], expires)
