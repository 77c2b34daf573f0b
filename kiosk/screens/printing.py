"""The paper grows."""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("printing")


class Printing(KioskScreen):
    stage = "paper"
