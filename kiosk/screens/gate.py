"""What stands between the fingers and the screen: it holds the one screen alive, and decides which touches reach it."""

from collections.abc import Callable

from kivy.input import MotionEvent
from kivy.uix.floatlayout import FloatLayout
from kivy.uix.widget import Widget

from kiosk.screens.base import KioskScreen
from kiosk.screens.focus import Dark, FocusRing
from kiosk.screens.layers import LAYERS, EaseLayer, Layer
from kiosk.screens.warning import StillThere
from kiosk.screens.widgets import Lines, Press
from kiosk.session.events import Event
from kiosk.session.layers import BEHIND
from kiosk.session.view import View
from kiosk.words import Words


class Gate(FloatLayout):
    """A new screen takes no touch until every finger has been up: the press that brought it must not press what appears under it.

    Only what a finger can do counts: other mouse buttons and the wheel are swallowed. A touch that meets no button is the action
    `anywhere` of the screen, if it has one.
    """

    def __init__(self, **properties: object) -> None:
        super().__init__(**properties)
        self.screen: KioskScreen | None = None
        self.layer: Layer | None = None
        self.warning: StillThere | None = None
        self._fingers: set[object] = set()
        self._shut = False
        self.touched: Callable[[], None] = lambda: None
        self._focused = ""
        self._ring: FocusRing | None = None
        self._dark: Dark | None = None

    def mount(self, screen: KioskScreen) -> None:
        for lines in [widget for widget in self.walk(restrict=True) if isinstance(widget, Lines)]:
            lines.wipe()
        self.clear_widgets()
        self.layer = self.warning = None
        self.screen = screen
        screen.opens = self.open
        self.add_widget(screen)
        self._shut = bool(self._fingers)
        self._cover()

    def open(self, layer: str) -> None:
        """Lays it over the screen."""
        assert self.screen is not None
        self.layer = LAYERS[layer](self.screen.view, self.screen.words, self.screen.tell, self.close)
        self.add_widget(self.layer)
        self._shut = bool(self._fingers)
        self._cover()

    def close(self) -> None:
        if self.layer is not None:
            self.remove_widget(self.layer)
            self.layer = None
            self._shut = bool(self._fingers)

    def renew(self, view: View) -> None:
        """What the same screen shows now."""
        assert self.screen is not None
        self.screen.view = view
        if self.layer is not None:
            self.layer.view = view

    def overflows(self) -> bool:
        return any(board.overflows() for board in (self.screen, self.layer) if board is not None)

    def layer_after(self, same_screen: bool) -> str:
        """What must lie over the next screen, too: who tries out sizes and colours wants to go on with that."""
        return "open.ease" if same_screen and isinstance(self.layer, EaseLayer) else ""

    def opener(self, action: str) -> str:
        """The action that opens the layer on which `action` lies; "" when it lies on the screen."""
        return next((opener for beginning, opener in BEHIND.items() if action.startswith(beginning)), "")

    def warn(self, view: View, words: Words, tell: Callable[[Event], None]) -> None:
        """The warning lies over the screen and takes its touches, as long as the view counts down."""
        if self.warning is not None and view.countdown is not None:
            self.warning.view = view
        elif self.warning is not None:
            self.remove_widget(self.warning)
            self.warning = None
            self._shut = bool(self._fingers)
        elif view.countdown is not None:
            self.warning = StillThere(view, words, tell)
            self.add_widget(self.warning)
            self._shut = bool(self._fingers)
            self._cover()

    def focus(self, action: str) -> None:
        """The ring goes round what has this action, and is nowhere while that cannot be pressed."""
        self._focused = action
        if self.screen is not None and action:
            self.screen.reveal(action)
        self._cover()

    def blank(self, dark: bool) -> None:
        """Nothing is seen and no finger does anything; keys and the visit go on."""
        self._dark = (self._dark or Dark()) if dark else None
        self._cover()

    def _cover(self) -> None:
        """Ring and dark lie over whatever else does."""
        for widget in [child for child in self.children if isinstance(child, FocusRing | Dark)]:
            self.remove_widget(widget)
        if self._ring is not None:
            self._ring.leave()
        press = next((press for press in self.presses() if press.action == self._focused), None)
        self._ring = FocusRing(press) if press is not None else None
        for cover in (self._ring, self._dark):
            if cover is not None:
                self.add_widget(cover)

    def presses(self) -> list[Press]:
        """What can be pressed now: shown, offered, and not under the warning."""
        top: Widget | None = self.warning or self.layer or self.screen
        found = [] if top is None else [widget for widget in top.walk(restrict=True) if isinstance(widget, Press)]
        return [press for press in found if press.action and not press.disabled]

    def on_touch_down(self, touch: MotionEvent) -> bool:
        self._fingers.add(touch.uid)
        self.touched()
        if self._shut or self._dark is not None or not is_finger(touch):
            return True
        over = self.warning or self.layer
        if over is not None:
            over.dispatch("on_touch_down", touch)
            return True
        if not super().on_touch_down(touch) and self.screen is not None and self.screen.anywhere:
            touch.ud["anywhere"] = self.screen
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        return self._shut or bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: MotionEvent) -> bool:
        self._fingers.discard(touch.uid)
        was_shut, self._shut = self._shut, self._shut and bool(self._fingers)
        if was_shut:
            return True
        super().on_touch_up(touch)
        screen = touch.ud.get("anywhere")
        if self.screen is not None and screen is self.screen:
            self.screen.act(self.screen.anywhere)
        return True


def is_finger(touch: MotionEvent) -> bool:
    return "button" not in touch.profile or touch.button == "left"
