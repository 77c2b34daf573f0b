"""A body's settings: each error names file and key, and says what would be right."""

import re
from pathlib import Path

import pytest

from jukinet.agency.settings import load
from jukinet.errors import SettingsError
from jukinet.lab.settings_files import agency_toml


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "agencies" / "pension"
    folder.mkdir(parents=True)
    (tmp_path / "ca").mkdir()
    for name in ("cert.pem", "key.pem", "../../ca/ca.pem"):
        (folder / name).touch()
    (folder / "agency.toml").write_text(agency_toml("pension", 20_001))
    return folder / "agency.toml"


def test_a_body(file: Path) -> None:
    settings = load(file)
    assert (settings.name, settings.node, settings.urls) == ("pension", "centre", ("https://127.0.0.1:20001",))
    assert settings.tls.ca == file.parent.parent.parent / "ca" / "ca.pem"


@pytest.mark.parametrize("key", ["name", "node", "urls", "certificate", "key", "ca"])
def test_each_key_is_required(file: Path, key: str) -> None:
    file.write_text(re.sub(rf"^{key} = .*\n", "", file.read_text(), flags=re.MULTILINE))
    with pytest.raises(SettingsError, match=rf"{re.escape(str(file))}: agency\.{key}: is required"):
        load(file)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"pension"', '"Pension"', r"agency\.name: a name of a-z"),
        ('"centre"', '"21361"', r'agency\.node: "centre" or the two digits'),
        ('"centre"', "21", r"agency\.node"),
        ('["https://127.0.0.1:20001"]', "[]", r"agency\.urls: at least one"),
        ('["https://127.0.0.1:20001"]', "[1]", r"agency\.urls: at least one"),
        ('"key.pem"', '"absent.pem"', r"agency\.key: .*absent\.pem is not there"),
        ("[agency]", "[agency]\ncolour = 1", r"agency\.colour: unknown; remove it"),
        ("[agency]", "[body]", r"one table \[agency\] is required"),
        ("[agency]", "[agency", "not TOML"),
    ],
)
def test_wrong_values(file: Path, old: str, new: str, says: str) -> None:
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(SettingsError, match=says):
        load(file)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "agency.toml")
