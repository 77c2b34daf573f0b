"""A small register network on this machine, for the demo and for trying things: `python -m jukinet lab` as a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LabFailed(Exception):
    """The network did not come up. `str()` is what it said."""


@contextmanager
def running_lab(folder: Path, residents: int, seed: int, swap: str = "") -> Iterator[Path]:
    """Yields the settings file of a kiosk joined to the network in `folder`, which is made there if need be and ended afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "jukinet", "lab", str(folder), "--residents", str(residents), "--seed", str(seed)]
    if swap:
        command += ["--swap", swap]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        if not process.stdout.readline():
            _, said = process.communicate(timeout=10)
            raise LabFailed(said.strip() or "the network ended without a word")
        yield folder / "kiosk.toml"
    finally:
        process.terminate()
        try:
            process.communicate(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@contextmanager
def closed(lab: Path, node: str) -> Iterator[None]:
    """A town of the lab serves nobody meanwhile."""
    settings = ["--settings", str(lab / "nodes" / node / "node.toml")]
    program = [sys.executable, "-m", "jukinet"]
    subprocess.run([*program, "close", *settings, "--why", "maintenance"], check=True, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        subprocess.run([*program, "reopen", *settings], check=True, stdout=subprocess.DEVNULL)


def node_says(lab: Path, node: str, visit: str) -> str:
    """What a node of the lab has written down of a visit's paper: issued, printed, voided, unknown, or "" when nothing."""
    settings = lab / "nodes" / node / "node.toml"
    command = [sys.executable, "-m", "jukinet", "visit", visit, "--settings", str(settings)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
