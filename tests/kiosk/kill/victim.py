"""A kiosk that dies when told to: forked for each visit from a process that has everything imported, killed by SIGKILL.

One line of JSON on stdin is one run: {"settings", "state", "printer", "script", "die": N, "after": bool}. With `die` the process kills
itself at its N-th journal write, before it or after it. Answers "pid P" when the run begins and "end STATUS WRITES" when it is over
(STATUS -9: killed).
"""

import json
import os
import signal
import sys
import time
import traceback
from contextlib import ExitStack
from pathlib import Path

import msgspec

from hardware.devices import open_devices
from kiosk.journal import Journal
from kiosk.log import Log
from kiosk.running import loop
from kiosk.script import Resident, read_script
from kiosk.settings import DeviceSettings, PathSettings, load_settings
from kiosk.terminal import open_terminal, utc_now


class MortalJournal(Journal):
    """Counts its writes, and dies at one of them."""

    def __init__(self, path: Path, die: int, after: bool) -> None:
        self.writes, self._die, self._after = 0, die, after
        super().__init__(path)

    def _write(self, statement: str, *values: object) -> None:
        self.writes += 1
        if self.writes == self._die and not self._after:
            os.kill(os.getpid(), signal.SIGKILL)
        super()._write(statement, *values)
        if self.writes == self._die:
            os.kill(os.getpid(), signal.SIGKILL)


def run(order: dict[str, object], tell: int) -> None:
    given = load_settings(Path(str(order["settings"])))
    devices = DeviceSettings(reader="simulated:", printer=str(order["printer"]), cards=given.devices.cards)
    settings = msgspec.structs.replace(given, devices=devices, paths=PathSettings(state=str(order["state"])))
    opened = open_devices(devices.reader, devices.printer, "none", settings.path(devices.cards))
    journal = MortalJournal(Path(settings.paths.state) / "journal.db", int(str(order["die"])), bool(order["after"]))
    with ExitStack() as held, open(os.devnull, "w", encoding="utf-8") as nothing:
        terminal = open_terminal(settings, opened, journal, Log(nothing, utc_now), lambda view: None, lambda times: None)
        held.callback(terminal.close)
        conductor = terminal.conductor
        steps = read_script(str(order["script"]), "victim")
        resident = Resident(steps, opened.need_hands(), lambda action: conductor.tell(conductor.view.actions[action]), time.monotonic)
        loop(terminal, resident)
        # Reports that are under way may arrive; what cannot be told stays in the outbox.
        until = time.monotonic() + 5
        while journal.unreported() and time.monotonic() < until:
            conductor.drain()
            conductor.wait(0.02)
        os.write(tell, str(journal.writes).encode())


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(told)
            status = 1
            try:
                run(order, tell)
                status = 0
            except BaseException:
                traceback.print_exc()
                raise
            finally:
                os._exit(status)
        os.close(tell)
        print(f"pid {child}", flush=True)
        _, status = os.waitpid(child, 0)
        with os.fdopen(told) as writes:
            print(f"end {os.waitstatus_to_exitcode(status)} {writes.read() or 0}", flush=True)


if __name__ == "__main__":
    main()
