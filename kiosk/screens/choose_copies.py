"""How many?"""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("choose_copies")


class ChooseCopies(KioskScreen):
    stage = "choice"
