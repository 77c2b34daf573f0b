"""The screen that waits: what can be had here, when, and what to bring."""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.widgets import Area, Text

load_kv("attract")


class ServiceOffer(Area):
    """One service by name, and what it is."""


class Attract(KioskScreen):
    """The first touch anywhere only starts: nobody orders anything by leaning on the glass."""

    anywhere = "attract.start"

    def compose(self) -> None:
        super().compose()
        for service in self.view.shown.services:
            offer = ServiceOffer()
            offer.add_widget(Text(words=self.say(f"service.{service}.name"), font_size=self.ids.lead.font_size, bold=True))
            offer.add_widget(Text(words=self.say(f"service.{service}.text")))
            self.ids.services.add_widget(offer)
