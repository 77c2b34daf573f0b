"""Every settings error names file, key and what would be right."""

import pytest

from hardware.errors import SettingsError
from kiosk.settings import load_settings
from kiosk.words import LANGUAGES

GOOD = """
[network]
town = "21361"
kiosk = "k1"
urls = ["https://127.0.0.1:1"]
certificate = "cert.pem"
key = "key.pem"
ca = "ca.pem"
directory_key = "directory.jwk.json"
card_anchors = "anchors"

[town]
name = "岐阜県不破郡垂井町"
contact = "住民課"
"""


@pytest.fixture
def write(tmp_path):
    for name in ("cert.pem", "key.pem", "ca.pem", "directory.jwk.json"):
        (tmp_path / name).touch()
    (tmp_path / "anchors").mkdir()

    def written(text):
        path = tmp_path / "kiosk.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_the_least_that_is_needed(write):
    settings = load_settings(write(GOOD))
    assert settings.town.fee == 0
    assert settings.town.languages == LANGUAGES
    assert settings.path(settings.network.ca).is_absolute()


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (("kiosk =", "kisok ="), ("network", "kisok", "kiosk")),
        (('town = "21361"', 'town = "213616"'), ("network.town",)),
        (('contact = "住民課"', 'contact = "住民課"\nfee = 300'), ("town.fee", "300", "0")),
        (('contact = "住民課"', 'contact = "住民課"\ncolour = 1'), ("town", "colour", "opens")),
        (('contact = "住民課"', 'contact = "住民課"\nform = "own.toml"'), ("town.form", "own.toml", "exist")),
        (('contact = "住民課"', 'contact = "住民課"\nlanguages = ["ja", "la"]'), ("town.languages", "la", "zh-Hant")),
        (('contact = "住民課"', 'contact = "住民課"\nlanguages = []'), ("town.languages",)),
        (('ca = "ca.pem"', 'ca = "none.pem"'), ("network.ca", "none.pem", "does not exist")),
        (("[town]", "[twon]"), ("twon", "town")),
        (('name = "岐阜県不破郡垂井町"', "name = "), ("not TOML",)),
        (("[network]", 'folder = "x"\n[network]'), ("folder", "unknown")),
    ],
)
def test_errors_say_where_and_what(write, change, names):
    path = write(GOOD.replace(*change))
    with pytest.raises(SettingsError) as caught:
        load_settings(path)
    assert str(path) in str(caught.value)
    for name in names:
        assert name in str(caught.value)


def test_the_picture_of_an_ailing_kiosk_needs_no_line(write):
    path = write(GOOD.replace('ca = "ca.pem"', 'ca = "none.pem"'))
    assert load_settings(path, joins=False).town.contact == "住民課"


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load_settings(tmp_path / "nowhere.toml")
