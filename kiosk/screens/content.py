"""The part of a screen that is its own: one column, or two on a panel that lies.

A `Fold` parts what is read from what is pressed. A `Space` is what may be left over; `below` what can be pressed it goes when the resident
wants the buttons low, so that they sink.
"""

from kivy.properties import BooleanProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from kiosk.screens.style import Look


class Space(Widget):
    below = BooleanProperty(False)


class Fold(Widget):
    """Stands for no place of its own."""


class Column(BoxLayout):
    """Half of a wide screen."""


class Content(BoxLayout):
    def arrange(self, look: Look) -> None:
        """Once, when all children are there."""
        if look.ease.low:
            for child in [child for child in self.children if isinstance(child, Space) and child.below]:
                self.remove_widget(child)
        fold = next((child for child in self.children if isinstance(child, Fold)), None)
        if fold is None:
            return
        if look.wide:
            self._part(self.children.index(fold))
        else:
            self.remove_widget(fold)

    def _part(self, right: int) -> None:
        children = list(self.children)  # last first
        self.clear_widgets()
        for part in (children[:right], children[right + 1 :]):
            column = Column(spacing=self.spacing)
            for child in reversed(part):
                column.add_widget(child)
            if not any(isinstance(child, Space) for child in part):
                column.add_widget(Space())  # so that it begins at the top
            self.add_widget(column, index=len(self.children))
        self.orientation = "horizontal"
