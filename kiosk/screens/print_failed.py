"""What happened to the paper, and what is with the money."""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("print_failed")


class PrintFailed(KioskScreen):
    stage = "paper"
