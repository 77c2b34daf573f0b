"""A move by card: what will be told of it, and how far it is."""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.facts import lay_out

load_kv("move")


class MoveTold(KioskScreen):
    def compose(self) -> None:
        super().compose()
        lay_out(self, self.ids.facts, self.view.shown.facts)


class MoveConfirm(MoveTold):
    stage = "confirm"


class MoveWhere(MoveTold):
    stage = "choice"
