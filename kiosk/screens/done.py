"""What was asked for has been done: what, and the number to name when asking about it."""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.facts import fact
from kiosk.screens.widgets import Rule

load_kv("done")


class ServiceDone(KioskScreen):
    def compose(self) -> None:
        super().compose()
        for place, (name, words) in enumerate(self.view.shown.facts):
            if place:
                self.ids.facts.add_widget(Rule())
            self.ids.facts.add_widget(fact(self, name, words))
        if not self.view.shown.facts:
            self.ids.facts.parent.remove_widget(self.ids.facts)

    def key(self, part: str) -> str:
        return f"done.{self.view.shown.service}.{self.view.shown.result}.{part}"
