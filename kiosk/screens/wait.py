"""Something is being done: what, and how far along it is."""

from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.pictures import Waiting

load_kv("wait")


class Wait(KioskScreen):
    """For the states that wait for card, network or printer."""

    def compose(self) -> None:
        super().compose()
        self.ids.sign.add_widget(Waiting())


class StepLine(BoxLayout):
    """The line that counts the steps of the waits."""

    screen = ObjectProperty(rebind=True)


class CardWait(Wait):
    """A wait that is one of the counted steps."""

    stage = "card"

    def compose(self) -> None:
        super().compose()
        self.ids.steps.add_widget(StepLine(screen=self))


class PinWait(CardWait):
    stage = "pin"


class ChoiceWait(CardWait):
    stage = "choice"


class ConfirmWait(CardWait):
    stage = "confirm"


class PaperWait(CardWait):
    stage = "paper"
