"""Kivy's window, loop and input, behind the few calls that `Window` makes. Importing this opens the window."""

import logging
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from kivy.base import EventLoop, ExceptionHandler, ExceptionManager
from kivy.clock import Clock
from kivy.config import Config
from kivy.core.window import Window as KivyWindow
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glFinish, glReadPixels
from kivy.input.factory import MotionEventFactory
from kivy.input.motionevent import MotionEvent
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget
from PIL import Image

from kiosk.screens.opening import FRAMES_PER_SECOND
from kiosk.screens.style import Look

# How often Kivy's triggers set each other off until all is in place: lines are broken, texts get their height, then boxes theirs.
# A person's box in a grid in a column takes ten. Kivy allows 20 a frame; a screen that is tried in all four sizes needs four times as many.
LAYOUT_ROUNDS = 14
MOST_ROUNDS = 80

EventLoop.ensure_window()


class Touch(MotionEvent):
    """A finger that a script puts down. `sx`, `sy`: place in the window, 0 to 1."""

    _numbers: ClassVar["count[int]"] = count(1)

    def __init__(self, sx: float, sy: float, button: str = "") -> None:
        super().__init__("script", next(self._numbers), {"sx": sx, "sy": sy, "button": button}, is_touch=True, type_id="touch")

    def depack(self, args: dict[str, Any]) -> None:
        self.sx, self.sy = args["sx"], args["sy"]
        self.profile = ["pos"]
        if args["button"]:
            self.profile.append("button")
            self.button = args["button"]
        super().depack(args)


class Faults(ExceptionHandler):
    """What a callback let through goes to `on_fault`, and the loop goes on; a wish to end the program ends it."""

    def __init__(self, on_fault: Callable[[Exception], None]) -> None:
        self._on_fault = on_fault

    def handle_exception(self, fault: BaseException) -> int:
        if not isinstance(fault, Exception):
            return int(ExceptionManager.RAISE)
        self._on_fault(fault)
        return int(ExceptionManager.PASS)


def _connect_pointers() -> None:
    """The inputs of `opening.prepare`. Kivy connects them in its own `runTouchApp` only; SDL's fingers come with the window."""
    for name, value in Config.items("input"):
        kind, _, arguments = value.partition(",")
        provider = MotionEventFactory.get(kind)
        if provider is not None:
            EventLoop.add_input_provider(provider(name, arguments), True)


class Surface:
    """Where screens are mounted. A second one in the same process takes Kivy's window over from the first."""

    def __init__(
        self,
        look: Look,
        offscreen: bool,
        on_fault: Callable[[Exception], None] | None,
        closes: bool,
        typed: Callable[[int, bool], None] | None = None,
    ) -> None:
        from kiosk.screens.looking import look_as

        look_as(look)
        from kiosk.screens.gate import Gate
        from kiosk.screens.widgets import register_fonts

        register_fonts()
        Clock.max_iteration = MOST_ROUNDS
        logging.getLogger("kivy").setLevel(logging.WARNING)
        self._look = look
        self._offscreen = offscreen
        self._closes = closes
        self._typed = typed
        self._faults = Faults(on_fault) if on_fault is not None else None
        if self._faults is not None:
            ExceptionManager.add_handler(self._faults)
        self._root = BoxLayout()
        self.gate = Gate(size_hint=(None, 1), width=look.width)
        self._root.add_widget(self.gate)
        KivyWindow.size = (look.width, look.height)
        KivyWindow.clearcolor = look.colour.ground
        KivyWindow.add_widget(self._root)
        self._bindings: dict[str, Callable[..., bool | None]] = {
            "on_request_close": self._on_close,
            "on_keyboard": self._swallow,
            "on_key_down": self._on_key_down,
            "on_key_up": self._on_key_up,
            "on_drop_begin": self._swallow,
        }
        if offscreen:
            # Without a display nothing waits for the picture: finishing each frame keeps the memory flat.
            self._bindings["on_flip"] = lambda *_: glFinish()
        KivyWindow.bind(**self._bindings)
        if EventLoop.status != "started":
            if not offscreen:
                _connect_pointers()
            EventLoop.start()

    def look_as(self, look: Look) -> None:
        """For the screens to come."""
        from kiosk.screens.looking import look_as

        look_as(look)
        KivyWindow.clearcolor = look.colour.ground

    def _swallow(self, *_: object) -> bool:
        """No key does anything in Kivy: Esc would end the program."""
        return True

    def _on_key_down(self, _: object, code: int, *__: object) -> bool:
        if self._typed is not None:
            self._typed(code, True)
        return True

    def _on_key_up(self, _: object, code: int, *__: object) -> bool:
        if self._typed is not None:
            self._typed(code, False)
        return True

    def _on_close(self, *_: object, **__: object) -> bool:
        return not self._closes

    def beside(self, widget: Widget) -> None:
        self._root.add_widget(widget)
        KivyWindow.size = (self._look.width + widget.width, self._look.height)

    def call_soon(self, call: Callable[[], None]) -> None:
        Clock.schedule_once(lambda _: call(), -1)

    def after_layout(self, call: Callable[[], None]) -> None:
        """Before the next frame, when what was mounted now has its lines and places."""

        def settle(rounds: int) -> None:
            if rounds:
                Clock.schedule_once(lambda _: settle(rounds - 1), -1)
            else:
                call()

        settle(LAYOUT_ROUNDS)

    def trigger(self, call: Callable[[], None], seconds: float) -> Callable[[], None]:
        """What it returns asks for `call` to run `seconds` later; asked again before that, the time starts anew."""
        event = Clock.create_trigger(lambda _: call(), seconds)

        def asked() -> None:
            event.cancel()
            event()

        return asked

    def run(self) -> None:
        """Kivy's own loop, which hands faults to the handler. Draws some 30 pictures a second at most, with or without a display."""
        Clock._max_fps = FRAMES_PER_SECOND
        EventLoop.quit = False
        EventLoop.mainloop()

    def stop(self) -> None:
        EventLoop.quit = True

    def close(self) -> None:
        if self._faults is not None:
            ExceptionManager.remove_handler(self._faults)
        KivyWindow.unbind(**self._bindings)
        self._root.clear_widgets()
        KivyWindow.remove_widget(self._root)

    def frame(self) -> None:
        Clock._max_fps = 0  # the caller sets the pace; Kivy has no other way to say so
        try:
            EventLoop.idle()
        except Exception as fault:  # as in Kivy's own loop: a fault ends in the same place with and without a display
            if ExceptionManager.handle_exception(fault) == ExceptionManager.RAISE:
                raise

    def touch(self, x: float, y: float, button: str = "") -> None:
        touch = self.down(x, y, button)
        self.up(touch)

    def down(self, x: float, y: float, button: str = "") -> Touch:
        width, height = KivyWindow.size
        touch = Touch(x / (width - 1), y / (height - 1), button)
        EventLoop.post_dispatch_input("begin", touch)
        return touch

    def up(self, touch: Touch) -> None:
        EventLoop.post_dispatch_input("end", touch)

    def screenshot(self, path: Path) -> None:
        """The window's pixels as they are, without the number that Kivy adds to a file's name."""
        if not self._offscreen:
            KivyWindow.dispatch("on_draw")  # after a flip, what a display's back buffer holds is undefined
        width, height = KivyWindow.system_size
        pixels = glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE)
        Image.frombytes("RGB", (width, height), pixels).transpose(Image.Transpose.FLIP_TOP_BOTTOM).save(path, compress_level=1)
