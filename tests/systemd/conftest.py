"""An empty machine with the appliance's files installed, as `make install-files` puts them."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
DEBIANS_GROUPS = {"audio", "video", "input", "render"}  # of base-passwd and udev
INSTALLED_PROGRAM = Path("opt/juki-kiosk/.venv/bin/python")


def _outside_make() -> dict[str, str]:
    """The environment without what an outer `make test` hands down to inner ones."""
    return {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES"}}


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root folder of that machine: our files, systemd's own units, and something executable where the programs would be."""
    root = tmp_path_factory.mktemp("machine")
    subprocess.run(["make", "-C", PROJECT, "install-files", f"DESTDIR={root}"], check=True, capture_output=True, env=_outside_make())
    shutil.copytree("/usr/lib/systemd/system", root / "usr/lib/systemd/system", symlinks=True, ignore_dangling_symlinks=True)
    program = root / INSTALLED_PROGRAM
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    return root


@pytest.fixture(scope="session")
def accounts(machine: Path) -> tuple[set[str], set[str]]:
    """Users and groups that systemd-sysusers makes from our files, and the groups that every Debian with udev has."""
    if shutil.which("systemd-sysusers") is None:
        pytest.skip("systemd-sysusers is not installed")
    subprocess.run(["systemd-sysusers", f"--root={machine}"], check=True, capture_output=True)

    def names(file: str) -> set[str]:
        return {line.split(":")[0] for line in (machine / "etc" / file).read_text().splitlines()}

    return names("passwd"), names("group") | DEBIANS_GROUPS
