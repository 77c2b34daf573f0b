"""The look in force. kv files read it as `look`, Python through here; Kivy knows one window a process, and so one look."""

from kivy.lang.parser import global_idmap
from kivy.metrics import Metrics

from kiosk.screens.style import Look

MM_PER_INCH = 25.4


def look_as(look: Look) -> None:
    """For screens that are built from now on."""
    global_idmap["look"] = look
    dpi = look.pixels_per_mm * look.fit * MM_PER_INCH
    if Metrics.dpi != dpi:  # Kivy tells every rule that is alive, whether it is another or not: 16 ms
        Metrics.dpi = dpi


def look() -> Look:
    found = global_idmap["look"]
    assert isinstance(found, Look)
    return found
