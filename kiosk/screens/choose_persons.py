"""Whose record shall stand on the copy?"""

from kivy.properties import ObjectProperty

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.style import Kind
from kiosk.screens.widgets import Press

load_kv("choose_persons")

# More than this stand in two columns.
ONE_COLUMN = 6


class PersonChoiceBox(Press):
    """One member of the household, to be ticked."""

    person = ObjectProperty()
    holder = ObjectProperty("")


class ChoosePersons(KioskScreen):
    stage = "choice"

    def compose(self) -> None:
        super().compose()
        persons = self.view.shown.persons
        self.ids.persons.cols = 1 if len(persons) <= ONE_COLUMN else 2
        for person in persons:
            holder = self.here("holder") if person.holder else ""
            self.ids.persons.add_widget(PersonChoiceBox(person=person, holder=holder, action=f"persons.{person.number}", kind=Kind.CHOICE))

    def refresh(self) -> None:
        super().refresh()
        chosen = {f"persons.{person.number}": person.chosen for person in self.view.shown.persons}
        for press in self.presses():
            if press.action in chosen:
                press.chosen = chosen[press.action]
