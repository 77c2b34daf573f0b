"""No visit can begin: why, until when, and where to go meanwhile."""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("closed")


class Closed(KioskScreen):
    """For `closed` (the hours) and `out_of_service` (something must be put right first)."""
