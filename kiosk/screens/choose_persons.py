"""Who of the household? Whose record shall stand on the copy, or who moves; the words are the state's."""

from collections.abc import Sequence
from typing import NamedTuple

from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from kiosk.screens.base import load_kv
from kiosk.screens.looking import look
from kiosk.screens.paged import Paged
from kiosk.screens.style import Kind
from kiosk.screens.widgets import PressBox
from kiosk.session.view import PersonChoice

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


class ChoosePersons(Paged):
    stage = "choice"
    kind = "persons"

    @property
    def room(self) -> Room:
        return WIDE if look().wide else UPRIGHT

    @property
    def choices(self) -> Sequence[PersonChoice]:
        persons: Sequence[PersonChoice] = self.view.shown.persons
        return persons

    @property
    def most(self) -> int:
        return self.room.page

    def key(self, choice: PersonChoice) -> str:
        return str(choice.number)

    def fill(self, choices: Sequence[PersonChoice]) -> None:
        few = len(self.choices) <= self.room.column
        self.ids.persons.cols = 1 if few else 2
        self.ids.persons.clear_widgets()
        for person in choices:
            box = PersonChoiceBox(person=person, row=ROW_MM if few else NARROW_ROW_MM)
            box.holder = self.say("choose_persons.holder") if person.holder else ""
            box.action, box.kind = self.action(person), Kind.CHOICE
            self.ids.persons.add_widget(box)
