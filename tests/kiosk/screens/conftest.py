"""A window without a display, and what it told."""

from collections.abc import Callable, Iterator

import pytest

from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.session.events import Event

# Half the pixels of the terminal's screen for the same millimetres: four times as fast.
SMALL = Look(width=540, height=960, pixels_per_mm=2.0)


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def open_window(told: list[Event]) -> Iterator[Callable[..., Window]]:
    """Opens windows that tell into `told`, and takes them down again."""
    opened: list[Window] = []

    def open_one(look: Look = SMALL, **others: object) -> Window:
        for former in opened:
            former.close()
        opened[:] = [Window(look, told.append, offscreen=True, **others)]  # type: ignore[arg-type]
        return opened[0]

    yield open_one
    for window in opened:
        window.close()


@pytest.fixture
def window(open_window: Callable[..., Window]) -> Window:
    return open_window()
