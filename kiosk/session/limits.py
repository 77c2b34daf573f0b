"""All time limits of a visit, each with its reason; those of a service's own states stand with it. Tests pass another table."""

from kiosk.session.limit import Limit
from kiosk.session.parts import PARTS
from kiosk.session.states import State

# EN 301 549 and WCAG 2.2.1: at least 20 s to extend by a simple act; VVSG 2.0: an alert of 20-45 s. The longer end.
WARNING_SECONDS = 45

_FRAME: dict[State, Limit | None] = {
    # The printer and the node are asked about each unsettled visit; longer than this is for staff.
    State.RECOVERING: Limit(60),
    State.ATTRACT: None,
    State.CLOSED: None,
    State.OUT_OF_SERVICE: None,
    # No personal data on these: the idle time of a walk-up terminal.
    State.CHOOSE_SERVICE: Limit(60, warns=True),
    State.INFORMATION: Limit(120, warns=True),  # somebody reads
    State.INSERT_CARD: Limit(60, warns=True),
    # Certificates are read in well under a second; a card that takes ten is broken or badly placed.
    State.READING: Limit(10),
    # The PIN pad is shown no longer than somebody stands there.
    State.ENTER_PIN: Limit(30, warns=True),
    # One question to the node, VERIFY, one RSA signature by the card (about 0.6 s).
    State.PROVING: Limit(15),
    # Forgotten cards are noticed within some 10 s when it chimes; after 30 s the next person stands there.
    State.TAKE_CARD: Limit(30, chimes=(5, 15, 25)),
    # The driver has time limits of its own for each band; this one only ends a driver that hangs.
    State.PRINTING: Limit(300),
    State.PRINT_FAILED: Limit(60),
    State.TAKE_PAPER: Limit(45, chimes=(5, 15, 25, 35)),
    State.RECEIPT: Limit(10),
    State.DONE: Limit(60, warns=True),
    State.REFUSED: Limit(60, warns=True),
    State.NOT_TODAY: Limit(60, warns=True),
    State.STOPPING: Limit(20),
    State.TAKE_CARD_BACK: Limit(30, chimes=(5, 15, 25)),
    State.CARD_LEFT: Limit(30, chimes=(5, 15, 25)),
    State.PAPER_LEFT: Limit(30, chimes=(5, 15, 25)),
    State.GOODBYE: Limit(5),
    # Staff who walk away must not leave the cabinet's screens open.
    State.VENDOR_MODE: Limit(120),
}

LIMITS: dict[State, Limit | None] = {**_FRAME, **{state: limit for part in PARTS.values() for state, limit in part.limits.items()}}

# A printer that cannot see its paper: long enough to take it, short enough for the next in line.
PAPER_WITHOUT_SENSOR = 10.0
