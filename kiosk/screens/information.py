"""What the network is and what can be had of it, topic by topic, before anything is asked for."""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.style import Kind
from kiosk.screens.widgets import Push
from kiosk.session.topics import TOPICS

load_kv("information")


class Information(KioskScreen):
    def compose(self) -> None:
        super().compose()
        for topic in TOPICS:
            self.ids.topics.add_widget(Push(action=f"info.{topic}", words=self.say(f"info.{topic}.title"), kind=Kind.CHOICE))

    def refresh(self) -> None:
        super().refresh()
        for press in self.presses():
            if press.action.startswith("info."):
                press.chosen = press.action == f"info.{self.view.shown.topic}"

    def called(self, name: str) -> str:
        return self.say(name) if name else ""
