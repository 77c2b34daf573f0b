"""To which town? From the list of towns that there are; where they are many, by prefecture first."""

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.looking import look
from kiosk.screens.style import Kind
from kiosk.screens.widgets import Press, Push

load_kv("choose_town")

# On one page, in two columns: nothing scrolls.
UPRIGHT, WIDE = 12, 8


class ChooseTown(KioskScreen):
    """Turning the page is the screen's own matter: the visit does not know of it."""

    stage = "choice"

    def compose(self) -> None:
        super().compose()
        self.room = WIDE if look().wide else UPRIGHT
        chosen = next((place for place, town in enumerate(self.view.shown.towns) if town.chosen), 0)
        self.page = chosen // self.room
        self._fill()

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.view.shown.towns) // self.room))

    def heading(self) -> str:
        return self.here("title" if self.view.shown.of_towns else "prefecture")

    def _fill(self) -> None:
        self.ids.towns.clear_widgets()
        for town in self.view.shown.towns[self.page * self.room : (self.page + 1) * self.room]:
            push = Push(action=f"town.{town.code}", words=town.name, kind=Kind.CHOICE, font_size=look().type.body)
            self.ids.towns.add_widget(push)
        self.ids.more.words = self.say("choose_persons.more", page=self.page + 1, pages=self.pages)

    def reveal(self, action: str) -> None:
        place = next((place for place, town in enumerate(self.view.shown.towns) if action == f"town.{town.code}"), None)
        if place is not None and place // self.room != self.page:
            self._turn(place // self.room)

    def _turn(self, page: int) -> None:
        self.page = page
        self._fill()
        self.refresh()

    def press(self, press: Press) -> None:
        if press.action == "towns.more":
            self._turn((self.page + 1) % self.pages)
        else:
            super().press(press)

    def refresh(self) -> None:
        super().refresh()
        self.ids.more.offer(self.pages > 1)
        chosen = {f"town.{town.code}": town.chosen for town in self.view.shown.towns}
        for press in self.presses():
            if press.action in chosen:
                press.chosen = chosen[press.action]
