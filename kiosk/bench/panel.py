"""A plain panel beside the screen: one button for each thing that hands can do to the simulated devices.

It is no part of the terminal: it lies outside the screen's glass, has its own buttons, and only the bench has it.
"""

from collections.abc import Callable
from functools import partial
from importlib.resources import as_file, files

from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label

from hardware.errors import HardwareError
from kiosk.bench.hands import Hands
from kiosk.words import LANGUAGES, Words

DEEDS = ("pull", "take_paper", "paper_out", "refill", "open_cover", "close_cover", "network_down", "network_up")


class Deed(ButtonBehavior, Label):
    """One thing to do."""

    do = ObjectProperty()

    def on_release(self) -> None:
        self.do()


class Panel(BoxLayout):
    """`said` is what went wrong with the last thing done, "" when nothing did."""

    title = StringProperty("")
    cards = StringProperty("")
    said = StringProperty("")

    def __init__(self, hands: Hands, language: str = LANGUAGES[0]) -> None:
        with as_file(files("kiosk.bench").joinpath("panel.kv")) as path:
            if str(path) not in Builder.files:
                Builder.load_file(str(path))
        words = Words(language)
        super().__init__(title=words.text("bench.title"), cards=words.text("bench.cards"))
        for name in DEEDS:
            deed: Callable[[], None] = getattr(hands, name)
            self.ids.deeds.add_widget(Deed(text=words.text(f"bench.{name}"), do=partial(self._do, deed)))
        for case in hands.cases:
            self.ids.cases.add_widget(Deed(text=case, do=partial(self._do, partial(hands.insert, case))))

    def _do(self, deed: Callable[[], None]) -> None:
        try:
            deed()
        except HardwareError as error:
            self.said = str(error)
        else:
            self.said = ""
