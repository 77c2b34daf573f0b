"""`jukinet counter`: what a clerk types and reads."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from jukinet.__main__ import app
from jukinet.lab.network import HOME_TOWN, KIOSK_TOWN
from jukinet.lab.settings_files import node_toml
from jukinet.messages import Arriving

NEW = KIOSK_TOWN.code


@pytest.fixture
def settings(towns: Any) -> Path:
    """The new town's node as a command finds it."""
    folder = towns.network.root / "nodes" / NEW
    for name in ("cert.pem", "key.pem"):
        (folder / name).touch()
    (towns.network.root / "ca").mkdir()
    for name in ("ca/ca.pem", "ca/crl.pem", "directory.jws", "directory.jwk.json"):
        (towns.network.root / name).touch()
    (folder / "node.toml").write_text(node_toml(KIOSK_TOWN, 0), encoding="utf-8")
    return folder / "node.toml"


@pytest.fixture
def filed(towns: Any, mover: Any) -> str:
    async def story(network: Any) -> str:
        move = (await mover("hanako").out()).move
        await towns.rest()
        await mover("hanako").file(move)
        return str(move)

    return str(towns.network.run(story, start=True))


def counter(settings: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["counter", *words, "--settings", str(settings)])


CONFIRM = (
    "confirm",
    "1",
    "--address",
    "岐阜県不破郡垂井町若竹1番地",
    *("--relationship", "世帯主", "--relationship", "妻", "--relationship", "子"),
)


def test_the_list_names_nobody(settings: Path, filed: str) -> None:
    said = counter(settings, "list")
    assert said.exit_code == 0
    assert said.stdout.split()[:5] == ["1", "filed", "3", "from", f"{HOME_TOWN.code},"]
    assert filed in said.stdout
    assert "青葉" not in said.stdout


def test_who_waits_is_shown_to_the_clerk_alone(settings: Path, filed: str, towns: Any) -> None:
    said = counter(settings, "show", "1")
    assert [line.split("  ")[1:] for line in said.stdout.splitlines()[1:]] == [
        ["青葉 樹", "1978-04-12", "世帯主"],
        ["青葉 花子", "1980-02-29", "妻"],
        ["青葉 芽生", "2012-05-05", "子"],
    ]
    assert "青葉" not in str(towns.lines(NEW))
    looked = [(line["deed"], line["move"]) for line in towns.lines(NEW) if line["kind"] == "node_counter"]
    assert looked == [("shown", filed)], "and that somebody looked is written down"


def test_confirmed_by_the_command_and_done_by_the_node_when_it_runs_again(settings: Path, filed: str, towns: Any) -> None:
    said = counter(settings, *CONFIRM)
    assert (said.exit_code, said.stdout.split()[1]) == (0, "confirmed")
    assert towns.states(filed)[1] is Arriving.CONFIRMED
    assert counter(settings, "list").stdout == "nobody\n"

    async def later(network: Any) -> None:
        await towns.rest()

    towns.network.run(later, start=True)
    assert towns.ended(filed)
    assert counter(settings, "list", "--all").stdout.split()[:2] == ["1", "complete"]


def test_given_back(settings: Path, filed: str, towns: Any) -> None:
    assert counter(settings, "return", "1").stdout.split()[1] == "expected"
    assert towns.states(filed)[1] is Arriving.EXPECTED


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("confirm", "2", *CONFIRM[2:]), "number 2: no move has it"),
        ((*CONFIRM, "--relationship", "子"), "3 relationships are required, not 4"),
        ((*CONFIRM, "--household", "99999"), "--household 99999: nobody lives there"),
        ((*CONFIRM, "--day", "2026-02-30"), '--day "2026-02-30": no day'),
        (("show", "7"), "number 7: no move has it"),
    ],
)
def test_what_cannot_be_done_is_said_in_plain_words(settings: Path, filed: str, towns: Any, words: tuple[str, ...], said: str) -> None:
    done = counter(settings, *words)
    assert (done.exit_code, done.stderr[: len(said)]) == (1, said)
    assert towns.states(filed)[1] is Arriving.FILED


def test_nothing_is_confirmed_twice_and_no_certificate_is_shown_afterwards(settings: Path, filed: str, towns: Any) -> None:
    assert counter(settings, *CONFIRM, "--day", date.today().isoformat()).exit_code == 0
    again = counter(settings, *CONFIRM)
    assert (again.exit_code, again.stderr) == (1, "this move is confirmed: only one that is filed can be confirmed\n")

    async def later(network: Any) -> None:
        await towns.rest()

    towns.network.run(later, start=True)
    assert counter(settings, "show", "1").stderr == "number 1 is complete: its certificate is not kept any longer\n"
