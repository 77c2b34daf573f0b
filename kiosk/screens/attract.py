"""The screen that waits: what can be had here, when, and what to bring; in any language."""

from kivy.metrics import mm

from kiosk.screens.base import EaseOpener, InfoOpener, KioskScreen, Opener, load_kv
from kiosk.screens.layers import language_buttons
from kiosk.screens.looking import look
from kiosk.screens.widgets import Text

load_kv("attract")

LANGUAGE_MM = 18
LARGE = 3  # more services than these stand in smaller type


class Attract(KioskScreen):
    """The first touch anywhere only starts: nobody orders anything by leaning on the glass."""

    anywhere = "attract.start"

    def compose(self) -> None:
        services = self.view.shown.services
        size = look().type.lead if len(services) <= LARGE else look().type.body
        for service in services:
            self.ids.services.add_widget(Text(words=self.say(f"service.{service}.name"), font_size=size, bold=True))
        for push in language_buttons(self):
            push.height, push.font_size = mm(LANGUAGE_MM), look().type.body
            self.ids.languages.add_widget(push)
        super().compose()

    def openers(self) -> tuple[Opener, ...]:
        """In the place of the languages, what can be read about the network."""
        return InfoOpener(words=self.say("frame.info")), EaseOpener(words=self.say("frame.ease"))

    @property
    def local(self) -> frozenset[str]:
        """The languages lie open here."""
        return super().local - {"open.language"}
