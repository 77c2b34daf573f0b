"""It cannot be done, or not today: what happened, what to do now, whom to ask."""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("refused")


class Refused(KioskScreen):
    """For `refused` and `not_today`. One set of words a reason; a record under protection looks like any other "not today"."""
