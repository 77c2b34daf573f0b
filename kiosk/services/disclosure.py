"""Who looked at my record: from the home town's log, and from whoever keeps the identities that administrative bodies ask for."""

from kiosk.services.service import Service
from kiosk.session.states import State

SERVICE = Service(id="disclosure", law="個人情報の保護に関する法律76条", middle=(State.LOOKING, State.LOOKS))
