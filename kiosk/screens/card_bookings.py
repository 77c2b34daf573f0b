"""What is booked, and what can be had: one of a few."""

from kivy.properties import ObjectProperty

from kiosk.screens.base import KioskScreen, load_kv
from kiosk.screens.fonts import NAMES
from kiosk.screens.style import Kind
from kiosk.screens.widgets import PressBox, Text

load_kv("card_bookings")


class SlotBox(PressBox):
    """Day, hours and place, to be ticked."""

    booking = ObjectProperty()


class CardBookings(KioskScreen):
    stage = "choice"

    def compose(self) -> None:
        super().compose()
        shown = self.view.shown
        for booking in shown.bookings:
            words = f"{booking.day} {booking.hours}　{booking.place}"
            self.ids.yours.add_widget(Text(words=words, font_name=NAMES, font_size=self.ids.none.font_size))
        if shown.bookings:
            self.ids.yours.remove_widget(self.ids.none)
        if shown.slots:
            self.ids.slots.parent.remove_widget(self.ids.full)
        for slot in shown.slots:
            self.ids.slots.add_widget(SlotBox(action=f"slots.{slot.id}", kind=Kind.CHOICE, booking=slot.booking))

    def refresh(self) -> None:
        super().refresh()
        chosen = {f"slots.{slot.id}": slot.chosen for slot in self.view.shown.slots}
        for press in self.presses():
            if press.action in chosen:
                press.chosen = chosen[press.action]
