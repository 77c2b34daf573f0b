"""Choices that are more than one page holds: nothing scrolls, a button turns the page."""

from collections.abc import Sequence
from typing import Any, ClassVar

from kiosk.screens.base import KioskScreen
from kiosk.screens.widgets import Press


class Paged(KioskScreen):
    """Turning the page is the screen's own matter: the visit does not know of it. `ids.more` is the button that turns it."""

    kind: ClassVar[str] = ""  # before the choices' own part in their actions

    @property
    def choices(self) -> Sequence[Any]:
        """All of them, in order; each says whether it is `chosen`."""
        raise NotImplementedError

    @property
    def most(self) -> int:
        """On one page."""
        raise NotImplementedError

    def key(self, choice: Any) -> str:
        """The choice's own part of its action."""
        raise NotImplementedError

    def fill(self, choices: Sequence[Any]) -> None:
        """Puts these on the page, in place of those that are there."""
        raise NotImplementedError

    def compose(self) -> None:
        super().compose()
        self.page = 0
        self._fill()

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.choices) // self.most))

    def action(self, choice: Any) -> str:
        return f"{self.kind}.{self.key(choice)}"

    def _fill(self) -> None:
        self.fill(self.choices[self.page * self.most : (self.page + 1) * self.most])
        self.ids.more.words = self.say("choose_persons.more", page=self.page + 1, pages=self.pages)

    def reveal(self, action: str) -> None:
        place = next((place for place, choice in enumerate(self.choices) if action == self.action(choice)), None)
        if place is not None and place // self.most != self.page:
            self.turn(place // self.most)

    def turn(self, page: int) -> None:
        self.page = page
        self._fill()
        self.refresh()

    def press(self, press: Press) -> None:
        if press.action == self.ids.more.action:
            self.turn((self.page + 1) % self.pages)
        else:
            super().press(press)

    def refresh(self) -> None:
        super().refresh()
        self.ids.more.offer(self.pages > 1)
        chosen = {self.action(choice): choice.chosen for choice in self.choices}
        for press in self.presses():
            if press.action in chosen:
                press.chosen = chosen[press.action]
