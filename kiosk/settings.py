"""One TOML file into frozen values, read once. Paths are relative to the file. A key that nobody knows is an error."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from hardware.errors import SettingsError
from kiosk.services import OWN_SERVICES, SERVICES
from kiosk.words import LANGUAGES


class _Table(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class NetworkSettings(_Table, frozen=True, kw_only=True):
    """The line to our own town, and what we trust."""

    town: Annotated[str, Meta(pattern=r"^\d{5}$")]
    kiosk: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,32}$")]
    urls: Annotated[tuple[str, ...], Meta(min_length=1)]
    certificate: str
    key: str
    ca: str
    directory_key: str
    card_anchors: str
    directory_urls: bool = True  # the addresses that the signed directory names, too; not where a line of one's own must be kept to


class SlotSettings(_Table, frozen=True, kw_only=True):
    """Part of a day at a facility that can be booked."""

    id: Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,16}$")]
    day: date
    begins: Annotated[str, Meta(pattern=r"^\d\d:\d\d$")]
    ends: Annotated[str, Meta(pattern=r"^\d\d:\d\d$")]
    place: Annotated[str, Meta(min_length=1, max_length=40)]


class OrdinanceSettings(_Table, frozen=True, kw_only=True):
    """`[[town.ordinance]]`: what allows the town a service of its own on the card. Without one the service is not there.

    `name` and `number` are the ordinance's, shown before a card is registered. `photo_id`: only a card that counts as photo ID will do.
    `key` is the file with the service's AES-128 key, 32 hexadecimal digits, where the card's area is opened with one.
    """

    service: str
    state: Literal["in use", "under discussion"]
    name: Annotated[str, Meta(min_length=1)]
    number: Annotated[str, Meta(min_length=1)]
    photo_id: bool = False
    key: str = ""
    slots: tuple[SlotSettings, ...] = ()


class TownSettings(_Table, frozen=True, kw_only=True):
    """`form` is the town's own form, laid over ours (kiosk/document/form.py); "" for none. `languages` are offered in their order, and a
    visit begins in the first. `names_as_of` is the day whose names of the centre, the card and the law are shown (YYYY-MM-DD); "" for that
    on which the terminal starts."""

    name: str
    opens: Annotated[str, Meta(pattern=r"^\d\d:\d\d$")] = "08:30"
    closes: Annotated[str, Meta(pattern=r"^\d\d:\d\d$")] = "17:00"
    contact: str
    form: str = ""
    fee: Annotated[int, Meta(ge=0)] = 0
    most_copies: Annotated[int, Meta(ge=1, le=10)] = 3
    names_as_of: Annotated[str, Meta(pattern=r"^(\d{4}-\d\d-\d\d)?$")] = ""
    services: tuple[str, ...] = tuple(SERVICES)
    languages: Annotated[tuple[str, ...], Meta(min_length=1)] = LANGUAGES
    ordinance: tuple[OrdinanceSettings, ...] = ()


class DeviceSettings(_Table, frozen=True, kw_only=True):
    """Addresses choose between real and simulated devices; see `hardware.devices`."""

    reader: str = "simulated:"
    printer: str = "simulated:custom-vkp80"
    payment: str = "none"
    keypad: str = "none"
    sound: str = "none"
    headphones: str = "none"
    cards: str = ""


class ScreenSettings(_Table, frozen=True, kw_only=True):
    width: Annotated[int, Meta(ge=320)] = 1080
    height: Annotated[int, Meta(ge=480)] = 1920
    pixels_per_mm: Annotated[float, Meta(gt=0)] = 4.0


class SpeechSettings(_Table, frozen=True, kw_only=True):
    """`clips` is the folder of the spoken phrases; "" for that of `make speech`, in the user's cache."""

    clips: str = ""


class PathSettings(_Table, frozen=True, kw_only=True):
    state: str = "state"  # journal; survives restarts


class Settings(_Table, frozen=True, kw_only=True):
    network: NetworkSettings
    town: TownSettings
    devices: DeviceSettings = DeviceSettings()
    screen: ScreenSettings = ScreenSettings()
    speech: SpeechSettings = SpeechSettings()
    paths: PathSettings = PathSettings()
    folder: str = ""  # of the file; not a key

    def path(self, text: str) -> Path:
        return Path(self.folder) / text


def load_settings(file: Path, joins: bool = True) -> Settings:
    """Raises SettingsError with file, key and what would be right. `joins` False: the files of the line to the node may be missing."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}; a settings file is needed (see README)") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: not TOML: {error}") from error
    if "folder" in table:
        raise SettingsError(f"{file}: key `folder`: unknown; known are {_keys(Settings)}")
    try:
        settings = msgspec.convert(table | {"folder": str(file.resolve().parent)}, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{file}: {_explain(str(error))}") from error
    if settings.devices.payment == "none" and settings.town.fee:
        raise SettingsError(
            f'{file}: key `town.fee` = {settings.town.fee}: with `devices.payment = "none"` nothing can be paid, so the fee must be 0'
        )
    unknown = [service for service in settings.town.services if service not in SERVICES]
    if unknown:
        raise SettingsError(f"{file}: key `town.services`: {', '.join(unknown)}: unknown; known are {', '.join(SERVICES)}")
    silent = [language for language in settings.town.languages if language not in LANGUAGES]
    if silent:
        raise SettingsError(f"{file}: key `town.languages`: {', '.join(silent)}: no words; known are {', '.join(LANGUAGES)}")
    _hold_to_ordinances(file, settings)
    if settings.town.form and not settings.path(settings.town.form).is_file():
        raise SettingsError(f"{file}: key `town.form`: {settings.path(settings.town.form)} does not exist")
    for key in ("certificate", "key", "ca", "directory_key", "card_anchors") if joins else ():
        path = settings.path(getattr(settings.network, key))
        if not path.exists():
            raise SettingsError(f"{file}: key `network.{key}`: {path} does not exist")
    return settings


def _hold_to_ordinances(file: Path, settings: Settings) -> None:
    """Raises SettingsError."""
    named = [ordinance.service for ordinance in settings.town.ordinance]
    for service in named:
        if service not in OWN_SERVICES:
            raise SettingsError(f"{file}: key `town.ordinance.service`: {service}: unknown; known are {', '.join(OWN_SERVICES)}")
        if named.count(service) > 1:
            raise SettingsError(f"{file}: key `town.ordinance.service`: {service}: twice; a service has one ordinance")
    for ordinance in settings.town.ordinance:
        slots = [slot.id for slot in ordinance.slots]
        if len(slots) > len(set(slots)):
            raise SettingsError(f"{file}: key `town.ordinance.slots.id`: one of {', '.join(slots)} stands there twice")


def _explain(message: str) -> str:
    """msgspec says what and where ("… - at `$.town.fee`"); add which keys there are."""
    what, _, where = message.partition(" - at ")
    key = where.strip("`").removeprefix("$").removeprefix(".")
    tables: dict[str, type[Struct]] = {
        "": Settings,
        "network": NetworkSettings,
        "town": TownSettings,
        "devices": DeviceSettings,
        "screen": ScreenSettings,
        "speech": SpeechSettings,
        "paths": PathSettings,
    }
    table = tables.get(key)
    known = f"; known are {_keys(table)}" if table is not None else ""
    return f"key `{key or 'the file'}`: {what}{known}"


def _keys(table: type[Struct]) -> str:
    return ", ".join(name for name in table.__struct_fields__ if name != "folder")
