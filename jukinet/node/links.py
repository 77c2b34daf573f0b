"""The table of live links: who is connected, since when, and how to end that.

A `Link` is the protocol that asyncio speaks to over one proven TLS link. It holds what comes together with the end of the handshake until
HTTP is attached, passes everything on from then, and knows its peer, so that nobody parses a certificate twice. It also keeps time: a peer
that has begun a question and does not finish its head is holding a place.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from jukinet.peers import Peer
from jukinet.tls import certificate_of, peer_in


class Link(asyncio.Protocol):
    """Belongs to one event loop. `left` is told when it ends, however it ends. `seconds` may pass from the handshake, or from the first
    byte of a question, to the end of the question's head."""

    def __init__(self, left: Callable[["Link"], None], seconds: float) -> None:
        self._left, self._seconds = left, seconds
        self._loop = asyncio.get_running_loop()
        self._http: asyncio.Protocol | None = None
        self._transport: asyncio.Transport | None = None
        self._held: list[bytes] = []
        self._ended = False
        self._at_work = 0
        self._too_slow: asyncio.TimerHandle | None = None
        self.lost = False
        self.peer: Peer | None = None
        self.certificate = b""  # DER
        self.born = self._loop.time()

    def prove(self, transport: asyncio.Transport) -> None:
        """The handshake is over: this is the encrypted side of it, and the peer is known."""
        self._transport = transport
        self.certificate = certificate_of(transport.get_extra_info("ssl_object"))
        self.peer = peer_in(self.certificate)

    def hand_over(self, http: asyncio.Protocol) -> None:
        """HTTP's from here on. After `prove`."""
        if self._transport is None:
            raise RuntimeError("not proven")
        self._http = http
        http.connection_made(self._transport)
        self._expect_head()
        for data in self._held:
            http.data_received(data)
        self._held.clear()
        if self._ended:
            http.eof_received()

    def end(self) -> None:
        """At once: the peer sees its link broken."""
        if self._transport is not None:
            self._transport.abort()

    @property
    def age(self) -> float:
        return self._loop.time() - self.born

    @property
    def questions(self) -> int:
        """Those that are being answered."""
        return self._at_work

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Around each question whose head has come."""
        self._forget_head()
        self._at_work += 1
        try:
            yield
        finally:
            self._at_work -= 1

    # -- what asyncio tells -----------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self._http is None:
            self._held.append(data)
            return
        if self._too_slow is None and not self._at_work:
            self._expect_head()
        self._http.data_received(data)

    def eof_received(self) -> bool | None:
        self._ended = True
        return False if self._http is None else self._http.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._forget_head()
        if self._http is not None:
            self._http.connection_lost(exc)
        self._left(self)

    def pause_writing(self) -> None:
        if self._http is not None:
            self._http.pause_writing()

    def resume_writing(self) -> None:
        if self._http is not None:
            self._http.resume_writing()

    def _expect_head(self) -> None:
        self._too_slow = self._loop.call_later(self._seconds, self.end)

    def _forget_head(self) -> None:
        if self._too_slow is not None:
            self._too_slow.cancel()
            self._too_slow = None


def link_of(transport: asyncio.BaseTransport | None) -> Link | None:
    """The link that a request came over; None when the peer has left meanwhile."""
    protocol = transport.get_protocol() if isinstance(transport, asyncio.Transport) else None
    return protocol if isinstance(protocol, Link) else None


class LiveLinks:
    """At most `most` in all and `most_a_peer` of each."""

    def __init__(self, most: int, most_a_peer: int) -> None:
        self._most, self._most_a_peer = most, most_a_peer
        self._links: set[Link] = set()
        self._by_peer: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._links)

    def by_kind(self) -> Counter[str]:
        """How many of each kind of peer."""
        return Counter(link.peer.kind if link.peer is not None else "stranger" for link in self._links)

    @property
    def at_work(self) -> int:
        """Questions that are being answered, of all links."""
        return sum(link.questions for link in self._links)

    def enter(self, link: Link) -> str:
        """Why it may not, or ""."""
        who = _who(link)
        if len(self._links) >= self._most:
            return "too many links"
        if self._by_peer[who] >= self._most_a_peer:
            return "too many links of one peer"
        self._links.add(link)
        self._by_peer[who] += 1
        return ""

    def leave(self, link: Link) -> None:
        if link in self._links:
            self._links.discard(link)
            self._by_peer[_who(link)] -= 1
            if not self._by_peer[_who(link)]:
                del self._by_peer[_who(link)]

    def cut(self, stays: Callable[[Peer | None, bytes], bool]) -> list[str]:
        """Ends every link whose peer and certificate (DER) may not stay; the peers' URIs, one a link."""
        going = [link for link in self._links if not stays(link.peer, link.certificate)]
        for link in going:
            link.end()
        return [_who(link) for link in going]


def _who(link: Link) -> str:
    return link.peer.uri if link.peer is not None else "stranger"
