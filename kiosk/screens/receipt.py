"""A receipt, if wanted."""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("receipt")


class Receipt(KioskScreen):
    stage = "paper"
