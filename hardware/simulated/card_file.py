"""A card in a folder: `card.toml`, certificates and keys, and `state.json`, the card's memory.

    card.toml    kind = "mynumber" | "juki" | "operator" | "licence"    pin = "1234"    sign_pin = "ABC123"    tries = 3
    auth.der auth.key.pem auth-ca.der    for user authentication; absent: no such certificate
    sign.der sign.key.pem sign-ca.der    for signatures; absent: no such certificate
    state.json   written by the simulator only: PIN counters, and PINs that were changed

Whoever wants the card as new deletes `state.json`.
"""

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from hardware.errors import SettingsError
from hardware.simulated.card import Delays, Faults, SimulatedCard
from hardware.simulated.card_applications import ATRS, T0_ATR, Identity, Kind, applications
from hardware.simulated.card_memory import Application, PinFile, PinState

_MAIN_PINS = ("jpki/0018", "juki/001C", "operator/0018")  # what `tries` sets: the PIN a kiosk asks for
_KEYS = {"kind", "pin", "sign_pin", "tries"}


@dataclass(frozen=True)
class CardToml:
    kind: Kind
    pin: str
    sign_pin: str
    tries: int | None


def load_card(folder: Path, faults: Faults | None = None, delays: Delays | None = None) -> SimulatedCard:
    """Raises SettingsError, naming file, key and what would be right."""
    settings = _read_toml(folder / "card.toml")
    held = applications(settings.kind, _identity(folder, "auth"), _identity(folder, "sign"), settings.pin, settings.sign_pin)
    pins = _pins(held)
    as_made = {title: pin.value for title, pin in pins.items()}
    if settings.tries is not None:
        for title in _MAIN_PINS:
            if title in pins:
                pins[title].left = settings.tries
    memory = folder / "state.json"
    _recall(memory, pins)

    def remember(states: Mapping[str, PinState]) -> None:
        _write(memory, states, as_made)

    atr = T0_ATR if faults is not None and faults.t0 else ATRS[settings.kind]
    return SimulatedCard(held, atr, faults, delays, remember)


def _pins(held: Sequence[Application]) -> dict[str, PinFile]:
    return {title: pin for application in held for title, pin in application.pins().items()}


def _read_toml(path: Path) -> CardToml:
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
    return CardToml(Kind(kind), _pin(path, raw, "pin", "1234"), _pin(path, raw, "sign_pin", "ABC123"), tries)


def _pin(path: Path, raw: Mapping[str, object], key: str, unset: str) -> str:
    value = raw.get(key, unset)
    if not isinstance(value, str) or not value.isascii() or not 1 <= len(value) <= 16:
        raise SettingsError(f'{path}: {key} must be 1 to 16 ASCII characters in quotes, like "{unset}"')
    return value


def _identity(folder: Path, name: str) -> Identity | None:
    certificate, key, issuer = folder / f"{name}.der", folder / f"{name}.key.pem", folder / f"{name}-ca.der"
    there = [path for path in (certificate, key, issuer) if path.exists()]
    if not there:
        return None
    for path in (certificate, key, issuer):
        if path not in there:
            raise SettingsError(f"{path}: missing beside {there[0].name}; certificate, key and issuer come together")
    try:
        private = load_pem_private_key(key.read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise SettingsError(f"{key}: not a PEM private key without a password") from error
    if not isinstance(private, RSAPrivateKey) or private.key_size != 2048:
        raise SettingsError(f"{key}: must be an RSA key of 2048 bits")
    return Identity(certificate.read_bytes(), private, issuer.read_bytes())


def _recall(path: Path, pins: Mapping[str, PinFile]) -> None:
    if not path.exists():
        return
    wrong = SettingsError(f"{path}: not a card's memory; delete it to have the card as new")
    try:
        raw = json.loads(path.read_bytes())
    except ValueError:
        raise wrong from None
    if not isinstance(raw, dict):
        raise wrong
    for title, state in raw.items():
        left = state.get("left") if isinstance(state, dict) else None
        if title not in pins or not isinstance(left, int) or not 0 <= left <= 15:
            raise wrong
        pins[title].left = left
        changed = state.get("pin")
        if isinstance(changed, str):
            pins[title].value = changed.encode("ascii")


def _write(path: Path, states: Mapping[str, PinState], as_made: Mapping[str, bytes]) -> None:
    """Whole or not at all: a simulator killed in the middle leaves the old memory."""
    raw = {
        title: {"left": state.tries_left} | ({} if state.value.encode("ascii") == as_made[title] else {"pin": state.value})
        for title, state in states.items()
    }
    partly = path.with_suffix(".json.new")
    with partly.open("w", encoding="ascii") as out:
        json.dump(raw, out, indent=1, sort_keys=True)
        out.flush()
        os.fsync(out.fileno())
    partly.replace(path)
