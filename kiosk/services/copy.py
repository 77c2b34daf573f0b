"""広域交付: a certified copy of the resident record, for self or members of the household, at any town's kiosk (art. 12-4).

本籍 and 筆頭者 never stand on it, and the items 世帯主・続柄, 個人番号 and 住民票コード only when asked for.
"""

from kiosk.services.service import Service
from kiosk.session.states import State

SERVICE = Service(
    id="copy",
    law="住民基本台帳法 12条の4",
    middle=(State.ASKING, State.CHOOSE_PERSONS, State.CHOOSE_ITEMS, State.CHOOSE_COPIES, State.PREPARING),
)
