"""A certificate, its key and the PIN before it: what a holder proves themselves with, the same in each application that has one.

Select the application first; the functions then work in any order, but that `tries_left` goes before `verify` (see `files.verify`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from hardware.card import files
from hardware.interfaces import CardConnection

Codes = bytearray | list[int]  # a PIN's ASCII codes, which their owner can wipe


def any_characters(pin: Sequence[int]) -> bool:
    return 1 <= len(pin) <= 16


def four_digits(pin: Sequence[int]) -> bool:
    return len(pin) == 4 and all(0x30 <= code <= 0x39 for code in pin)


def password(pin: Sequence[int]) -> bool:
    """Of the certificate for signing: 6 to 16 of A-Z and 0-9, at least one of each; small letters are folded before they get here."""
    digits = sum(0x30 <= code <= 0x39 for code in pin)
    letters = sum(0x41 <= code <= 0x5A for code in pin)
    return 6 <= len(pin) <= 16 and digits > 0 and letters > 0 and digits + letters == len(pin)


@dataclass(frozen=True)
class Pin:
    """`tries`: how often a right PIN may be followed by wrong ones. `fits` is what may be registered; `capitals`: small letters are
    registered as capitals, and the card compares bytes."""

    file: int
    tries: int
    fits: Callable[[Sequence[int]], bool] = four_digits
    capitals: bool = False

    def tries_left(self, card: CardConnection) -> int:
        """0 = locked. Uses up no try."""
        return files.tries_left(card, self.file, self.tries)

    def verify(self, card: CardConnection, pin: Codes) -> None:
        """Raises WrongPin(tries_left), PinLocked. Wiping `pin` is the caller's."""
        codes = self._codes(pin)
        try:
            files.verify(card, self.file, codes)
        finally:
            codes[:] = [0] * len(codes)

    def change(self, card: CardConnection, old: Codes, new: Codes) -> None:
        """Wiping both is the caller's. Raises ValueError, before the card hears anything, for a new one that may not be registered;
        WrongPin, PinLocked for the old one."""
        codes = self._codes(new)
        try:
            if not self.fits(codes):
                raise ValueError("such a PIN cannot be registered")
            self.verify(card, old)
            files.replace_pin(card, self.file, codes)
        finally:
            codes[:] = [0] * len(codes)

    def _codes(self, pin: Codes) -> list[int]:
        return [code - 0x20 if self.capitals and 0x61 <= code <= 0x7A else code for code in pin]


@dataclass(frozen=True)
class Credential:
    """`certificate` and `key` are files."""

    certificate: int
    key: int
    pin: Pin

    def read_certificate(self, card: CardConnection) -> bytes:
        """DER. Raises NoCertificate."""
        return files.read_certificate(card, self.certificate)

    def tries_left(self, card: CardConnection) -> int:
        """How often the PIN may still be wrong; 0 = locked. Uses up no try."""
        return self.pin.tries_left(card)

    def verify(self, card: CardConnection, pin: Codes) -> None:
        """`pin`: ASCII codes; wiping it is the caller's. Raises WrongPin(tries_left), PinLocked."""
        self.pin.verify(card, pin)

    def sign(self, card: CardConnection, digest: bytes) -> bytes:
        """The holder's RSA-2048 signature (PKCS#1 v1.5) over a SHA-256 digest, after `verify`. Raises CardRemoved without it."""
        return files.sign(card, self.key, digest)

    def change_pin(self, card: CardConnection, old: Codes, new: Codes) -> None:
        """Wiping both is the caller's. Raises ValueError for a new one that may not be registered, WrongPin, PinLocked."""
        self.pin.change(card, old, new)
