"""`kiosk check`: runs the checks on a terminal's devices and says what was found, for people, as JSON, or as the paper that a terminal
prints."""

import json
import time
from collections.abc import Callable
from pathlib import Path

from jukinet.client import Line, RegisterClient
from kiosk.document.certificate import Composer
from kiosk.document.render import sheets_png
from kiosk.document.report import ReadinessReport
from kiosk.hours import JAPAN
from kiosk.running import devices_of, settings_or_lab
from kiosk.settings import Settings
from kiosk.speech.opening import clips_of
from kiosk.staff.checks import check_clock, check_disk, check_network, check_printer, check_reader
from kiosk.staff.findings import Finding, Severity
from kiosk.staff.speech import check_speech
from kiosk.terminal import line_of, utc_now
from kiosk.words import Words


def findings(settings: Settings) -> list[Finding]:
    """Opens the devices, looks at each, and lets them go."""
    devices = devices_of(settings)
    line: Line = line_of(settings)
    client = RegisterClient(line, utc_now)
    state = settings.path(settings.paths.state)
    state.mkdir(parents=True, exist_ok=True)
    try:
        return [
            check_reader(devices.reader),
            check_printer(devices.printer, time.monotonic),
            check_network(client),
            check_clock(utc_now()),
            check_disk(state),
            *check_speech(devices.keypad, devices.sound, clips_of(settings), settings.town.languages),
        ]
    finally:
        client.close()
        devices.close()


def check_terminal(
    file: Path | None, as_json: bool, png: Path | None, language: str, lab: Path, residents: int, seed: int, say: Callable[[str], None]
) -> int:
    """0 when nobody is needed, else 1. `png` is where the paper goes."""
    with settings_or_lab(file, lab, residents, seed) as settings:
        found = findings(settings)
        if png is not None:
            now = utc_now().astimezone(JAPAN)
            report = ReadinessReport(settings.town.name, settings.network.kiosk, f"{now:%Y-%m-%d}", f"{now:%H:%M}", tuple(found))
            png.write_bytes(sheets_png([Composer().report(Words(language), report)]))
    if as_json:
        say(json.dumps([finding.as_json() for finding in found], ensure_ascii=False, indent=2))
    else:
        words = Words(language)
        for finding in found:
            who = words.text(f"check.acts.{finding.acts}") if finding.acts else ""
            say(f"{finding.severity:8} {words.text(finding.key, **finding.details)} {who}".rstrip())
    return int(any(finding.severity is not Severity.GOOD for finding in found))
