"""How much one node takes on, and from one peer. Pure: the time is an argument.

Nothing waits unseen: what is too much is refused at once with the time after which it may be asked again. A delayed answer is how one
person's record has come to another's printer.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """Settings' [limits]. A town has some kiosks, each with one link and one question at a time; other nodes have up to 32 links."""

    handshakes: int = 256  # newcomers in handshake at once: 0.2 s of one core
    links: int = 1024  # open links: 75 MB
    links_a_peer: int = 64  # twice what a node keeps to another
    at_once: int = 256  # questions in work
    rate: int = 50  # questions a second and peer, lasting: a kiosk asks some ten a minute, a busy town some ten a second
    burst: int = 200  # questions in a moment: a node that comes back sends what has waited


DEFAULTS = Limits()


@dataclass
class Rates:
    """A token bucket for each peer: `burst` questions at once, `rate` a second for good."""

    rate: int
    burst: int
    _buckets: dict[str, tuple[float, float]] = field(default_factory=dict)  # URI -> tokens, when

    def take(self, who: str, now: float) -> int:
        """0 when one more is all right; else whole seconds until it is. As many peers are remembered as have certificates."""
        tokens, at = self._buckets.get(who, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + (now - at) * self.rate)
        if tokens < 1:
            self._buckets[who] = (tokens, now)
            return max(1, round((1 - tokens) / self.rate))
        self._buckets[who] = (tokens - 1, now)
        return 0
