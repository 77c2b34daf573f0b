"""Every settings error names the file, the key, and what would be right."""

import re
from pathlib import Path

import pytest

from jukinet.errors import SettingsError
from jukinet.lab.network import CENTRE, KIOSK_TOWN, PREFECTURE
from jukinet.lab.settings_files import node_toml
from jukinet.node.agencies.keeping import Keeping
from jukinet.node.limits import Limits
from jukinet.node.settings import Hours, NodeSettings, VerifySettings, load
from jukinet.peers import PeerKind

NETWORK = ["../../ca/ca.pem", "../../ca/crl.pem", "../../directory.jws", "../../directory.jwk.json", "../../agencies.jws"]
FILES = ["cert.pem", "key.pem", "answer.jwk.json", "seal.pem", "log.key", *NETWORK]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A town's settings, with empty files where it names some."""
    folder = tmp_path / "nodes" / "21361"
    folder.mkdir(parents=True)
    (tmp_path / "ca").mkdir()
    (tmp_path / "jpki" / "anchors").mkdir(parents=True)
    for name in FILES:
        (folder / name).touch()
    (folder / "node.toml").write_text(node_toml(KIOSK_TOWN, 20_001))
    return folder / "node.toml"


def test_a_town(file: Path) -> None:
    settings = load(file)
    assert isinstance(settings, NodeSettings)
    assert (settings.role, settings.code, settings.uri) == (PeerKind.MUNICIPALITY, "21361", "jukinet://node/21361")
    assert (settings.listen, settings.data) == ((("127.0.0.1", 20_001),), file.parent)
    assert settings.hours == Hours("00:00", "24:00", True)
    assert settings.ca == file.parent.parent.parent / "ca" / "ca.pem"
    assert settings.crl == settings.ca.parent / "crl.pem"
    assert settings.limits == Limits()
    assert settings.issue is not None
    assert settings.issue.title == "岐阜県不破郡垂井町長"


def test_nobody_outside_the_machine_is_heard_unless_told(file: Path) -> None:
    whole = file.read_text()
    file.write_text(whole.replace('listen = "127.0.0.1:20001"\n', ""))
    assert load(file).listen == (("127.0.0.1", 8443),)
    file.write_text(whole.replace('"127.0.0.1:20001"', '["192.0.2.1:8443", "[2001:db8::1]:8443"]'))
    assert load(file).listen == (("192.0.2.1", 8443), ("2001:db8::1", 8443))


def test_limits_are_each_optional(file: Path) -> None:
    file.write_text(file.read_text() + "\n[limits]\nrate = 7\nlinks = 9\n")
    assert load(file).limits == Limits(rate=7, links=9)


def test_the_verification_page_is_off_unless_told(file: Path) -> None:
    whole = file.read_text()
    file.write_text(whole.replace('\n[verify]\nlisten = "127.0.0.1:0"\n', ""))
    assert load(file).verify is None
    file.write_text(whole)
    assert load(file).verify == VerifySettings((("127.0.0.1", 0),), None)
    own = 'listen = "192.0.2.1:443"\ncertificate = "cert.pem"\nkey = "key.pem"\n'
    file.write_text(whole.replace('[verify]\nlisten = "127.0.0.1:0"\n', f"[verify]\n{own}"))
    assert load(file).verify == VerifySettings((("192.0.2.1", 443),), (file.parent / "cert.pem", file.parent / "key.pem"))


def test_figures_are_off_unless_told(file: Path) -> None:
    whole = file.read_text()
    assert load(file).metrics == (("127.0.0.1", 0),), "a lab's are on"
    file.write_text(whole.replace('[metrics]\nlisten = "127.0.0.1:0"\n', ""))
    assert load(file).metrics == ()
    file.write_text(whole.replace('[metrics]\nlisten = "127.0.0.1:0"\n', "[metrics]\n"))
    with pytest.raises(SettingsError, match=r"metrics\.listen: a text or a list"):
        load(file)


@pytest.mark.parametrize(
    ("verify", "says"),
    [
        ("", r"verify\.listen: a text or a list"),
        ('listen = "443"', r'verify\.listen: "443" is no address'),
        ('listen = "192.0.2.1:443"\ncertificate = "cert.pem"', r"verify\.key: a text is required"),
        ('listen = "127.0.0.1:0"\ncolour = 1', r"verify\.colour: unknown"),
    ],
)
def test_a_page_that_cannot_be(file: Path, verify: str, says: str) -> None:
    file.write_text(file.read_text().replace('listen = "127.0.0.1:0"', verify))
    with pytest.raises(SettingsError, match=says):
        load(file)


def test_only_municipalities_have_a_page(file: Path) -> None:
    file.write_text(node_toml(CENTRE, 20_002) + '\n[verify]\nlisten = "127.0.0.1:0"\n')
    with pytest.raises(SettingsError, match=r"\[verify\]: unknown"):
        load(file)


@pytest.mark.parametrize("node", [PREFECTURE, CENTRE])
def test_a_node_that_issues_nothing(file: Path, node) -> None:
    file.write_text(node_toml(node, 20_002))
    assert load(file).issue is None


def test_what_bodies_may_ask_is_for_keepers_and_what_is_kept_for_all(file: Path) -> None:
    whole = node_toml(CENTRE, 20_002)
    file.write_text(whole)
    assert load(file).agencies == file.parent.parent.parent / "agencies.jws"
    assert load(file).keeping == Keeping(today=False, identities_years=150, provisions_days=7 * 366)
    file.write_text(whole + "provisions_days = 5\n\n[identities]\ntoday = true\nkeep_years = 3\n")
    assert load(file).keeping == Keeping(today=True, identities_years=3, provisions_days=5)
    town = node_toml(KIOSK_TOWN, 20_001)
    file.write_text(town + "\n[identities]\ntoday = true\n")
    assert (load(file).agencies, load(file).keeping) == (None, Keeping(today=True))
    for wrong, says in (
        (town + '\n[agencies]\ntable = "cert.pem"\n', r"\[agencies\]: unknown"),
        (whole + "colour = 1\n", r"agencies\.colour: unknown"),
        (whole + "\n[identities]\nkeep_years = 0\n", r"identities\.keep_years: a whole number from 1"),
        (whole + "\n[identities]\ntoday = 1\n", r"identities\.today: true or false"),
        (whole.replace("agencies.jws", "absent.jws"), r"agencies\.table: .*absent\.jws is not there"),
    ):
        file.write_text(wrong)
        with pytest.raises(SettingsError, match=says):
            load(file)


KEYS = re.findall(r"^(\w+) = ", node_toml(KIOSK_TOWN, 1), re.MULTILINE)


@pytest.mark.parametrize("key", sorted(set(KEYS) - {"listen"}))
def test_each_key_is_required(file: Path, key: str) -> None:
    file.write_text(re.sub(rf"^{key} = .*\n", "", file.read_text(), flags=re.MULTILINE))
    with pytest.raises(SettingsError, match=rf"{re.escape(str(file))}: \w+\.{key}: .*required"):
        load(file)


@pytest.mark.parametrize("table", ["node", "tls", "keys", "directory", "cards", "hours", "network", "issue"])
def test_unknown_keys_and_missing_tables(file: Path, table: str) -> None:
    whole = file.read_text()
    file.write_text(whole.replace(f"[{table}]\n", f"[{table}]\ncolour = 1\n"))
    with pytest.raises(SettingsError, match=rf"{table}\.colour: unknown; remove it"):
        load(file)
    file.write_text(re.sub(rf"\[{table}\]\n(?:\w.*\n)*", "", whole))
    with pytest.raises(SettingsError, match=rf"\[{table}\] is missing"):
        load(file)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('role = "municipality"', 'role = "village"', r'node\.role: "village" is none; one of municipality, prefecture, centre'),
        ('code = "21361"', 'code = "213613"', r"node\.code: .*five digits"),
        ('code = "21361"', 'code = "21"', r"node\.code: .*five digits"),
        ('listen = "127.0.0.1:20001"', 'listen = "20001"', r"node\.listen: .*HOST:PORT"),
        ('listen = "127.0.0.1:20001"', 'listen = "127.0.0.1:70000"', r"node\.listen: .*HOST:PORT"),
        ('listen = "127.0.0.1:20001"', "listen = 20001", r"node\.listen: a text"),
        ('listen = "127.0.0.1:20001"', "listen = []", r"node\.listen: a text"),
        ("\nissue_hours = 87600", "\nissue_hours = 0", r"directory\.issue_hours: a whole number from 1"),
        ("crl_answer_hours = 87600", "crl_answer_hours = -1", r"tls\.crl_answer_hours: a whole number from 0"),
        ("[issue]", "[limits]\nrate = 0\n[issue]", r"limits\.rate: a whole number from 1"),
        ("[issue]", "[limits]\ncolour = 1\n[issue]", r"limits\.colour: unknown"),
        ('certificate = "cert.pem"', 'certificate = "absent.pem"', r"tls\.certificate: .*absent\.pem is not there"),
        ('anchors = "../../jpki/anchors"', 'anchors = "cert.pem"', r"cards\.anchors: .*folder"),
        ('opens = "00:00"', 'opens = "8:30"', r'hours\.opens: "8:30" is no time of day'),
        ('closes = "24:00"', 'closes = "25:00"', r"hours\.closes: .*no time of day"),
        ('opens = "00:00"', 'opens = "24:00"', r"hours\.closes: a time after opens"),
        ("every_day = true", 'every_day = "yes"', r"hours\.every_day: true or false"),
        ("fee = 0", "fee = -1", r"issue\.fee: a whole number from 0"),
        ("fee = 0", "fee = true", r"issue\.fee: a whole number from 0"),
        ("[issue]", "[colours]\n[issue]", r"\[colours\]: unknown"),
        ("[issue]", "[issue", "not TOML"),
    ],
)
def test_wrong_values(file: Path, old: str, new: str, says: str) -> None:
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(SettingsError, match=says) as caught:
        load(file)
    assert str(file) in str(caught.value)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path / "absent.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match="UTF-8"):
        load(tmp_path / "binary.toml")
