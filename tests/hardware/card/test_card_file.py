"""A card in a folder: its memory lasts, and every mistake in it is named."""

import json
import shutil
from pathlib import Path

import pytest

from hardware.card import card_text, jpki
from hardware.card.card_text import BasicFacts
from hardware.errors import CardError, NoCertificate, PinLocked, SettingsError, WrongPin
from hardware.simulated.card_applications import T0_ATR
from hardware.simulated.card_faults import SLOW, SWITCHES, Faults, faults_of
from hardware.simulated.card_file import load_card
from hardware.simulated.card_reader import SimulatedReader


def try_pin(folder: Path, pin: str) -> CardError | None:
    """A visit of its own, as after a restart."""
    reader = SimulatedReader()
    reader.insert(load_card(folder))
    connection = reader.connect()
    jpki.identify(connection)
    try:
        jpki.verify(connection, bytearray(pin.encode()))
    except CardError as error:
        return error
    finally:
        reader.close()
    return None


def test_the_counter_outlives_the_process(folder: Path) -> None:
    for left in (2, 1, 0):
        error = try_pin(folder, "0000")
        assert isinstance(error, WrongPin)
        assert error.tries_left == left
    assert isinstance(try_pin(folder, "1234"), PinLocked)


def test_the_right_pin_is_remembered_too(folder: Path) -> None:
    assert isinstance(try_pin(folder, "0000"), WrongPin)
    assert try_pin(folder, "1234") is None
    assert json.loads((folder / "state.json").read_text())["jpki/0018"] == {"left": 3}


def test_a_card_untouched_writes_nothing(folder: Path) -> None:
    load_card(folder)
    assert not (folder / "state.json").exists()


def test_a_changed_pin_lasts(folder: Path) -> None:
    card = load_card(folder)
    card.power(True)
    for command in ("00A4040C0AD392F000260100000001", "002000980431323334", "002401980435363738"):
        assert card.command(bytes.fromhex(command)) == b"\x90\x00"
    assert isinstance(try_pin(folder, "1234"), WrongPin)
    assert try_pin(folder, "5678") is None


def test_a_locked_card_by_its_settings(folder: Path) -> None:
    with (folder / "card.toml").open("a") as out:
        out.write("tries = 0\n")
    assert isinstance(try_pin(folder, "1234"), PinLocked)


def test_a_card_without_certificates(folder: Path) -> None:
    for file in folder.glob("auth*"):
        file.unlink()
    reader = SimulatedReader()
    reader.insert(load_card(folder))
    connection = reader.connect()
    jpki.identify(connection)
    with pytest.raises(NoCertificate):
        jpki.read_certificate(connection)


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('kind = "passport"', "kind must be one of mynumber"),
        ("", "kind must be one of"),
        ('kind = "mynumber"\ncolour = "red"', "unknown key colour"),
        ('kind = "mynumber"\npin = 1234', "pin must be 1 to 16 ASCII characters in quotes"),
        ('kind = "mynumber"\nsign_pin = ""', "sign_pin must be"),
        ('kind = "mynumber"\ntries = 16', "tries must be a number from 0"),
        ('kind = "mynumber"\ntries = true', "tries must be a number from 0"),
        ("kind = ", "not TOML"),
        ('kind = "mynumber"\nexpires = "2035-12-31"', "expires must be a day, like 2035-12-31 without quotes"),
        ('kind = "juki"\nresident_code = "123"', "resident_code must be eleven digits"),
        ('kind = "mynumber"\nareas = ["swimming"]', "areas must be a list of welfare, library, facility"),
        ('kind = "mynumber"\nservice_key = "00"', "service_key must be 32 hexadecimal digits"),
        ('kind = "mynumber"\nfaults = ["lost"]', "faults must be a list of mute, dizzy"),
        ('kind = "mynumber"\nentitlement = 1', "entitlement must be text in quotes"),
        ('kind = "juki"\nphoto = "yes"', "photo must be true or false"),
        ('kind = "mynumber"\nslow = 1', "slow must be true or false"),
        ('kind = "mynumber"\n[holder]\nname = "見本"', "must have name, address, birth, sex"),
    ],
)
def test_a_mistake_in_card_toml_is_named(folder: Path, toml: str, says: str) -> None:
    (folder / "card.toml").write_text(toml)
    with pytest.raises(SettingsError, match=says) as caught:
        load_card(folder)
    assert str(folder / "card.toml") in str(caught.value)


def test_a_folder_without_card(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file"):
        load_card(tmp_path)


def test_a_key_for_terminals_that_is_none(folder: Path) -> None:
    for text in ("nothing", (folder / "auth.key.pem").read_text()):
        (folder / "terminal-ca.pem").write_text(text)
        with pytest.raises(SettingsError, match=r"terminal-ca\.pem: "):
            load_card(folder)


@pytest.mark.parametrize("fault", SWITCHES)
def test_each_fault_is_a_switch(folder: Path, fault: str) -> None:
    with (folder / "card.toml").open("a") as out:
        out.write(f'slow = true\nfaults = ["{fault}"]\n')
    card = load_card(folder)
    assert card.faults != Faults()
    assert card.faults == faults_of([fault])
    assert card.delays == SLOW
    assert (card.atr == T0_ATR) is (fault == "t0")


def test_two_faults_and_the_holders_facts(folder: Path) -> None:
    with (folder / "card.toml").open("a") as out:
        out.write('faults = ["t0", "short-reads"]\n[holder]\nname = "見本　花子"\naddress = "見本町"\nbirth = "19800101"\nsex = "2"\n')
    reader = SimulatedReader()
    reader.insert(load_card(folder))
    connection = reader.connect()
    card_text.select(connection)
    card_text.verify(connection, bytearray(b"1234"))
    assert card_text.read_basic_facts(connection) == BasicFacts("見本　花子", "見本町", "19800101", "2")


def test_certificate_and_key_come_together(folder: Path) -> None:
    (folder / "auth.key.pem").unlink()
    with pytest.raises(SettingsError, match=r"auth\.key\.pem: missing beside auth\.der"):
        load_card(folder)


def test_a_key_that_is_none(folder: Path) -> None:
    shutil.copy(folder / "auth.der", folder / "auth.key.pem")
    with pytest.raises(SettingsError, match="not a PEM private key"):
        load_card(folder)


@pytest.mark.parametrize("state", ["", "[]", '{"jpki/0018": 3}', '{"jpki/0018": {"left": 99}}', '{"other/0001": {"left": 1}}', "\x00"])
def test_a_damaged_memory_is_no_new_card(folder: Path, state: str) -> None:
    (folder / "state.json").write_text(state)
    with pytest.raises(SettingsError, match="delete it to have the card as new"):
        load_card(folder)
