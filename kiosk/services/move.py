"""転入転出の特例: the notices of moving out and of moving in with the card, which takes the paper certificate's place (Act 24-2).

One service: which of the two notices is due, the towns know.
"""

from kiosk.services.service import Service
from kiosk.session.states import State

SERVICE = Service(
    id="move",
    law="住民基本台帳法 24条の2",
    middle=(State.MOVE_LOOKING, State.CHOOSE_MOVERS, State.CHOOSE_DAY, State.CHOOSE_TOWN, State.MOVE_CONFIRM, State.MOVE_FILING),
    ends_in_paper=False,
)
