"""What a card's state becomes at whoever keeps it, the centre or a prefecture that has not delegated this to it: stopped for a while, let
go again, void, or followed by a newer one. A visit asks before its first answer, so the next visit learns of it.

    valid ──► suspended ──► valid         reported lost, found again: the card itself is stopped, its certificates are not struck off
      └──────────┴────────► revoked       for good, with a reason of RFC 5280; a renewed card leaves its forerunner so
"""

from sqlalchemy import Connection, bindparam, select, update

from jukinet.node.cards import register_card
from jukinet.node.storage.tables import card_registry
from jukinet.revoked import Revoked

_HERE = (card_registry.c.town == bindparam("of_keeper"), card_registry.c.certificate == bindparam("of_card"))
_ENTRY = select(card_registry.c.home, card_registry.c.status, card_registry.c.reason).where(*_HERE)
_BECOMES = update(card_registry).where(*_HERE).values(status=bindparam("status"), reason=bindparam("reason"))


class CardStateError(Exception):
    """It cannot become that. `str()` says what it is, and what would be right."""


def state_of(connection: Connection, keeper: str, card: bytes) -> tuple[str, str]:
    """The holder's municipality and "valid", "suspended" or why it is void. `card`: SHA-256 of the certificate. Raises CardStateError."""
    row = connection.execute(_ENTRY, {"of_keeper": keeper, "of_card": card}).first()
    if row is None:
        raise CardStateError("no card that is kept here; the certificate for user authentication is required, not the one for signing")
    return str(row.home), row.reason or str(row.status)


def suspend(connection: Connection, keeper: str, card: bytes) -> str:
    """As the others: the holder's municipality. Raises CardStateError."""
    home, state = state_of(connection, keeper, card)
    if state != "valid":
        raise CardStateError(f"it is {state}; only a valid card is suspended")
    _become(connection, keeper, card, "revoked", Revoked.SUSPENDED)
    return home


def resume(connection: Connection, keeper: str, card: bytes) -> str:
    home, state = state_of(connection, keeper, card)
    if state != Revoked.SUSPENDED:
        raise CardStateError(f"it is {state}; only a suspended card is let go again")
    _become(connection, keeper, card, "valid", "")
    return home


def revoke(connection: Connection, keeper: str, card: bytes, why: Revoked) -> str:
    """For good; a suspended one too."""
    home, state = state_of(connection, keeper, card)
    if state not in ("valid", Revoked.SUSPENDED):
        raise CardStateError(f"it is void already: {state}")
    _become(connection, keeper, card, "revoked", why)
    return home


def renew(connection: Connection, keeper: str, card: bytes, newer: bytes) -> str:
    """`newer` is in force from now on, with the same holder's municipality."""
    home = revoke(connection, keeper, card, Revoked.SUPERSEDED)
    if connection.execute(_ENTRY, {"of_keeper": keeper, "of_card": newer}).first() is not None:
        raise CardStateError("the newer one is kept here already")
    register_card(connection, newer, home, keeper=keeper)
    return home


def _become(connection: Connection, keeper: str, card: bytes, status: str, reason: str) -> None:
    connection.execute(_BECOMES, {"of_keeper": keeper, "of_card": card, "status": status, "reason": reason})
