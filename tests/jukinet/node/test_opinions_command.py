"""`jukinet opinions`: what a clerk reads."""

from typing import Any

import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.lab.network import KIOSK_TOWN
from jukinet.lab.settings_files import node_toml
from jukinet.messages import OpinionAsk, Use
from jukinet.node.hours import local_date

HERE = KIOSK_TOWN.code


@pytest.fixture
def storage() -> str:
    """The command reads the node's settings, which name files here."""
    return ""


def test_the_counts_are_printed(network: Any) -> None:
    folder = network.root / "nodes" / HERE
    for name in ("cert.pem", "key.pem"):
        (folder / name).touch()
    (network.root / "ca").mkdir()
    for name in ("ca/ca.pem", "ca/crl.pem", "directory.jws", "directory.jwk.json"):
        (network.root / name).touch()
    (folder / "node.toml").write_text(node_toml(KIOSK_TOWN, 0), encoding="utf-8")

    def printed(*words: str) -> list[str]:
        said = CliRunner().invoke(app, ["opinions", *words, "--settings", str(folder / "node.toml")])
        assert said.exit_code == 0, said.output
        return said.stdout.splitlines()

    assert printed() == ["none"]
    day = local_date(network.clock()).isoformat()

    async def story(network: Any) -> None:
        for use, rating in ((Use.YES, 4), (Use.MAYBE, 1), (Use.NO, 1)):
            ask = OpinionAsk(town=HERE, about="library", use=use, rating=rating)
            await network.nodes[HERE].opinion(network.peer(f"jukinet://kiosk/{HERE}/k1"), ask, b"")

    network.run(story)
    assert printed() == ["library  yes 1  maybe 1  no 1  marks 1:2 2:0 3:0 4:1 5:0  mean 2.0"]
    assert printed("--by-day") == [f"library  {day}  yes 1  maybe 1  no 1  marks 1:2 2:0 3:0 4:1 5:0  mean 2.0"]
