"""The bench's buttons do what they say, beside the screen and not through it."""

from collections.abc import Iterator

import pytest

from hardware.errors import CardMute
from kiosk.screens.gallery import CASES
from kiosk.screens.style import Look
from kiosk.screens.window import Window
from kiosk.session.events import Event
from kiosk.session.states import State


class Diary:
    """Hands that write down what they did; their second card is stuck."""

    cases = ("hanako", "stuck")

    def __init__(self) -> None:
        self.did: list[str] = []

    def insert(self, case: str) -> None:
        if case == "stuck":
            raise CardMute("the card is stuck")
        self.did.append(f"insert {case}")

    def pull(self) -> None:
        self.did.append("pull")

    def take_paper(self) -> None:
        self.did.append("take_paper")

    def paper_out(self) -> None:
        self.did.append("paper_out")

    def refill(self) -> None:
        self.did.append("refill")

    def open_cover(self) -> None:
        self.did.append("open_cover")

    def close_cover(self) -> None:
        self.did.append("close_cover")

    def network_down(self) -> None:
        self.did.append("network_down")

    def network_up(self) -> None:
        self.did.append("network_up")


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def window(told: list[Event]) -> Iterator[Window]:
    window = Window(Look(540, 960, 2.0), told.append, offscreen=True)
    window.show(CASES[State.ATTRACT][0][1])
    yield window
    window.close()


def test_each_button_does_its_deed_and_the_screen_feels_nothing(window: Window, told: list[Event]) -> None:
    from kiosk.bench.panel import DEEDS, Deed, Panel

    hands = Diary()
    panel = Panel(hands)
    window.panel(panel)
    for _ in range(3):
        window.frame()
    for deed in [widget for widget in panel.walk(restrict=True) if isinstance(widget, Deed)]:
        window.touch(*deed.to_window(*deed.center))
    assert hands.did == [*DEEDS, "insert hanako"]
    assert panel.said == "the card is stuck"
    assert told == []


def test_the_screen_keeps_its_size_and_its_buttons(window: Window, told: list[Event]) -> None:
    from kiosk.bench.panel import Panel

    window.panel(Panel(Diary(), language="en"))
    for _ in range(3):
        window.frame()
    assert window.gate.width == window.look.width
    window.tap("attract.start")
    assert len(told) == 1
