"""What was asked for has been done: what, and the number to name when asking about it."""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.facts import lay_out

load_kv("done")


class ServiceDone(KioskScreen):
    def compose(self) -> None:
        super().compose()
        lay_out(self, self.ids.facts, self.view.shown.facts)
        if not self.view.shown.facts:
            self.ids.facts.parent.remove_widget(self.ids.facts)

    def key(self, part: str) -> str:
        return f"done.{self.view.shown.service}.{self.view.shown.result}.{part}"
