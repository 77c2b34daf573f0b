"""A lab that runs: each node its own process, as in the field."""

import os
import select
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from jukinet.errors import SettingsError
from jukinet.lab.layout import LabPaths
from jukinet.lab.lock import alone_in
from jukinet.lab.network import KIOSK_TOWN, NODES

# Python, the libraries and a register checked at start: 1 to 2 s alone, more when four start on two busy cores.
READY_SECONDS = 60.0
END_SECONDS = 10.0


class Lab:
    """The nodes of a prepared folder. `with Lab(paths) as lab:` starts them and ends them.

    The nodes hold the other end of a pipe that this object keeps, so they end however this process ends. `swap` names a path whose
    answers the kiosk's town mixes up on purpose (see `jukinet.lab.swapping`), from its next start on. Not for several threads.
    """

    def __init__(self, paths: LabPaths, swap: str | None = None, clock: Callable[[], float] = monotonic) -> None:
        self.paths = paths
        self.swap, self._clock = swap, clock
        self._nodes: dict[str, subprocess.Popen[bytes]] = {}
        self.pages: dict[str, str] = {}  # code -> address of the town's verification page
        self.figures: dict[str, str] = {}  # code -> address of its figures for Prometheus
        self._held = ExitStack()

    def start(self) -> None:
        """All nodes, until each is ready. Raises SettingsError with what a node said when one does not come up."""
        self._held.enter_context(alone_in(self.paths.root))
        until = self._clock() + READY_SECONDS
        try:
            for node in NODES:
                self._nodes[node.code] = self._spawn(node.code)
            for node in NODES:
                self._await_ready(node.code, until)
        except SettingsError:
            self.stop()
            raise

    def stop(self) -> None:
        """Asks all nodes to end, then makes them."""
        for process in self._nodes.values():
            process.terminate()
        until = self._clock() + END_SECONDS
        for process in self._nodes.values():
            try:
                process.wait(max(0.0, until - self._clock()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _close_pipes(process)
        self._nodes.clear()
        self._held.close()

    def kill(self, code: str) -> None:
        """SIGKILL: what a power cut is to a process."""
        process = self._nodes.pop(code)
        process.kill()
        process.wait()
        _close_pipes(process)

    def restart(self, code: str) -> None:
        """Starts a node again, after `kill` or in place of the running one; until it is ready. Raises SettingsError."""
        if code in self._nodes:
            self.kill(code)
        self._nodes[code] = self._spawn(code)
        self._await_ready(code, self._clock() + READY_SECONDS)

    def pid(self, code: str) -> int:
        """Of a node that runs."""
        return self._nodes[code].pid

    def died(self) -> list[str]:
        """Codes of nodes that ended by themselves."""
        return [code for code, process in self._nodes.items() if process.poll() is not None]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _spawn(self, code: str) -> subprocess.Popen[bytes]:
        settings = str(self.paths.node_settings(code))
        command = [sys.executable, "-m", "jukinet", "node", "--settings", settings, "--attached"]
        if self.swap is not None and code == KIOSK_TOWN.code:
            command = [sys.executable, "-m", "jukinet.lab.swapping_node", settings, self.swap]
        with (self.paths.node(code) / "node.log").open("ab") as log:
            return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True)

    def _await_ready(self, code: str, until: float) -> None:
        """The node's one line on standard output; its end without one is a failure."""
        out = self._nodes[code].stdout
        line = b""
        while out is not None and not line.endswith(b"\n"):
            readable, _, _ = select.select([out], [], [], max(0.0, until - self._clock()))
            piece = os.read(out.fileno(), 1024) if readable else b""
            if not piece:
                break
            line += piece
        if not line.startswith(b"ready "):
            log = self.paths.node(code) / "node.log"
            raise SettingsError(f"node {code} did not become ready; the end of {log} says: {_last_line(log)}")
        for word in line.decode().split():
            if word.startswith("http"):
                (self.figures if word.endswith("/metrics") else self.pages)[code] = word


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1] if lines else "nothing"
