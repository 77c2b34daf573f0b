"""A card in a folder: `card.toml`, certificates and keys, and `state.json`, the card's memory.

    card.toml    kind = "mynumber" | "juki" | "operator" | "licence"    pin = "1234"    sign_pin = "ABC123"    tries = 3
                 expires = 2035-12-31      the card's own last day        resident_code = "…"   on a 住基カード, eleven digits
                 photo = false             of a 住基カード: version A; unsaid B
                 areas = ["library"]       municipality's services        service_pin = "1234"    service_key = 32 hexadecimal digits
                 entitlement = "what\\nuntil"   in the welfare area, as its office wrote it
                 faults = ["t0"]           see card_faults.SWITCHES        slow = true
                 [holder]                  name, address, birth (YYYYMMDD), sex: what 券面事項入力補助 holds
    auth.der auth.key.pem auth-ca.der    for user authentication; absent: no such certificate
    sign.der sign.key.pem sign-ca.der    for signatures; absent: no such certificate
    terminal-ca.pem                      what a 住基カード checks terminals with
    state.json   written by the simulator only: PIN counters, PINs that were changed, services' objects

Whoever wants the card as new deletes `state.json`.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from hardware.errors import SettingsError
from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_applications import ATRS, T0_ATR, Identity, applications
from hardware.simulated.card_faults import SLOW, Delays, Faults
from hardware.simulated.card_memory import Application, Memory, PinFile
from hardware.simulated.card_toml import read_card_toml

_MAIN_PINS = ("jpki/0018", "juki/001C", "operator/0018")  # what `tries` sets: the PIN a kiosk asks for


def load_card(folder: Path, faults: Faults | None = None, delays: Delays | None = None) -> SimulatedCard:
    """`faults` and `delays` go before those in card.toml. Raises SettingsError, naming file, key and what would be right."""
    settings = read_card_toml(folder / "card.toml")
    details = replace(settings.details, terminal_ca=_terminal_ca(folder / "terminal-ca.pem"))
    held = applications(settings.kind, _identity(folder, "auth"), _identity(folder, "sign"), details)
    pins = _pins(held)
    as_made = {title: pin.value for title, pin in pins.items()}
    if settings.tries is not None:
        for title in _MAIN_PINS:
            if title in pins:
                pins[title].left = settings.tries
    memory = folder / "state.json"
    _recall(memory, held, pins)

    def remember(now: Memory) -> None:
        _write(memory, now, as_made)

    wrong = faults or settings.faults
    return SimulatedCard(held, T0_ATR if wrong.t0 else ATRS[settings.kind], wrong, delays or (SLOW if settings.slow else None), remember)


def _pins(held: Sequence[Application]) -> dict[str, PinFile]:
    return {title: pin for application in held for title, pin in application.pins().items()}


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


def _terminal_ca(path: Path) -> EllipticCurvePublicKey | None:
    if not path.exists():
        return None
    try:
        key = load_pem_public_key(path.read_bytes())
    except ValueError as error:
        raise SettingsError(f"{path}: not a PEM public key") from error
    if not isinstance(key, EllipticCurvePublicKey) or key.curve.name != "secp256r1":
        raise SettingsError(f"{path}: must be a public key on P-256")
    return key


# -- the memory -------------------------------------------------------------------------------------------------------


def _recall(path: Path, held: Sequence[Application], pins: Mapping[str, PinFile]) -> None:
    if not path.exists():
        return
    wrong = SettingsError(f"{path}: not a card's memory; delete it to have the card as new")
    stores = {application.title: application.store for application in held if application.store is not None}
    try:
        for title, state in json.loads(path.read_bytes()).items():
            if title in stores:
                stores[title].objects.update((int(number), bytes.fromhex(value)) for number, value in state.items())
                continue
            if not isinstance(state["left"], int) or not 0 <= state["left"] <= 15:
                raise wrong
            pins[title].left = state["left"]
            if "pin" in state:
                pins[title].value = state["pin"].encode("ascii")
    except (ValueError, TypeError, KeyError, AttributeError):
        raise wrong from None


def _write(path: Path, memory: Memory, as_made: Mapping[str, bytes]) -> None:
    """Whole or not at all: a simulator killed in the middle leaves the old memory."""
    raw: dict[str, object] = {
        title: {"left": state.tries_left} | ({} if state.value.encode("ascii") == as_made[title] else {"pin": state.value})
        for title, state in memory.pins.items()
    }
    raw |= {title: {str(number): value.hex() for number, value in objects.items()} for title, objects in memory.objects.items() if objects}
    partly = path.with_suffix(".json.new")
    with partly.open("w", encoding="ascii") as out:
        json.dump(raw, out, indent=1, sort_keys=True)
        out.flush()
        os.fsync(out.fileno())
    partly.replace(path)
