"""Another PIN for the card's user authentication certificate, for whoever knows the present one; others have it set anew at a counter."""

from kiosk.services.service import Service
from kiosk.session.states import State

SERVICE = Service(
    id="pin",
    law="電子署名等に係る地方公共団体情報システム機構の認証業務に関する法律",
    middle=(State.NEW_PIN, State.NEW_PIN_AGAIN, State.CHANGING_PIN),
    ends_in_paper=False,
)
