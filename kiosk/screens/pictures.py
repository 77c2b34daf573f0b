"""Drawings of the terminal's slots and signs, in canvas instructions: sharp on every screen, and right in every theme."""

from typing import ClassVar

from kivy.clock import Clock
from kivy.properties import BooleanProperty, NumericProperty
from kivy.uix.widget import Widget

from kiosk.screens.base import load_kv

load_kv("pictures")


class CardSlot(Widget):
    """The card before the slot: on its way in, or out."""

    inward = BooleanProperty(True)


class CardTurn(Widget):
    """The card with its chip, and the way to turn it."""


class PaperMouth(Widget):
    """The paper coming out, `length` pixels of it in the end; `grown` from 0 to 1."""

    length = NumericProperty(0.0)
    grown = NumericProperty(1.0)
    take = BooleanProperty(False)


class Waiting(Widget):
    """Eight dots, one of them lit and moving on, while it is on the screen."""

    DOTS: ClassVar[int] = 8
    STEP_SECONDS: ClassVar[float] = 0.25
    lit = NumericProperty(0)

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self._clock = Clock.schedule_interval(self._step, self.STEP_SECONDS)

    def stand(self) -> None:
        """As at first, for good."""
        self._clock.cancel()
        self.lit = 0

    def _step(self, _: float) -> bool:
        self.lit = (self.lit + 1) % self.DOTS
        return self.get_parent_window() is not None  # False ends it


class Sign(Widget):
    """An exclamation mark in a circle: something went another way. Beside words, never instead of them."""


class Done(Widget):
    """A tick in a circle: all went well."""


class Progress(Widget):
    """`number` of `of` parts of a wait are done or under way."""

    number = NumericProperty(0)
    of = NumericProperty(1)
