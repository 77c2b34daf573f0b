"""To which town? From the list of towns that there are; where they are many, by prefecture first."""

from collections.abc import Sequence

from kiosk.screens.base import load_kv
from kiosk.screens.looking import look
from kiosk.screens.paged import Paged
from kiosk.screens.style import Kind
from kiosk.screens.widgets import Push
from kiosk.session.view import TownChoice

load_kv("choose_town")

# On one page, in two columns: nothing scrolls.
UPRIGHT, WIDE = 12, 8


class ChooseTown(Paged):
    stage = "choice"
    kind = "town"

    def compose(self) -> None:
        super().compose()
        chosen = next((town for town in self.choices if town.chosen), None)
        if chosen is not None:
            self.reveal(self.action(chosen))

    @property
    def choices(self) -> Sequence[TownChoice]:
        towns: Sequence[TownChoice] = self.view.shown.towns
        return towns

    @property
    def most(self) -> int:
        return WIDE if look().wide else UPRIGHT

    def key(self, choice: TownChoice) -> str:
        return choice.code

    def heading(self) -> str:
        return self.here("title" if self.view.shown.of_towns else "prefecture")

    def fill(self, choices: Sequence[TownChoice]) -> None:
        self.ids.towns.clear_widgets()
        for town in choices:
            self.ids.towns.add_widget(Push(action=self.action(town), words=town.name, kind=Kind.CHOICE, font_size=look().type.body))
