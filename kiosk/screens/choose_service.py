"""What shall it be?"""

from kivy.properties import BooleanProperty

from kiosk.screens.base import InfoOpener, KioskScreen, Opener, load_kv
from kiosk.screens.looking import look
from kiosk.screens.style import Kind
from kiosk.screens.widgets import PressBox, Text

load_kv("choose_service")

# More services than these have room for their names only; on a panel that lies, fewer.
WITH_TEXT, WITH_TEXT_LYING = 3, 2


class ServiceChoice(PressBox):
    """A large button with the service's name and what it is. `close`: one of many."""

    close = BooleanProperty(False)


class ChooseService(KioskScreen):
    def openers(self) -> tuple[Opener, ...]:
        """What can be read about the network, too, where there is room; else it is the screen before that offers it."""
        usual = super().openers()
        return usual if look().wide or look().fit < 1 else (*usual, InfoOpener(words=self.say("frame.info")))

    def compose(self) -> None:
        super().compose()
        shown = self.view.shown
        self.few = len(shown.services) + len(shown.discussed) <= (WITH_TEXT_LYING if look().wide else WITH_TEXT)
        for service in shown.services:
            self._offer(service, Kind.CHOICE, self.say(f"service.{service}.text") if self.few else "")
        for service in shown.discussed:
            self._offer(service, Kind.PLAIN, self.say("service.discussed"))

    def _offer(self, service: str, kind: Kind, text: str) -> None:
        choice = ServiceChoice(action=f"service.{service}", kind=kind, close=not self.few)
        size = self.ids.title.font_size if self.few else look().type.lead
        choice.add_widget(Text(words=self.say(f"service.{service}.name"), font_size=size, bold=True))
        if text:
            choice.add_widget(Text(words=text))
        self.ids.services.add_widget(choice)
