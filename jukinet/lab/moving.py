"""A lab's kiosk played by hand for moves by card: `jukinet move`. Asks what a kiosk asks, with one of the lab's cards; there is no window
and no printer.

The card's key lies in the lab's folder, so no PIN is asked for: this is for looking at the network, not at the terminal.
"""

import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from jukinet.client import Line, RegisterClient
from jukinet.errors import SettingsError
from jukinet.lab.layout import LabPaths
from jukinet.lab.network import KIOSK, KIOSK_TOWN
from jukinet.messages import CardProof, HouseholdAsk, Move, proof_message
from jukinet.move_messages import CarryOnAsk, MoveInAsk, MoveOutAsk, MovesAsk
from jukinet.signing import digest

SECONDS = 20.0
_BASE_32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Terminal:
    """One visit: a card of the lab at its kiosk."""

    def __init__(self, folder: Path, case: str) -> None:
        """Raises SettingsError."""
        paths = LabPaths(folder.resolve())
        urls = _urls(paths.kiosk_settings)
        own = paths.kiosk(KIOSK)
        key = paths.root / "directory.jwk.json"
        line = Line(urls, own / "cert.pem", own / "key.pem", paths.root / "ca" / "ca.pem", KIOSK_TOWN.code, KIOSK, key)
        self._client = RegisterClient(line, lambda: datetime.now(UTC))
        self._certificate, self._key = _card(paths.cards / case)
        self._visit = new_visit(time.time_ns() // 1_000_000, token_bytes(10))

    def members(self) -> dict[int, str]:
        """Number and name of everybody in the household."""
        household = self._client.household(HouseholdAsk(**self._common()), self._card, SECONDS)
        return {member.number: member.name for member in household.members}

    def where(self) -> list[Move]:
        return self._client.moves(MovesAsk(**self._common()), self._card, SECONDS).moves

    def out(self, persons: list[int], leaves: str, destination: str) -> list[Move]:
        ask = MoveOutAsk(**self._common(), persons=persons, leaves=leaves, destination=destination)
        return self._client.move_out(ask, self._card, SECONDS).moves

    def file(self, move: str, moved: str) -> list[Move]:
        return self._client.move_in(MoveInAsk(**self._common(), move=move, moved=moved), self._card, SECONDS).moves

    def carry_on(self, move: str) -> list[Move]:
        return self._client.carry_on(CarryOnAsk(**self._common(), move=move), self._card, SECONDS).moves

    def close(self) -> None:
        self._client.close()

    @property
    def _card(self) -> bytes:
        return digest(self._certificate)

    def _common(self) -> dict[str, Any]:
        nonce = self._client.nonce(self._visit, SECONDS)
        signature = self._key.sign(proof_message(self._visit, nonce, KIOSK), PKCS1v15(), SHA256())
        proof = CardProof(certificate=self._certificate, signature=signature)
        return {"visit": self._visit, "nonce": nonce, "town": KIOSK_TOWN.code, "kiosk": KIOSK, "proof": proof}


def new_visit(milliseconds: int, chance: bytes) -> str:
    """A ULID: 48 bits of time, 80 of chance."""
    number = (milliseconds << 80) | int.from_bytes(chance, "big")
    return "".join(_BASE_32[(number >> shift) & 31] for shift in range(125, -1, -5))


def _urls(settings: Path) -> list[str]:
    """Where the kiosk's town listens."""
    try:
        urls: list[str] = tomllib.loads(settings.read_text(encoding="utf-8"))["network"]["urls"]
    except OSError:
        raise SettingsError(f"{settings.parent}: no lab; the folder of `jukinet lab` is required") from None
    return urls


def _card(folder: Path) -> tuple[bytes, RSAPrivateKey]:
    try:
        certificate, pem = (folder / "auth.der").read_bytes(), (folder / "auth.key.pem").read_bytes()
    except OSError:
        raise SettingsError(f"{folder}: no card with a certificate; the name of one in {folder.parent} is required") from None
    key = load_pem_private_key(pem, None)
    assert isinstance(key, RSAPrivateKey)
    return certificate, key
