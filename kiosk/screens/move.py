"""A move by card: what will be told of it, and how far it is."""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.facts import fact
from kiosk.screens.widgets import Rule

load_kv("move")


class MoveTold(KioskScreen):
    def compose(self) -> None:
        super().compose()
        for place, (name, words) in enumerate(self.view.shown.facts):
            if place:
                self.ids.facts.add_widget(Rule())
            self.ids.facts.add_widget(fact(self, name, words))


class MoveConfirm(MoveTold):
    stage = "confirm"


class MoveWhere(MoveTold):
    stage = "choice"
