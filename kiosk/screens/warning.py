"""Is somebody still there? A page over the screen, which also hides what the screen shows."""

from kiosk.screens.base import Board, load_kv

load_kv("warning")


class StillThere(Board):
    """`view.countdown` seconds are left; "more time" may be pressed any number of times (WCAG 2.2.1)."""
