"""What differs between printers, as data: one file a model in assets/printers/.

Vendors' manuals answer the same ten questions differently: how many dots, how many user-defined characters, how the end of a job is
known, who holds the sheet. Everything else of the driver is the same for all.
"""

import tomllib
from dataclasses import dataclass, fields
from enum import StrEnum
from importlib.resources import files
from typing import Any, TypeVar

from hardware.errors import SettingsError


class Encoder(StrEnum):
    EXACT = "exact"  # ours: structure, columns, user-defined characters
    LIBRARY = "library"  # python-escpos: one raster after the other


class Completion(StrEnum):
    """How the printer can be asked whether it has printed what it got."""

    PROCESS_ID = "process_id"  # GS ( H 48: answered when the data before it is on paper
    QUEUED_STATUS = "queued_status"  # GS r: answered when the data before it has been processed; weaker
    NONE = "none"  # no job can be proven printed


class Presenter(StrEnum):
    NONE = "none"
    CUSTOM = "custom"  # GS e


class StatusKind(StrEnum):
    ASB = "asb"  # GS a: told at each change
    CUSTOM = "custom"  # DLE EOT 20: asked for


@dataclass(frozen=True)
class PrinterModel:
    """Lengths in dots, dots an inch, mm, mm/s and bytes; `cut` is the command that feeds to the blade and cuts."""

    name: str
    encoder: Encoder
    dots: int
    dpi: int
    speed_mm_s: int
    buffer_bytes: int
    kanji_slots: int
    half_slots: int
    enlarges: bool  # GS ! repeats the dots of user-defined characters exactly
    flash_bytes: int  # for NV graphics; 0: none, or not known how
    completion: Completion
    presenter: Presenter
    status: StatusKind
    near_end_mm: int
    cut: bytes

    def millimetres(self, rows: int) -> float:
        return rows * 25.4 / self.dpi

    def rows(self, millimetres: float) -> int:
        return int(millimetres * self.dpi / 25.4)

    @property
    def rows_per_second(self) -> float:
        return self.speed_mm_s * self.dpi / 25.4


LIMITS = {
    "dots": (8, 4096),
    "dpi": (100, 255),  # GS P takes one byte
    "speed_mm_s": (1, 1000),
    "buffer_bytes": (512, 1 << 20),  # below, a band and its question do not fit
    "kanji_slots": (0, 94),
    "half_slots": (0, 94),
    "flash_bytes": (0, 1 << 24),
    "near_end_mm": (0, 100_000),
}


LIBRARY = "escpos/"  # begins the names of models that python-escpos knows: see `library`


def model_names() -> list[str]:
    """All that `load_model` takes: ours, and those of python-escpos' table. Costs some milliseconds; the library is not imported."""
    from hardware.printer.library import library_names  # which makes models of its own by this file

    return shipped_names() + library_names()


def shipped_names() -> list[str]:
    return sorted(entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))


def load_model(name: str) -> PrinterModel:
    """Raises SettingsError for a name that nothing bears, a file with a wrong, missing or unknown key, or a model that cannot serve."""
    if name.startswith(LIBRARY):
        from hardware.printer.library import library_model  # which makes models of its own by this file

        return library_model(name)
    if name not in shipped_names():
        known = f"there are {', '.join(shipped_names())}, and {LIBRARY}NAME for each model of python-escpos"
        raise SettingsError(f"printer model {name!r}: there is no such file in assets/printers/; {known}")
    return read_model((_folder() / f"{name}.toml").read_text(encoding="utf-8"), f"assets/printers/{name}.toml")


def read_model(text: str, source: str) -> PrinterModel:
    """The text of a model file. `source` is how errors name it. Raises SettingsError."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{source}: {error}") from None
    known = [entry.name for entry in fields(PrinterModel)]
    for key in values:
        if key not in known:
            raise SettingsError(f"{source}: unknown key {key!r}; known are {', '.join(known)}")
    for key in known:
        if key not in values:
            raise SettingsError(f"{source}: {key} is missing")
    return PrinterModel(
        name=_text(values, "name", source),
        encoder=_choice(values, "encoder", Encoder, source),
        completion=_choice(values, "completion", Completion, source),
        presenter=_choice(values, "presenter", Presenter, source),
        status=_choice(values, "status", StatusKind, source),
        cut=_hex(values, "cut", source),
        enlarges=_flag(values, "enlarges", source),
        **{key: _number(values, key, source) for key in LIMITS},
    )


Choice = TypeVar("Choice", bound=StrEnum)


def _choice(values: dict[str, Any], key: str, choices: type[Choice], source: str) -> Choice:
    for choice in choices:
        if values[key] == choice.value:
            return choice
    raise SettingsError(f"{source}: {key} = {values[key]!r}, must be one of {', '.join(choices)}")


def _number(values: dict[str, Any], key: str, source: str) -> int:
    value, (low, high) = values[key], LIMITS[key]
    if type(value) is not int or not low <= value <= high:
        raise SettingsError(f"{source}: {key} = {value!r}, must be a whole number from {low} to {high}")
    return value


def _flag(values: dict[str, Any], key: str, source: str) -> bool:
    if not isinstance(values[key], bool):
        raise SettingsError(f"{source}: {key} = {values[key]!r}, must be true or false")
    return bool(values[key])


def _text(values: dict[str, Any], key: str, source: str) -> str:
    if not isinstance(values[key], str) or not values[key]:
        raise SettingsError(f"{source}: {key} must be a text")
    return str(values[key])


def _hex(values: dict[str, Any], key: str, source: str) -> bytes:
    try:
        return bytes.fromhex(_text(values, key, source))
    except ValueError:
        raise SettingsError(f'{source}: {key} must be bytes in hex, like "1D 56 42 00"') from None


def _folder() -> Any:
    return files("assets") / "printers"
