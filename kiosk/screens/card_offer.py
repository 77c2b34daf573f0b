"""Shall the card be registered for the service? What is written where, and by which ordinance."""

from kiosk.screens.base import KioskScreen, load_kv

load_kv("card_offer")


class CardOffer(KioskScreen):
    stage = "choice"
