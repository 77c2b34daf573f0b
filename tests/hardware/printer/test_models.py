"""Printer models are data, and a wrong file says what would be right."""

from importlib.resources import files

import pytest

from hardware.errors import SettingsError
from hardware.printer.commands import HALF_CODES, KANJI_CODES
from hardware.printer.models import Completion, Presenter, PrinterModel, load_model, model_names, read_model, shipped_names

TEXT = (files("assets") / "printers" / "epson-tm.toml").read_text(encoding="utf-8")


def test_shipped_models(models: list[PrinterModel]) -> None:
    assert [model.name for model in models] == shipped_names()
    assert load_model("epson-tm").completion is Completion.PROCESS_ID
    assert load_model("custom-vkp80").presenter is Presenter.CUSTOM
    assert load_model("sii-like").kanji_slots == 15


def test_slots_are_the_documented_codes() -> None:
    assert len(KANJI_CODES) == len(HALF_CODES) == 94
    assert KANJI_CODES[0] == b"\xec\x40"
    assert KANJI_CODES[-1] == b"\xec\x9e"


def test_unknown_model_says_which_exist() -> None:
    with pytest.raises(SettingsError, match="epson-tm"):
        load_model("laser")


def test_all_that_can_be_chosen_is_listed() -> None:
    assert set(shipped_names()) < set(model_names())
    assert {"escpos/TM-T88V", "escpos/TUP500", "escpos/default"} < set(model_names())
    assert load_model("escpos/TM-T88V").dots == 512
    with pytest.raises(SettingsError, match="dots=576"):
        load_model("escpos/TUP500")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("dots = 576", "dots = 0", "dots = 0, must be a whole number from 8"),
        ("dots = 576", 'dots = "576"', "dots"),
        ("dots = 576", "dots = true", "dots"),
        ("dots = 576", "", "dots is missing"),
        ("dots = 576", "dots = 576\ndotz = 1", "unknown key 'dotz'"),
        ('status = "asb"', 'status = "smoke"', "status = 'smoke', must be one of asb, custom"),
        ('cut = "1D 56 42 00"', 'cut = "snip"', "cut must be bytes in hex"),
        ('name = "epson-tm"', "name = 3", "name must be a text"),
        ("dots = 576", "dots = ", "x.toml"),
    ],
)
def test_wrong_files_name_file_key_and_remedy(before: str, after: str, said: str) -> None:
    assert before in TEXT
    with pytest.raises(SettingsError, match=r"x\.toml") as caught:
        read_model(TEXT.replace(before, after), "x.toml")
    assert said in str(caught.value)
