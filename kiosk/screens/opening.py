"""Sets Kivy up before any of its widgets is imported: importing one opens the window, and what is not set by then is too late.

Nothing of Kivy's own may be reached by a resident: no settings panel, no inspector, no key, no right click, no command line, no file.
"""

import os
from collections.abc import Mapping

from kiosk.screens.style import Look

# Kivy wakes early by most of the system timer's resolution, which it takes for 10 ms: these are some 31.
FRAMES_PER_SECOND = 25

_ENVIRONMENT = {
    "KIVY_NO_ARGS": "1",  # the command line is ours
    "KIVY_NO_CONFIG": "1",  # no file in the home folder, read or written
    "KIVY_NO_ENV_CONFIG": "1",  # no KCFG_* variable opens what is shut here
    "KIVY_NO_FILELOG": "1",
    "KIVY_LOG_MODE": "PYTHON",  # the root logger stays ours
    "KIVY_WINDOW": "sdl2",
    "KIVY_TEXT": "sdl2",  # another provider draws other pixels
    "KIVY_IMAGE": "sdl2",
    "KIVY_AUDIO": "sdl2",
}
# SDL's video drivers that show nobody anything.
_UNSEEN = {"offscreen", "dummy"}


def has_display(environment: Mapping[str, str]) -> bool:
    """A window system, or a driver of SDL's that draws straight to the screen (KMSDRM on the appliance). A driver that was named rules."""
    driver = environment.get("SDL_VIDEODRIVER", "")
    if driver:
        return driver.lower() not in _UNSEEN
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def prepare(look: Look, offscreen: bool) -> None:
    """Environment and Kivy's Config for a window of this look. In a process that has opened one already, only what is missing."""
    os.environ.update(_ENVIRONMENT)
    if offscreen:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"  # real GL without a display
        os.environ["SDL_AUDIODRIVER"] = "dummy"
    from kivy.config import Config  # not before the environment is set

    graphics = {
        "width": look.width,
        "height": look.height,
        "multisamples": 0,  # pictures of screens must not differ by machine, and 70 MB
        "maxfps": FRAMES_PER_SECOND,
        "borderless": 1,
        "resizable": 0,
    }
    for key, value in graphics.items():
        Config.set("graphics", key, value)
    for key in ("exit_on_escape", "pause_on_minimize"):
        Config.set("kivy", key, 0)
    Config.set("kivy", "keyboard_mode", "")
    for section in ("modules", "input"):
        for name, _ in Config.items(section):
            Config.remove_option(section, name)
    if not offscreen:
        # Touch comes through SDL; a second provider would count it twice.
        Config.set("input", "mouse", "mouse,disable_multitouch")
