"""`kiosk run`: the terminal in a window, or headless with a scripted resident."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from hardware.devices import Devices, open_devices
from kiosk.bench.line import CuttableLine
from kiosk.conductor import Conductor
from kiosk.lab import running_lab
from kiosk.log import Log
from kiosk.script import Resident, load_script
from kiosk.session.states import State
from kiosk.settings import ScreenSettings, Settings, load_settings
from kiosk.speech.opening import joined, open_guide
from kiosk.terminal import Terminal, notify, open_journal, open_terminal, utc_now

# Surroundings in which whatever is given back is overwritten at once: Python takes all its memory from glibc, which fills freed blocks and
# keeps none aside unfilled (mallopt(3), M_PERTURB). systemd/kiosk.service sets them.
OVERWRITTEN = {"PYTHONMALLOC": "malloc", "GLIBC_TUNABLES": "glibc.malloc.perturb=90:glibc.malloc.tcache_count=0"}
# The watchdog of systemd/kiosk.service is fed while the inbox moves: a third of its WatchdogSec.
FEED_SECONDS = 6.0
# The terminal's portrait screen at half its size, which stands on a developer's landscape display with the bench panel beside it.
DESK = ScreenSettings(width=540, height=960, pixels_per_mm=2.0)
# Longest sleep of the plain loop; a script's next step may be waited for by time alone.
NAP = 0.05


@contextmanager
def settings_or_lab(file: Path | None, lab: Path, residents: int, seed: int) -> Iterator[Settings]:
    """The given settings, or those of a network started for this run."""
    if file is not None:
        yield load_settings(file)
        return
    with running_lab(lab, residents, seed) as made:
        yield load_settings(made)


def devices_of(settings: Settings) -> Devices:
    devices = settings.devices
    return open_devices(
        devices.reader,
        devices.printer,
        devices.payment,
        settings.path(devices.cards) if devices.cards else None,
        keypad=devices.keypad,
        sound=devices.sound,
        headphones=devices.headphones,
    )


def with_hands_on_the_line(settings: Settings, devices: Devices, held: ExitStack) -> Settings:
    """Where devices are worked by hands, the line to the node is too: the settings then lead through one that can be cut."""
    if devices.hands is None:
        return settings
    line = CuttableLine(settings.network.urls[0])
    held.callback(line.close)
    devices.hands.network = line.set
    return msgspec.structs.replace(settings, network=msgspec.structs.replace(settings.network, urls=(line.url,), directory_urls=False))


def run_terminal(
    file: Path | None, script: Path | None, headless: bool, lab: Path, residents: int, seed: int, transcript: Path | None = None
) -> int:
    steps = load_script(script) if script is not None else []
    with settings_or_lab(file, lab, residents, seed) as given, ExitStack() as held:
        if file is None:
            keypad = "simulated:" if headless else "keyboard:"
            given = msgspec.structs.replace(given, devices=msgspec.structs.replace(given.devices, keypad=keypad))
        devices = devices_of(given)
        settings = with_hands_on_the_line(given, devices, held)
        if not headless:
            from kiosk.windowed import run_window

            if file is None:
                settings = msgspec.structs.replace(settings, screen=DESK)
            return run_window(settings, devices, steps, transcript)
        log = Log(sys.stderr, utc_now)
        guide = open_guide(settings, devices, log, transcript=transcript)
        terminal = open_terminal(settings, devices, open_journal(settings), log, guide.show, lambda times: None)
        conductor = terminal.conductor
        resident = Resident(steps, devices.need_hands(), lambda action: conductor.tell(conductor.view.actions[action]), time.monotonic)
        try:
            loop(terminal, resident, joined(guide, conductor).turn)
        finally:
            terminal.close()
            guide.close()
    return 0


def loop(terminal: Terminal, resident: Resident, turn: Callable[[], None] = lambda: None) -> None:
    """The plain loop, with `turn` in each round: until the script is done or we are asked to end. Raises ScriptFailed."""
    ended = Ending()
    conductor = terminal.conductor
    conductor.start()
    feed = Feeder(conductor)
    while not ended.asked:
        conductor.drain()
        turn()
        feed()
        if resident.step(conductor.view):
            return
        conductor.wait(NAP)


class Ending:
    """SIGTERM and SIGINT ask for a clean end."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number: int, frame: object) -> None:
        self.asked = True


class Feeder:
    """Feeds systemd's watchdog from the loop that drains the inbox, and only while every worker answers within its time."""

    def __init__(self, conductor: Conductor, clock: Callable[[], float] = time.monotonic) -> None:
        self._conductor, self._clock = conductor, clock
        self._next = 0.0
        self._ready = False

    def __call__(self) -> None:
        now = self._clock()
        if not self._ready and self._conductor.view.state is not State.RECOVERING:
            self._ready = True
            notify("READY=1")
        if now >= self._next and self._conductor.alive():
            self._next = now + FEED_SECONDS
            notify("WATCHDOG=1")
