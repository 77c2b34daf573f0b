"""Why a card's certificate is no longer valid: what the centre says with `card-revoked`, and a kiosk tells in words of its own.

The names are those of RFC 5280, 5.3.1, where it has one. Its affiliationChanged does not tell a move from another name; they want different
steps of the holder, so the centre tells them apart.
"""

from enum import StrEnum


class Revoked(StrEnum):
    LOST = "keyCompromise"  # reported lost or stolen
    MOVED = "moved"  # the card was not carried on at the new municipality in time
    RENAMED = "renamed"
    SUPERSEDED = "superseded"  # a newer certificate was issued
    HELD = "certificateHold"  # put on hold by its holder; a certificate is never let go again, a new one is issued
    CEASED = "cessationOfOperation"  # given up by its holder
    SUSPENDED = "suspended"  # for a while: the card was reported lost and may be found (一時停止); its certificates are not struck off
