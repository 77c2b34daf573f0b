"""How often a visitor may ask. Pure: the time is an argument.

Visitors have no certificate, so they are known by their address, and there may be any number of them: the ones heard from longest ago are
forgotten. A network of IPv6 counts as one visitor, since whoever has one has 2^64 addresses. Behind a town's own web server all come from
one address and share one bucket; the web server must then hold them apart.
"""

from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

RATE = 5.0  # questions a second, lasting: a clerk checks some papers a minute
BURST = 50.0  # in a moment: a counter with a stack of papers, an office behind one address
MOST_VISITORS = 10_000  # remembered: 2 MB


class Visitors:
    def __init__(self, rate: float = RATE, burst: float = BURST, most: int = MOST_VISITORS) -> None:
        self._rate, self._burst, self._most = rate, burst, most
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # who -> tokens, when

    def wait(self, address: str, now: float) -> int:
        """0 when one more question is all right, which it then counts as; else whole seconds until it is."""
        who = network_of(address)
        tokens, at = self._buckets.pop(who, (self._burst, now))
        tokens = min(self._burst, tokens + (now - at) * self._rate)
        allowed = tokens >= 1
        self._buckets[who] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, round((1 - tokens) / self._rate))


def network_of(address: str) -> str:
    """The first 64 bits of an IPv6 address; an IPv4 address as it is."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return str(known)
    return str(known.ipv4_mapped) if known.ipv4_mapped else known.exploded[:19]
