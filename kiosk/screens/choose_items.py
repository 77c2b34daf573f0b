"""What may be left out: items that stand on the copy only when asked for."""

from kivy.properties import StringProperty

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.style import Kind
from kiosk.screens.widgets import PressBox

load_kv("choose_items")


class ItemBox(PressBox):
    """One item, to be ticked, and what it is for."""

    name = StringProperty("")
    what = StringProperty("")


class ChooseItems(KioskScreen):
    """Nothing is ticked at first: the less stands on a copy, the better (Basic Resident Registration Act, art. 12-4 (4))."""

    stage = "choice"

    def compose(self) -> None:
        super().compose()
        for choice in self.view.shown.items:
            self.ids.boxes.add_widget(
                ItemBox(
                    action=f"items.{choice.item}",
                    kind=Kind.CHOICE,
                    name=self.say(f"item.{choice.item}"),
                    what=self.say(f"item.{choice.item}.what"),
                )
            )

    def refresh(self) -> None:
        super().refresh()
        chosen = {f"items.{choice.item}": choice.chosen for choice in self.view.shown.items}
        for press in self.presses():
            if press.action in chosen:
                press.chosen = chosen[press.action]
