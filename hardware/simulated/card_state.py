"""What a card under power has selected, verified and asked. All of it goes with the power; a warm reset leaves what was verified."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from hardware.card.apdu import StatusWord
from hardware.simulated.card_apdu import Refused
from hardware.simulated.card_faults import Faults
from hardware.simulated.card_memory import Application

Kind = TypeVar("Kind")


@dataclass
class CardState:
    """`changed` is called before the answer to a command that changed what lasts; `chance` gives bytes for challenges."""

    applications: Sequence[Application]
    faults: Faults
    chance: Callable[[int], bytes]
    changed: Callable[[], None]
    application: Application | None = None
    file: int | None = None
    verified: set[int] = field(default_factory=set)
    challenge: bytes = b""  # given and not yet answered
    terminal: EllipticCurvePublicKey | None = None  # shown by certificate, not yet proved

    def reset(self, *, keep_verified: bool) -> None:
        self.application, self.file = None, None
        self.challenge, self.terminal = b"", None
        if not keep_verified:
            self.verified.clear()

    def enter(self, application: Application) -> None:
        """Selecting another application forgets what was verified; the same one again does not."""
        if application is not self.application:
            self.verified.clear()
            self.challenge, self.terminal = b"", None
        self.application, self.file = application, None

    def named(self, kind: type[Kind], short: int) -> tuple[int, Kind]:
        """The file a command means: by short id, or the selected one for 0. Raises Refused."""
        if short and self.faults.no_short_ids:
            raise Refused(self.faults.no_short_ids)
        number = short or self.file
        if self.application is None or number is None:
            raise Refused(StatusWord.NO_CURRENT_FILE)
        content = self.application.files.get(number)
        if content is None:
            raise Refused(StatusWord.NO_FILE)
        if not isinstance(content, kind):
            raise Refused(StatusWord.WRONG_KIND_OF_FILE)
        self.file = number
        return number, content

    def need(self, needs: frozenset[int]) -> None:
        if not needs <= self.verified:
            raise Refused(StatusWord.NOT_VERIFIED)

    def take_challenge(self) -> bytes:
        """Good for one answer, right or wrong."""
        challenge, self.challenge = self.challenge, b""
        if not challenge:
            raise Refused(StatusWord.CONDITIONS)
        return challenge
