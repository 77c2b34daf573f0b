"""Card out before paper: people forget the card once they hold what they came for."""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.pictures import CardSlot

load_kv("take_card")


class CardBack(KioskScreen):
    """For `take_card_back` and `card_left` too: the same picture, other words."""

    def compose(self) -> None:
        super().compose()
        self.ids.picture.add_widget(CardSlot(inward=False))

    def refresh(self) -> None:
        super().refresh()
        self.ids.reminder.words = self.say("take_card.reminder") if self.view.shown.chimes else ""


class TakeCard(CardBack):
    stage = "paper"
