"""The PIN: which one, how many digits, how many tries."""

from random import SystemRandom

from kivy.properties import NumericProperty
from kivy.uix.widget import Widget

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.style import Kind
from kiosk.screens.widgets import Push

load_kv("enter_pin")

# As on a telephone (ISO 9564-1: 1 at the top left).
KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "erase", "0", "done")


def shuffled(keys: tuple[str, ...]) -> list[str]:
    """The digits in another order, each time; the other keys where they were."""
    digits = [key for key in keys if key.isdigit()]
    SystemRandom().shuffle(digits)
    return [digits.pop() if key.isdigit() else key for key in keys]


class Dots(Widget):
    """One place a digit, filled when it was entered. The digits themselves never come here."""

    entered = NumericProperty(0)
    length = NumericProperty(4)


class EnterPin(KioskScreen):
    """All digits look the same when pressed: an onlooker learns nothing from the screen."""

    stage = "pin"

    def compose(self) -> None:
        super().compose()
        for key in shuffled(KEYS) if self.view.ease.shuffle else KEYS:
            digit = key.isdigit()
            self.ids.pad.add_widget(
                Push(
                    action=f"pin.{key}",
                    words=key if digit else self.say(f"enter_pin.{key}"),
                    kind=Kind.MAIN if key == "done" else Kind.KEY,
                    repeats=key != "done",
                    font_size=self.ids.title.font_size if digit else self.ids.lead.font_size,
                    size_hint_y=1,
                )
            )

    def warning(self) -> str:
        """What must be said about tries, "" when nothing."""
        shown = self.view.shown
        if shown.differ:
            return self.here("differ")
        if shown.tries_left is None:
            return self.here("wrong") if shown.wrong else ""
        if shown.tries_left == 1:
            return self.here("last.wrong" if shown.wrong else "last")
        return self.here("tries.wrong" if shown.wrong else "tries", tries=shown.tries_left)

    def refresh(self) -> None:
        super().refresh()
        self.ids.warning.words = self.warning()
