"""The card goes here."""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.pictures import CardSlot, CardTurn

load_kv("insert_card")


class InsertCard(KioskScreen):
    """A picture of this terminal's slot: the card on its way in, or out when there is one too many; the card to be turned when it lies in
    the slot and does not answer."""

    stage = "card"

    def refresh(self) -> None:
        super().refresh()
        self.ids.picture.clear_widgets()
        self.ids.picture.add_widget(CardTurn() if self.view.shown.turned else CardSlot(inward=not self.view.shown.several))
