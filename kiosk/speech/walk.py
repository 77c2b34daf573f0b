"""The items of a screen, and the one that has the focus."""

from collections.abc import Callable

from kiosk.speech.line import Item, Line

# A press that comes when all else is done takes the focus: nobody should have to look for it.
COMES_LAST = "pin.done"


class Walk:
    def __init__(self) -> None:
        self.items: tuple[Item, ...] = ()
        self.focus: Item | None = None

    @property
    def action(self) -> str:
        """What select presses."""
        return self.focus.action if self.focus is not None else ""

    def begin(self, items: tuple[Item, ...]) -> None:
        """Another screen: nothing has the focus."""
        self.items, self.focus = items, None

    def renew(self, items: tuple[Item, ...]) -> list[Line]:
        """The same screen: the focus stays where it was. Says which lines are new."""
        former, self.items = self.items, items
        if self.focus is not None:
            focus = self.focus
            same = (item for item in items if (item.action == focus.action if focus.action else item.line == focus.line))
            self.focus = next(same, None)
        if not any(item.action == COMES_LAST for item in former):
            self.focus = self.find(COMES_LAST) or self.focus
        known = {item.line for item in former}
        return [item.line for item in items if item.line not in known]

    def step(self, step: int, stops_at: Callable[[Item], bool]) -> Item | None:
        """To the next (1) or former (-1) place to stop at, in a ring; None where there is none."""
        stops = [item for item in self.items if stops_at(item)]
        if stops:
            place = stops.index(self.focus) if self.focus in stops else -1 if step > 0 else 0
            self.focus = stops[(place + step) % len(stops)]
        return self.focus if stops else None

    def first(self) -> Item | None:
        """To the first that can be pressed."""
        self.focus = next((item for item in self.items if item.action), None)
        return self.focus

    def numbered(self, number: int) -> Item | None:
        """To the choice of that key."""
        found = next((item for item in self.items if item.number == number != 0), None)
        self.focus = found or self.focus
        return found

    def find(self, action: str) -> Item | None:
        return next((item for item in self.items if item.action == action), None)
