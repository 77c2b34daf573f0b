"""The amount, what is in, and the rest."""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("pay")


class Pay(KioskScreen):
    stage = "confirm"
