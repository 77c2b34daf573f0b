"""A pcscd of one's own, with a reader whose slots take simulated cards, for one command. Nothing outside sees it, nothing stays.

pcscd's socket has one fixed path, so a second pcscd needs a mount namespace of its own; the network namespace keeps the reader driver,
which listens on all addresses, to itself; the process namespace ends with its first process, and everything in it.
"""

import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from hardware.errors import ReaderLost, SettingsError
from hardware.simulated.card import SimulatedCard
from hardware.simulated.vpcd import PORT, VpcdSlot

READER = "Kiosk Sim Reader"  # pcscd shows "… 00 00" and "… 00 01": the driver always has two slots
SLOTS = 2
ADDRESS_VARIABLE = "JUKI_KIOSK_VPCD"  # HOST:PORT of the first slot, for the command
RUN = Path("/run/pcscd")
DRIVER = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
START_S = 5.0


class PrivatePcscd:
    """The daemon and its settings in `folder`. Only inside the namespaces: it owns /run/pcscd."""

    def __init__(self, folder: Path, port: int = PORT) -> None:
        self._settings = folder / "readers"
        self._settings.mkdir(exist_ok=True)
        self._log = folder / "pcscd.log"
        (self._settings / "kiosk").write_text(
            f'FRIENDLYNAME "{READER}"\nDEVICENAME /dev/null:{port}\nLIBPATH {DRIVER}\nCHANNELID {port}\n', encoding="ascii"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it takes clients. Raises ReaderLost."""
        for left in ("pcscd.comm", "pcscd.pid"):  # a killed one leaves them, and the next refuses to start
            (RUN / left).unlink(missing_ok=True)
        with self._log.open("ab") as log:
            command = ["pcscd", "--foreground", "--config", str(self._settings), *_without_polkit()]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            with socket.socket(socket.AF_UNIX) as line:
                if line.connect_ex(str(RUN / "pcscd.comm")) == 0:
                    return
            time.sleep(0.01)
        self.kill()
        raise ReaderLost("pcscd did not start:\n" + self._log.read_text(errors="replace"))

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """As a crash does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def outside(again: Sequence[str]) -> int:
    """Runs `again` (this program, told that it is inside) as the first process of new namespaces; its exit status. Raises SettingsError."""
    _need_everything()
    # unshare lets SIGTERM pass by, so this process stays and kills; should it be killed itself, the kernel does (pdeathsig).
    namespaces = ["unshare", "--mount", "--net", "--pid", "--mount-proc", "--kill-child", "--"]
    process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "--", *namespaces, *again])

    def end(number: int, _frame: FrameType | None) -> None:
        process.kill()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells the command itself
    status = process.wait()
    return status if status >= 0 else 128 - status


def inside(cards: Sequence[SimulatedCard], command: Sequence[str], note: Callable[[str], None]) -> int:
    """Starts pcscd, puts each card into a slot, runs the command; its exit status. Raises ReaderLost."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    RUN.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0755", "tmpfs", str(RUN)], check=True)
    with TemporaryDirectory(prefix="pcsc-lab-") as folder:
        pcscd = PrivatePcscd(Path(folder))
        pcscd.start()
        slots = [VpcdSlot(port=PORT + number) for number in range(len(cards))]
        try:
            for slot, card in zip(slots, cards, strict=True):
                if not slot.insert(card):
                    raise ReaderLost("pcscd does not take the card")
            status = subprocess.run(command, env=os.environ | {ADDRESS_VARIABLE: f"127.0.0.1:{PORT}"}, check=False).returncode
        except FileNotFoundError:
            note(f"{command[0]}: no such command")
            status = 127
        finally:
            for slot in slots:
                slot.pull()
            pcscd.stop()
    return status if status >= 0 else 128 - status


def inner_command(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "hardware.simulated", "pcsc-lab", "--inside", *arguments]


def missing() -> str:
    """What stands in the way here, in one line; "" for nothing."""
    programs = {"pcscd": "pcscd", "unshare": "util-linux", "setpriv": "util-linux", "mount": "mount", "ip": "iproute2"}
    packages = {package for program, package in programs.items() if shutil.which(program) is None}
    if not glob.glob(DRIVER + "*"):
        packages.add("vsmartcard-vpcd")
    if packages:
        return f"missing here: apt-get install {' '.join(sorted(packages))}"
    return "" if os.geteuid() == 0 else "must be run as root: a pcscd of one's own needs namespaces of its own"


def _need_everything() -> None:
    if wrong := missing():
        raise SettingsError(f"pcsc-lab: {wrong}")


def _without_polkit() -> list[str]:
    """pcsc-lite from 2.0.1 on asks polkit about each client, and there is none in here."""
    told = subprocess.run(["pcscd", "--help"], capture_output=True, text=True, check=False)
    return ["--disable-polkit"] if "--disable-polkit" in told.stdout + told.stderr else []
