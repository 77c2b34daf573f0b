"""What residents think of a service under discussion: one choice, one mark."""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.style import Kind
from kiosk.screens.widgets import Push

load_kv("opinion")

USES = ("yes", "maybe", "no")
MARKS = range(1, 6)


class Opinion(KioskScreen):
    stage = "choice"

    def compose(self) -> None:
        super().compose()
        for use in USES:
            self.ids.uses.add_widget(Push(action=f"opinion.{use}", words=self.here(use), kind=Kind.CHOICE))
        for mark in MARKS:
            self.ids.marks.add_widget(Push(action=f"rating.{mark}", words=self.here("mark", number=mark), kind=Kind.CHOICE))

    def refresh(self) -> None:
        super().refresh()
        shown = self.view.shown
        for press in self.presses():
            if press.action.startswith(("opinion.", "rating.")):
                press.chosen = press.action in (f"opinion.{shown.use}", f"rating.{shown.rating}")
