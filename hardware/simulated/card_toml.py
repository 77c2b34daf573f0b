"""`card.toml` -> what the card is. Every mistake is named with its key and what would be right."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hardware.card.card_text import BasicFacts
from hardware.card.municipal import AREAS
from hardware.errors import SettingsError
from hardware.simulated.card_applications import Details, Kind
from hardware.simulated.card_faults import SWITCHES, Faults, faults_of

_KEYS = {
    "kind", "pin", "sign_pin", "tries", "expires", "photo", "resident_code",
    "areas", "entitlement", "service_pin", "service_key", "faults", "slow", "holder",
}  # fmt: skip
_HOLDER = ("name", "address", "birth", "sex")


@dataclass(frozen=True)
class CardToml:
    kind: Kind
    details: Details
    tries: int | None
    faults: Faults
    slow: bool


def read_card_toml(path: Path) -> CardToml:
    """Raises SettingsError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: no such file; a card's folder holds a card.toml") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML") from error
    unknown = raw.keys() - _KEYS
    if unknown:
        raise SettingsError(f"{path}: unknown key {min(unknown)}; known are {', '.join(sorted(_KEYS))}")
    kind = raw.get("kind")
    if kind not in list(Kind):
        raise SettingsError(f"{path}: kind must be one of {', '.join(Kind)}")
    tries = raw.get("tries")
    if tries is not None and (type(tries) is not int or not 0 <= tries <= 15):  # true is an int, too
        raise SettingsError(f"{path}: tries must be a number from 0 (locked) to 15")
    slow = _switch(path, raw, "slow", False)
    return CardToml(Kind(kind), _details(path, raw), tries, faults_of(_names(path, raw, "faults", SWITCHES)), slow)


def _switch(path: Path, raw: Mapping[str, object], key: str, unset: bool) -> bool:
    value = raw.get(key, unset)
    if type(value) is not bool:
        raise SettingsError(f"{path}: {key} must be true or false")
    return value


def _details(path: Path, raw: Mapping[str, object]) -> Details:
    expires = raw.get("expires", Details.expires)
    if type(expires) is not date:
        raise SettingsError(f"{path}: expires must be a day, like 2035-12-31 without quotes")
    code = raw.get("resident_code", "")
    if not isinstance(code, str) or (code and not (len(code) == 11 and code.isascii() and code.isdigit())):
        raise SettingsError(f"{path}: resident_code must be eleven digits in quotes")
    key = raw.get("service_key", Details.service_key.hex())
    try:
        service_key = bytes.fromhex(key) if isinstance(key, str) else b""
    except ValueError:
        service_key = b""
    if len(service_key) != 16:
        raise SettingsError(f"{path}: service_key must be 32 hexadecimal digits in quotes")
    return Details(
        pin=_pin(path, raw, "pin", Details.pin),
        sign_pin=_pin(path, raw, "sign_pin", Details.sign_pin),
        expires=expires,
        photo=_switch(path, raw, "photo", Details.photo),
        facts=_facts(path, raw),
        resident_code=code,
        areas=_names(path, raw, "areas", AREAS),
        entitlement=_text(path, raw, "entitlement"),
        service_pin=_pin(path, raw, "service_pin", Details.service_pin),
        service_key=service_key,
    )


def _pin(path: Path, raw: Mapping[str, object], key: str, unset: str) -> str:
    value = raw.get(key, unset)
    if not isinstance(value, str) or not value.isascii() or not 1 <= len(value) <= 16:
        raise SettingsError(f'{path}: {key} must be 1 to 16 ASCII characters in quotes, like "{unset}"')
    return value


def _text(path: Path, raw: Mapping[str, object], key: str) -> str:
    value = raw.get(key, "")
    if not isinstance(value, str):
        raise SettingsError(f"{path}: {key} must be text in quotes")
    return value


def _names(path: Path, raw: Mapping[str, object], key: str, known: Mapping[str, object]) -> tuple[str, ...]:
    names = raw.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name in known for name in names):
        raise SettingsError(f"{path}: {key} must be a list of {', '.join(known)}")
    return tuple(names)


def _facts(path: Path, raw: Mapping[str, object]) -> BasicFacts | None:
    holder = raw.get("holder")
    if holder is None:
        return None
    if not isinstance(holder, dict) or holder.keys() != set(_HOLDER) or not all(isinstance(text, str) for text in holder.values()):
        raise SettingsError(f"{path}: [holder] must have {', '.join(_HOLDER)}, each in quotes")
    return BasicFacts(*(holder[key] for key in _HOLDER))
