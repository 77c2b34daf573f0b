"""Staff have the terminal."""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("vendor_mode")


class VendorMode(KioskScreen):
    pass
