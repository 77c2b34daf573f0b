"""The services' own parts of a visit, by service id."""

from kiosk.session.part import Part
from kiosk.session.parts import copy, pin

PARTS: dict[str, Part] = {"copy": copy.PART, "pin": pin.PART}
