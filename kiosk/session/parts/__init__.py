"""The services' own parts of a visit, by service id."""

from kiosk.session.part import Part
from kiosk.session.parts import card_service, copy, disclosure, move, opinion, pin

PARTS: dict[str, Part] = {
    "copy": copy.PART,
    "pin": pin.PART,
    "move": move.PART,
    "disclosure": disclosure.PART,
    "library": card_service.PART,
    "facility": card_service.PART,
    "welfare": card_service.PART,
    "opinion": opinion.PART,
}
