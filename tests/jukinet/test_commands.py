"""Each command is there, and none is loaded before it is asked for."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.commands import COMMANDS

HEAVY = ("sqlalchemy", "aiohttp", "jukinet.lab.layout", "jukinet.node.services")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_tells_how_it_is_used(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"], prog_name="jukinet")
    assert result.exit_code == 0, result.output
    assert f"jukinet {command}" in result.output


def test_all_of_them_are_listed() -> None:
    listed = CliRunner().invoke(app, ["--help"]).output
    assert [name for name in (*COMMANDS, "node", "lab") if f" {name} " not in listed] == []


def test_nothing_that_a_command_needs_is_loaded_without_it() -> None:
    ask = f"import sys, jukinet.__main__; print([name for name in {HEAVY} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True).stdout == "[]\n"
