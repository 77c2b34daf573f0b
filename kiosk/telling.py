"""How this terminal is, as its node is told: its state, what the staff checks would find, and nothing of whoever was here.

levels, disk, clock ──► findings ──► KioskStatus ──► POST /v1/kiosks/status ──► figures of the node, for those who look after kiosks
"""

from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from hardware.errors import Acts
from jukinet.messages import KioskStatus
from kiosk.session.levels import JournalLevel, Levels
from kiosk.session.states import State
from kiosk.staff.checks import check_clock, check_disk, of_printer, of_reader
from kiosk.staff.findings import Finding, Severity

_VERSION = version("juki-kiosk")
_JOURNAL: dict[JournalLevel, Finding] = {
    JournalLevel.SETTLED: Finding("journal", Severity.GOOD),
    JournalLevel.UNSETTLED: Finding("visit", Severity.BAD, Acts.CLEAR),  # a former one is with staff
    JournalLevel.BROKEN: Finding("journal", Severity.BAD, Acts.MAINTENANCE),
}


def status_of(
    town: str, kiosk: str, state: State, levels: Levels, folder: Path, visit_ended: datetime | None, now: datetime
) -> KioskStatus:
    """`folder` is the journal's. The network is no finding here: whoever hears of it has it."""
    devices = (of_reader(levels.reader), of_printer(levels.printer))
    looked = (*devices, _JOURNAL[levels.journal], check_clock(now), check_disk(folder))
    return KioskStatus(
        town=town,
        kiosk=kiosk,
        version=_VERSION,
        state=state,
        paper=levels.printer,
        reader=levels.reader,
        visit_ended=None if visit_ended is None else visit_ended.replace(microsecond=0),
        findings=[f"{each.id}.{each.severity}" for each in looked if each.severity is not Severity.GOOD],
    )
