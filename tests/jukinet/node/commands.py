"""For tests of commands: the settings that a node of the small network would be run with."""

from pathlib import Path
from typing import Any

from jukinet.lab.network import LabNode
from jukinet.lab.settings_files import node_toml


def settings_of(network: Any, node: LabNode) -> Path:
    folder: Path = network.root / "nodes" / node.code
    (network.root / "ca").mkdir(exist_ok=True)
    files = ("ca/ca.pem", "ca/crl.pem", "directory.jws", "directory.jwk.json", "agencies.jws")
    for path in (*(folder / name for name in ("cert.pem", "key.pem")), *(network.root / name for name in files)):
        path.touch()
    (folder / "node.toml").write_text(node_toml(node, 0), encoding="utf-8")
    return folder / "node.toml"
