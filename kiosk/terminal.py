"""Composition root: settings -> devices -> network -> session -> conductor. One terminal, assembled."""

import os
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from hardware.devices import Devices
from hardware.interfaces import PrinterLevel
from jukinet.client import Line, RegisterClient
from kiosk.conductor import Conductor
from kiosk.document.certificate import Composer
from kiosk.hours import JAPAN
from kiosk.journal import Journal
from kiosk.log import Log
from kiosk.names import names_on
from kiosk.pin import PinBuffer
from kiosk.session.limit import Limit
from kiosk.session.limits import LIMITS
from kiosk.session.present import PIN_LENGTH
from kiosk.session.session import Session
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.session.visit import Place
from kiosk.settings import Settings
from kiosk.tasks.areas import own_services
from kiosk.tasks.desk import Desk
from kiosk.tasks.taken import Taken
from kiosk.timing import Stopwatch
from kiosk.trust import CardTrust, load_anchors

# Seconds a thread may keep the interpreter. With Python's 5 ms, a worker coming back from the disk waits that long for its turn,
# thirty times in a print; the screen's thread and the printer's share two processors.
SWITCH = 0.001

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ulid(milliseconds: int, chance: bytes) -> str:
    """A ULID of a time in milliseconds since 1970 and 10 random bytes."""
    number = milliseconds << 80 | int.from_bytes(chance, "big")
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -5, -5))


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Terminal:
    """`close` ends the workers and lets the devices go."""

    conductor: Conductor
    client: RegisterClient
    journal: Journal
    devices: Devices
    watch: Stopwatch

    def close(self) -> None:
        self.conductor.close()
        self.devices.close()


def line_of(settings: Settings) -> Line:
    """The line to our own town."""
    network = settings.network
    return Line(
        urls=network.urls,
        certificate=settings.path(network.certificate),
        key=settings.path(network.key),
        ca=settings.path(network.ca),
        town=network.town,
        kiosk=network.kiosk,
        directory_key=settings.path(network.directory_key),
        directory_urls=network.directory_urls,
    )


def open_journal(settings: Settings) -> Journal:
    """Raises JournalBroken."""
    return Journal(settings.path(settings.paths.state) / "journal.db")


def open_terminal(
    settings: Settings,
    devices: Devices,
    journal: Journal,
    log: Log,
    show: Callable[[View], None],
    chime: Callable[[int], None],
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = utc_now,
    limits: dict[State, Limit | None] = LIMITS,
) -> Terminal:
    """Raises SettingsError. The terminal closes devices and journal with itself."""
    sys.setswitchinterval(SWITCH)
    network, town = settings.network, settings.town
    client = RegisterClient(line_of(settings), now, seen=settings.path(settings.paths.state) / "log.note")
    own = own_services(settings)
    place = Place(
        town_name=town.name,
        opens=town.opens,
        closes=town.closes,
        contact=town.contact,
        languages=town.languages,
        services=town.services,
        fee=town.fee,
        most_copies=town.most_copies,
        names=names_on(date.fromisoformat(town.names_as_of) if town.names_as_of else now().astimezone(JAPAN).date()),
        ordinances=tuple(service.ordinance for service in own.values()),
    )
    session = Session(place, lambda: new_ulid(int(now().timestamp() * 1000), secrets.token_bytes(10)), clock(), limits)
    watch = Stopwatch()

    def level() -> PrinterLevel:
        return PrinterLevel(session.levels.printer, session.levels.mouth)

    desk = Desk(
        reader=devices.reader,
        printer=devices.printer,
        payment=devices.payment,
        client=client,
        journal=journal,
        composer=Composer(devices.model.dots, own_form=settings.path(town.form) if town.form else None, languages=town.languages),
        model=devices.model,
        trust=CardTrust(load_anchors(settings.path(network.card_anchors)), now),
        pin=PinBuffer(PIN_LENGTH),
        new_pin=PinBuffer(PIN_LENGTH),
        new_pin_again=PinBuffer(PIN_LENGTH),
        watch=watch,
        town=network.town,
        town_name=town.name,
        kiosk=network.kiosk,
        contact=town.contact,
        opens=town.opens,
        closes=town.closes,
        level=level,
        now=now,
        own=own,
        taken=Taken(settings.path(settings.paths.state) / "booked"),
        chance=secrets.token_bytes,
        papers={},
        composed=[],
    )
    devices.printer.keep(desk.composer.art)
    log.event("kiosk_started", unsettled=len(journal.unsettled()), unreported=len(journal.unreported()))
    return Terminal(Conductor(session, desk, log, clock, now, show, chime), client, journal, devices, watch)


def notify(*lines: str) -> None:
    """Tells systemd (sd_notify(3)) where we stand; does nothing where nobody asked."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
        wire.sendto("\n".join(lines).encode(), "\0" + address[1:] if address[0] == "@" else address)
