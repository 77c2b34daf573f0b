"""Who of the household? Whose record shall stand on the copy, or who moves; the words are the state's."""

from typing import NamedTuple

from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.looking import look
from kiosk.screens.style import Kind
from kiosk.screens.widgets import Press, PressBox

load_kv("choose_persons")

ROW_MM, NARROW_ROW_MM = 30, 22


class Room(NamedTuple):
    """More persons than `column` stand in two columns, more than `page` on another page: nothing scrolls."""

    column: int
    page: int


UPRIGHT, WIDE = Room(6, 10), Room(3, 6)


class PersonChoiceBox(PressBox):
    """One member of the household, to be ticked."""

    person = ObjectProperty()
    holder = StringProperty("")
    row = NumericProperty(0)  # least height in mm


class ChoosePersons(KioskScreen):
    """Turning the page is the screen's own matter: the visit does not know of it."""

    stage = "choice"

    def compose(self) -> None:
        super().compose()
        self.room = WIDE if look().wide else UPRIGHT
        self.page = 0
        self._fill()

    @property
    def pages(self) -> int:
        return -(-len(self.view.shown.persons) // self.room.page)

    def _fill(self) -> None:
        persons = self.view.shown.persons
        few = len(persons) <= self.room.column
        self.ids.persons.cols = 1 if few else 2
        self.ids.persons.clear_widgets()
        for person in persons[self.page * self.room.page : (self.page + 1) * self.room.page]:
            box = PersonChoiceBox(person=person, row=ROW_MM if few else NARROW_ROW_MM)
            box.holder = self.say("choose_persons.holder") if person.holder else ""
            box.action, box.kind = f"persons.{person.number}", Kind.CHOICE
            self.ids.persons.add_widget(box)
        self.ids.more.words = self.say("choose_persons.more", page=self.page + 1, pages=self.pages)

    def reveal(self, action: str) -> None:
        places = (place for place, person in enumerate(self.view.shown.persons) if action == f"persons.{person.number}")
        page = next(places, self.page * self.room.page) // self.room.page
        if page != self.page:
            self._turn(page)

    def _turn(self, page: int) -> None:
        self.page = page
        self._fill()
        self.refresh()

    def press(self, press: Press) -> None:
        if press.action == "persons.more":
            self._turn((self.page + 1) % self.pages)
        else:
            super().press(press)

    def refresh(self) -> None:
        super().refresh()
        self.ids.more.offer(self.pages > 1)
        chosen = {f"persons.{person.number}": person.chosen for person in self.view.shown.persons}
        for press in self.presses():
            if press.action in chosen:
                press.chosen = chosen[press.action]
