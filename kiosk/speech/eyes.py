"""What the window does for who works it by keys."""

from typing import Protocol


class Eyes(Protocol):
    def focus(self, action: str) -> None:
        """The ring goes round what has this action; "" takes it away."""

    def lay(self, layer: str) -> None:
        """Opens a layer over the screen; "" closes it."""

    def blank(self, dark: bool) -> None:
        """A dark screen under which the visit goes on."""


class NoEyes:
    """A terminal without a window."""

    def focus(self, action: str) -> None: ...

    def lay(self, layer: str) -> None: ...

    def blank(self, dark: bool) -> None: ...
