"""Thank you; nothing of the visit is left."""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("goodbye")


class Goodbye(KioskScreen):
    pass
