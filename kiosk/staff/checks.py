"""First staff checks: reader, printer, network, clock, disk. Each looks and returns a finding; none raises, none changes anything."""

import shutil
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hardware.errors import Acts
from hardware.interfaces import CardReader, Printer, PrinterLevel, PrinterState, Reader, ReaderLevel
from jukinet.client import RegisterClient
from jukinet.errors import Kind, Problem
from kiosk.staff.findings import Finding, Severity

# Long enough for pcscd to start by its socket and for a printer's status.
PATIENCE = 3.0
# The journal needs kilobytes; a disk this full has another problem that will reach us soon.
LEAST_FREE_MB = 200
# Certificates of nodes and cards are judged by this clock. No released version of this program is older.
EARLIEST = 2026

_PRINTER: dict[PrinterState, tuple[Severity, Acts | None]] = {
    PrinterState.READY: (Severity.GOOD, None),
    PrinterState.LOW: (Severity.WARNING, Acts.CLEAR),
    PrinterState.HOT: (Severity.WARNING, Acts.SUSPEND),
    PrinterState.OUT: (Severity.BAD, Acts.CLEAR),
    PrinterState.COVER: (Severity.BAD, Acts.CLEAR),
    PrinterState.JAM: (Severity.BAD, Acts.CLEAR),
    PrinterState.CUTTER: (Severity.BAD, Acts.MAINTENANCE),
    PrinterState.OFFLINE: (Severity.BAD, Acts.CLEAR),
    PrinterState.UNKNOWN: (Severity.BAD, Acts.MAINTENANCE),
}


def check_reader(reader: CardReader) -> Finding:
    told: list[ReaderLevel] = []
    ready = threading.Event()

    def tell(level: ReaderLevel) -> None:
        told.append(level)
        if level.reader is Reader.READY:
            ready.set()

    reader.watch(tell)
    ready.wait(PATIENCE)
    return of_reader(told[-1].reader if told else Reader.NO_SERVICE)


def of_reader(level: Reader) -> Finding:
    if level is Reader.READY:
        return Finding("reader", Severity.GOOD)
    return Finding("reader", Severity.BAD, Acts.CLEAR, {"level": str(level)})


def check_printer(printer: Printer, clock: Callable[[], float]) -> Finding:
    told: list[PrinterLevel] = []
    printer.watch(told.append)
    until = clock() + PATIENCE
    while clock() < until and not (told and told[-1].state is not PrinterState.UNKNOWN):
        printer.attend(0.1)
    return of_printer(told[-1].state if told else PrinterState.UNKNOWN)


def of_printer(state: PrinterState) -> Finding:
    severity, acts = _PRINTER[state]
    return Finding("printer", severity, acts, {"level": str(state)})


def check_network(client: RegisterClient) -> Finding:
    try:
        health = client.health(PATIENCE)
    except Problem as problem:
        refused = problem.kind in (Kind.PEER_REVOKED, Kind.NOT_ALLOWED, Kind.WRONG_TOWN)
        acts = Acts.CONFIGURATION if refused else Acts.SUSPEND
        return Finding("network", Severity.BAD, acts, {"problem": str(problem.kind)})
    return Finding("network", Severity.GOOD, None, {"node": health.node, "directory": health.directory})


def check_clock(now: datetime) -> Finding:
    if now.year < EARLIEST:
        return Finding("clock", Severity.BAD, Acts.MAINTENANCE, {"year": now.year})
    return Finding("clock", Severity.GOOD, None, {"year": now.year})


def check_disk(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < LEAST_FREE_MB:
        return Finding("disk", Severity.BAD, Acts.MAINTENANCE, {"free_mb": free})
    return Finding("disk", Severity.GOOD, None, {"free_mb": free})
