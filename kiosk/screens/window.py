"""The one window: shows views, tells events. The only module of the screens that the rest of the kiosk imports.

Kivy has one window a process; a second Window of ours takes it over. (Without a display the picture keeps the first one's size.)
All methods but `call_soon` and `stop` are for the main thread.
"""

import gc
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.screens.earcon import Earcon
from kiosk.screens.opening import has_display, prepare
from kiosk.screens.style import Look
from kiosk.session.events import Event
from kiosk.session.view import View
from kiosk.words import Words

if TYPE_CHECKING:
    from kivy.uix.widget import Widget

    from kiosk.screens.gate import Gate
    from kiosk.screens.widgets import Press


# A screen is some 20,000 objects. Python's own 700 have it search them thirty times while one is built; `forget` finds them first.
THRESHOLDS = (100_000, 50, 50)


@cache
def settle() -> None:
    """Once a process: what is loaded now stays to the end. The collector need not search it again, which stops the picture for 0.3 s."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)


def forget() -> None:
    """Widgets hold each other in circles: the names on a former screen must not wait until Python happens to look for those. 30 ms a
    screen, and six times that when Python chooses the moment itself."""
    gc.collect()


# After a new screen: it has been drawn, nobody has read it yet, and of screens that follow each other fast only the last pays; but so
# many in a row, 4 MB each, do not wait for a pause.
FORGET_AFTER = 0.3
FORGET_AT = 6


class Window:
    """Opens at once. `offscreen` (or no display) draws into memory and takes no input but `tap`.

    `tell` gets the event of what was pressed, `touched` is called at each touch (the idle time starts anew), `on_fault` gets an exception
    that a callback let through: the window goes on, the caller decides. `typed` gets each key of a keyboard (SDL's code) going down and up;
    without it no key does anything. `closes` lets the window system close it (never in a town hall).
    """

    def __init__(
        self,
        look: Look,
        tell: Callable[[Event], None],
        offscreen: bool = False,
        on_fault: Callable[[Exception], None] | None = None,
        touched: Callable[[], None] | None = None,
        words: Callable[[str], Words] = Words,
        closes: bool = False,
        typed: Callable[[int, bool], None] | None = None,
    ) -> None:
        self.offscreen = offscreen or not has_display(os.environ)
        prepare(look, self.offscreen)
        # Only now: importing a widget opens the window.
        from kiosk.screens.surface import Surface
        from kiosk.screens.table import SCREENS

        self.look = look
        self._tell = tell
        self._words = words
        self._surface = Surface(look, self.offscreen, on_fault, closes, typed)
        self._screens = SCREENS
        self._shown: tuple[object, ...] = ()
        self._earcon = Earcon()
        self._unforgotten = 0  # screens that were built since
        self._forget_later = self._surface.trigger(self._forget, FORGET_AFTER)
        if touched is not None:
            self.gate.touched = touched
        settle()

    @property
    def gate(self) -> "Gate":
        return self._surface.gate

    # -- showing ------------------------------------------------------------------------------------------------------

    def show(self, view: View) -> None:
        """A new screen for a new serial, language or ease; else the present one changes in place."""
        words = self._words(view.language)
        what = (view.state, view.serial, view.language, view.ease)
        if what != self._shown or self.gate.screen is None:
            layer = self.gate.layer_after(self._shown[:3] == what[:3])
            self._shown = what
            self._mount(view, words, self.look.eased(view.ease), layer)
            self._forget_later()
            if self._unforgotten > FORGET_AT:
                self._forget()
        else:
            self.gate.renew(view)
        self.gate.warn(view, words, self._tell)

    def _mount(self, view: View, words: Words, look: Look, layer: str) -> None:
        """With the largest text up to that size with which everything has its place."""
        self._unforgotten += 1
        self._surface.look_as(look)
        screen = self._screens[view.state](view, words, self._tell)
        self.gate.mount(screen)
        if layer:
            self.gate.open(layer)
        smaller = look.smaller()
        if smaller is None:
            return

        def check() -> None:
            if self.gate.screen is screen and self.gate.overflows():
                self._mount(screen.view, words, smaller, layer)

        self._surface.after_layout(check)

    def _forget(self) -> None:
        self._unforgotten = 0
        forget()

    def panel(self, widget: "Widget") -> None:
        """Puts a widget beside the screen; the window grows by its width."""
        self._surface.beside(widget)

    def chime(self, times: int) -> None:
        """Calls somebody back for the `times`-th time, each time louder. Silent without a sound card."""
        self._earcon.play(times)

    # -- for who works it by keys (kiosk.speech.guide.Eyes) --------------------------------------------------------------

    def focus(self, action: str) -> None:
        """The ring goes round what has this action; "" takes it away."""
        self.gate.focus(action)

    def lay(self, layer: str) -> None:
        """Opens a layer over the screen; "" closes it."""
        self.gate.close()
        if layer and self.gate.screen is not None:
            self.gate.open(layer)

    def blank(self, dark: bool) -> None:
        """A dark screen under which the visit goes on."""
        self.gate.blank(dark)

    # -- running ------------------------------------------------------------------------------------------------------

    def call_soon(self, call: Callable[[], None]) -> None:
        """From any thread: `call` runs on the main thread, before the next frame."""
        self._surface.call_soon(call)

    def run(self) -> None:
        """Draws and takes input until `stop`."""
        self._surface.run()

    def stop(self) -> None:
        """Ends `run`. From any thread."""
        self._surface.call_soon(self._surface.stop)

    def close(self) -> None:
        """Takes everything of ours out of Kivy's window."""
        self._surface.close()

    # -- by hand ------------------------------------------------------------------------------------------------------

    def frame(self) -> None:
        """One turn of Kivy's loop: calls, layout, drawing."""
        self._surface.frame()

    def visible_actions(self) -> set[str]:
        return {press.action for press in self.gate.presses()}

    def tap(self, action: str) -> None:
        """A finger on the middle of that button, through hit-testing as a real one; first on the one that opens the layer it lies on, if it
        lies on one. Raises KeyError when it cannot be pressed."""
        press = self._find(action)
        opener = self.gate.opener(action)
        if press is None and opener and self._find(opener):
            self.tap(opener)
            self.frame()
            press = self._find(action)
        if press is None:
            raise KeyError(action)
        self.touch(*press.to_window(*press.center))

    def _find(self, action: str) -> "Press | None":
        return next((press for press in self.gate.presses() if press.action == action), None)

    def touch(self, x: float, y: float, **how: Any) -> None:
        """A finger down and up at a place of the window, in pixels from the lower left."""
        self._surface.touch(x, y, **how)

    def still(self) -> None:
        """What moves by itself stands as at first: for pictures that are to be compared."""
        from kiosk.screens.pictures import Waiting

        moving = [widget for widget in self.gate.walk(restrict=True) if isinstance(widget, Waiting)]
        for sign in moving:
            sign.stand()
        if moving:
            self.frame()

    def screenshot(self, path: Path) -> None:
        """What is on the screen now, as PNG."""
        self._surface.screenshot(path)
