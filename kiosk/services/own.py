"""A town's own services on the card, each by an ordinance of its own (条例利用). Three samples; a town's settings say which it has.

Their areas are those of hardware/card/municipal.py: each its own application, PIN or key, and budget of bytes.
"""

from kiosk.services.service import Service
from kiosk.session.states import State

_LAW = "住民基本台帳法 旧30条の44第12項"

LIBRARY = Service(id="library", law=_LAW, middle=(State.CARD_OFFER, State.CARD_WRITING), ends_in_paper=False)
FACILITY = Service(id="facility", law=_LAW, middle=(State.CARD_OFFER, State.CARD_BOOKINGS, State.CARD_WRITING), ends_in_paper=False)
WELFARE = Service(id="welfare", law=_LAW, middle=(State.CARD_OPENING,), ends_in_paper=False)
