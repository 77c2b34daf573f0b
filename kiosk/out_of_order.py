"""`kiosk out-of-order`: the picture that sends people to the counter when the kiosk itself cannot run.

It opens no device, no journal and no line: what stopped the kiosk seldom stops it too. systemd/kiosk-out-of-order.service starts it.
"""

import sys
from collections.abc import Callable, Mapping

from kiosk.log import Log
from kiosk.running import Ending
from kiosk.screens.window import Window
from kiosk.session.events import Event, LanguageChosen
from kiosk.session.states import State
from kiosk.session.view import ClosedShown, View
from kiosk.settings import Settings
from kiosk.terminal import notify, utc_now
from kiosk.windowed import beating, look_of


def out_of_order_view(settings: Settings, language: str) -> View:
    """What stands there; the languages are all that can be pressed."""
    town = settings.town
    shown = ClosedShown(why="kiosk", acts="maintenance", code="KIOSK", opens=town.opens, closes=town.closes, contact=town.contact)
    actions: Mapping[str, Event] = {f"language.{other}": LanguageChosen(other) for other in town.languages}
    return View(State.OUT_OF_SERVICE, 0, language, shown, actions)


def show_out_of_order(settings: Settings, offscreen: bool = False, shown: Callable[[Window], None] = lambda window: None) -> int:
    """Until SIGTERM or SIGINT. Exit status 1 when the screen failed. `shown` is called once, when the picture stands there."""
    ended = Ending()
    log = Log(sys.stderr, utc_now)
    failed = False

    def tell(event: Event) -> None:
        if isinstance(event, LanguageChosen):
            window.show(out_of_order_view(settings, event.language))

    def fault(error: Exception) -> None:
        nonlocal failed
        log.fault("kiosk_screen_failed", error)
        failed = True
        window.stop()

    def turn() -> None:
        if ended.asked:
            window.stop()

    window = Window(look_of(settings), tell, offscreen, on_fault=fault)
    try:
        window.show(out_of_order_view(settings, settings.town.languages[0]))
        window.frame()
        notify("READY=1")
        shown(window)
        with beating(lambda: window.call_soon(turn)):
            window.run()
    finally:
        window.close()
    return int(failed)
