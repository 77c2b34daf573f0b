"""What the tasks of all workers share: devices, line, journal, composer, and where the time goes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from hardware.interfaces import CardReader, Payment, Printer, PrinterLevel
from hardware.printer.models import PrinterModel
from hardware.printer.page import Page
from jukinet.client import RegisterClient
from kiosk.document.certificate import Composer
from kiosk.journal import Journal
from kiosk.pin import PinBuffer
from kiosk.session.events import Event
from kiosk.tasks.areas import OwnService
from kiosk.tasks.taken import Taken
from kiosk.timing import Stopwatch
from kiosk.trust import CardTrust

Tell = Callable[[Event], None]


@dataclass
class Desk:
    """What the tasks work with. `level` gives the printer's present level."""

    reader: CardReader
    printer: Printer
    payment: Payment | None
    client: RegisterClient
    journal: Journal
    composer: Composer
    model: PrinterModel
    trust: CardTrust
    pin: PinBuffer
    new_pin: PinBuffer
    new_pin_again: PinBuffer
    watch: Stopwatch
    town: str
    town_name: str
    kiosk: str
    contact: str
    opens: str
    closes: str
    level: Callable[[], PrinterLevel]
    now: Callable[[], datetime]
    own: dict[str, OwnService]  # the town's own services on the card
    taken: Taken  # times of the town's facilities that were booked here
    chance: Callable[[int], bytes]
    papers: dict[str, list[Page]]  # of the present visit, by name: what a service that issues nothing can have printed
    composed: list[Page]  # of the present visit; for the picture that the demo compares with the paper

    def wipe_pins(self) -> None:
        for buffer in (self.pin, self.new_pin, self.new_pin_again):
            buffer.wipe()
