"""Whose record shall stand on the copy?"""

from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.style import Kind
from kiosk.screens.widgets import Press

load_kv("choose_persons")

# More than this stand in two columns.
ONE_COLUMN = 6


class PersonChoiceBox(Press):
    """One member of the household, to be ticked."""

    person = ObjectProperty()
    holder = StringProperty("")
    row = NumericProperty(0)  # least height in mm


class ChoosePersons(KioskScreen):
    stage = "choice"

    def compose(self) -> None:
        super().compose()
        persons = self.view.shown.persons
        few = len(persons) <= ONE_COLUMN
        self.ids.persons.cols = 1 if few else 2
        for person in persons:
            holder = self.here("holder") if person.holder else ""
            box = PersonChoiceBox(person=person, holder=holder, row=30 if few else 22)
            box.action, box.kind = f"persons.{person.number}", Kind.CHOICE
            self.ids.persons.add_widget(box)

    def refresh(self) -> None:
        super().refresh()
        chosen = {f"persons.{person.number}": person.chosen for person in self.view.shown.persons}
        for press in self.presses():
            if press.action in chosen:
                press.chosen = chosen[press.action]
