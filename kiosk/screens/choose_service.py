"""What shall it be?"""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.style import Kind
from kiosk.screens.widgets import PressBox, Text

load_kv("choose_service")


class ServiceChoice(PressBox):
    """A large button with the service's name and what it is."""


class ChooseService(KioskScreen):
    def compose(self) -> None:
        super().compose()
        for service in self.view.shown.services:
            choice = ServiceChoice(action=f"service.{service}", kind=Kind.CHOICE)
            choice.add_widget(Text(words=self.say(f"service.{service}.name"), font_size=self.ids.title.font_size, bold=True))
            choice.add_widget(Text(words=self.say(f"service.{service}.text")))
            self.ids.services.add_widget(choice)
