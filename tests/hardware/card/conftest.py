"""Cards with keys made once a run: every test gets a fresh card, none waits for RSA."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hardware.simulated.card import SimulatedCard
from hardware.simulated.card_maker import Identities, make_card, make_identities
from hardware.simulated.card_reader import SimulatedReader

NOW = datetime(2026, 4, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def identities() -> Identities:
    return make_identities(NOW)


@pytest.fixture(scope="session")
def make(identities: Identities) -> Callable[..., SimulatedCard]:
    """`make_card` at NOW; PIN 1234, password ABC123."""
    return partial(make_card, now=NOW, identities=identities)


@pytest.fixture
def card(make: Callable[..., SimulatedCard]) -> SimulatedCard:
    return make()


@pytest.fixture
def reader() -> SimulatedReader:
    return SimulatedReader()


@pytest.fixture
def ask(card: SimulatedCard) -> Callable[[str], str]:
    """Hex in, hex out, on a card under power."""
    card.power(True)
    return lambda text: card.command(bytes.fromhex(text)).hex().upper()


@pytest.fixture
def folder(tmp_path: Path, identities: Identities) -> Path:
    """A card's folder: PIN 1234, password ABC123."""
    at = tmp_path / "hanako"
    at.mkdir()
    (at / "card.toml").write_text('kind = "mynumber"\npin = "1234"\nsign_pin = "ABC123"\n', encoding="utf-8")
    for name, identity in (("auth", identities.auth), ("sign", identities.sign)):
        assert identity is not None
        (at / f"{name}.der").write_bytes(identity.certificate)
        (at / f"{name}-ca.der").write_bytes(identity.issuer)
        (at / f"{name}.key.pem").write_bytes(identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return at
