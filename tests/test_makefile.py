"""`make`: what it finds missing, what it says, and that it does nothing when there is nothing to do."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
NOBODY = 65534

# An outer `make test` must not hand its variables down.
OUTSIDE = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"}}

debian = pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="not a Debian machine")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with the Makefile alone, readable by everybody."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copyfile(PROJECT / "Makefile", folder / "Makefile")
        yield folder


def make(folder: Path, *arguments: str, as_nobody: bool = False) -> subprocess.CompletedProcess[str]:
    who = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if as_nobody and os.geteuid() == 0 else {}
    return subprocess.run(["make", "-C", folder, "--no-print-directory", *arguments], capture_output=True, text=True, env=OUTSIDE, **who)


def plan(*arguments: str) -> list[str]:
    """The commands that make would run in the project, set-up apart."""
    done = make(PROJECT, "-n", "-o", "setup", *arguments)
    return [line.removeprefix("@") for line in done.stdout.splitlines()]


# -- Debian packages --------------------------------------------------------------------------------------------------


@debian
def test_without_root_the_one_command_is_printed_and_nothing_else_happens(folder: Path) -> None:
    if os.geteuid() != 0 and shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        pytest.skip("this user may install packages")
    done = make(folder, "demo", "DEBIAN_PACKAGES=bash kiosk-b-missing kiosk-a-missing", as_nobody=True)
    assert done.returncode != 0
    assert "    apt-get update && apt-get install -y --no-install-recommends kiosk-a-missing kiosk-b-missing\n" in done.stderr
    assert done.stdout == ""
    assert not (folder / ".venv").exists()


@debian
def test_packages_that_are_there_cost_nothing_and_need_no_root(folder: Path) -> None:
    done = make(folder, "packages", "DEBIAN_PACKAGES=bash dpkg", as_nobody=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@debian
def test_a_name_that_another_package_provides_is_there(folder: Path) -> None:
    """As libmtdev1 is in Debian 13, where libmtdev1t64 provides it; `awk` is provided by mawk or gawk everywhere."""
    assert make(folder, "packages", "DEBIAN_PACKAGES=awk", as_nobody=True).returncode == 0


# -- Python -----------------------------------------------------------------------------------------------------------


def test_an_old_python_is_named_and_refused(folder: Path) -> None:
    old = folder / "python-old"
    old.write_text('#!/bin/sh\ntest "$1" = --version && echo "Python 3.9.2"\n')
    old.chmod(0o755)
    for name in ("pyproject.toml", "constraints.txt"):
        (folder / name).touch()
    done = make(folder, "setup", "DEBIAN_PACKAGES=", f"PYTHON={old}")
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "Python 3.9.2" in done.stderr
    assert not (folder / ".venv").exists()


@debian
def test_packages_are_installed_again_only_when_their_list_changed(folder: Path) -> None:
    for age, name in ((30, "pyproject.toml"), (20, "constraints.txt"), (10, ".venv/.stamp")):
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.touch()
        written = file.stat().st_mtime - age
        os.utime(file, (written, written))
    settled = make(folder, "setup", "DEBIAN_PACKAGES=bash")
    assert (settled.returncode, settled.stdout, settled.stderr) == (0, "", "")
    os.utime(folder / "constraints.txt")
    assert "pip install" in make(folder, "-n", "setup", "DEBIAN_PACKAGES=bash").stdout


# -- what runs --------------------------------------------------------------------------------------------------------


def test_all_of_lint_and_the_suite_run_once() -> None:
    commands = [" ".join(line.removeprefix(".venv/bin/").split()[:2]) for line in plan("test")]
    judges = ("ruff check", "ruff format", "mypy", "lint-imports", "pytest -n")
    assert [commands.count(judge) for judge in judges] == [1] * len(judges)


def test_ci_runs_exactly_make_test() -> None:
    script = PROJECT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["demo"], ".venv/bin/python -m kiosk demo --out build/demo"),
        (["demo", "REAL=0", "ARGS=--seed 7"], ".venv/bin/python -m kiosk demo --out build/demo --seed 7"),
        (["demo", "REAL=1"], ".venv/bin/python -m hardware.simulated pcsc-lab -- .venv/bin/python -m kiosk demo --real --out build/demo"),
        (["kiosk"], ".venv/bin/python -m kiosk run"),
    ],
)
def test_commands(arguments: list[str], command: str) -> None:
    assert [line.strip() for line in plan(*arguments)] == [command]


def test_headless_needs_a_script(folder: Path) -> None:
    done = make(folder, "-o", "setup", "kiosk", "HEADLESS=1")
    assert done.returncode != 0
    assert "SCRIPT=FILE" in done.stderr
    assert any("--headless --script 'a visit.txt'" in line for line in plan("kiosk", "HEADLESS=1", "SCRIPT=a visit.txt"))


def test_plain_make_lists_the_commands() -> None:
    said = make(PROJECT).stdout
    assert all(f"make {command}" in said for command in ("demo", "kiosk", "test", "lint", "constraints", "install-files", "clean"))


def test_clean_keeps_the_python_packages(folder: Path) -> None:
    for name in ("build/demo/paper.png", "kiosk/__pycache__/a.pyc", ".venv/lib/__pycache__/b.pyc", "kiosk/a.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    assert make(folder, "clean").returncode == 0
    left = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert left == {"Makefile", ".venv/lib/__pycache__/b.pyc", "kiosk/a.py"}
