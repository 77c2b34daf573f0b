"""The tour's commands run as they stand in docs/tour.md, and what it shows below them is seen."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SECONDS = 300
_BLOCK = re.compile(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Stop:
    """Commands, and lines of their output in order; … stands for anything."""

    kind: str  # lab | soak | ""
    commands: str
    seen: tuple[str, ...]


def stops() -> list[Stop]:
    blocks = _BLOCK.findall((PROJECT / "docs/tour.md").read_text(encoding="utf-8"))
    found: list[Stop] = []
    for language, kind, text in blocks:
        if language == "sh":
            found.append(Stop(kind, text, ()))
        else:
            found[-1] = Stop(found[-1].kind, found[-1].commands, tuple(text.splitlines()))
    return found


ENVIRONMENT = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "TZ": "Asia/Tokyo", "LANG": "C.UTF-8"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the tour's lab running in it, on ports that were free."""
    folder = tmp_path_factory.mktemp("tour")
    (command,) = [stop.commands for stop in stops() if stop.kind == "lab"]
    with subprocess.Popen(["bash", "-c", f"exec {command}"], cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as lab:
        try:
            assert lab.stdout is not None
            assert lab.stdout.readline().startswith("ready")
            yield folder
        finally:
            lab.terminate()
            lab.wait(timeout=30)


def walk(stop: Stop, folder: Path) -> None:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", stop.commands],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    lines = iter(done.stdout.splitlines())
    for line in stop.seen:
        pattern = ".*".join(re.escape(part) for part in line.split("…"))
        assert any(re.fullmatch(pattern, each) for each in lines), f"{line!r} is not seen, or not in its place:\n{done.stdout}"


def test_the_tours_commands_do_what_it_says(place: Path) -> None:
    """In order: the later ones stand on what the earlier ones did."""
    short = [stop for stop in stops() if not stop.kind]
    assert len(short) >= 8
    for stop in short:
        walk(stop, place)


@pytest.mark.soak
@pytest.mark.parametrize("stop", [stop for stop in stops() if stop.kind == "soak"], ids=lambda stop: stop.commands.split("\n")[0])
def test_the_long_ones_too(stop: Stop, tmp_path: Path) -> None:
    walk(stop, tmp_path)


def test_every_command_that_is_shown_has_something_to_be_seen() -> None:
    assert [stop.commands for stop in stops() if stop.kind != "lab" and not stop.seen] == []
