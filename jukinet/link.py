"""One TLS link to a node, kept from question to question: who asks over it sees bytes and Problems, never sockets.

A question is sent once. Before it leaves, everything may be tried: the addresses in order, each with its share of the time that is
left, and a new link for one that the node ended meanwhile. Once it may have left, a failure is a failure: only the asker knows whether
asking again is safe. When it does ask again, another address comes first.
"""

import http.client
from collections.abc import Sequence

from jukinet.errors import Kind, Problem
from jukinet.tls import Context, Limit, NodeLink, address_of
from jukinet.wire import DEADLINE, EXCHANGE, JSON, LARGEST_ANSWER, problem_from


class KeptLink:
    """Blocking, for one thread. `limit` bounds each exchange, and counts."""

    def __init__(self, urls: Sequence[str], context: Context, limit: Limit) -> None:
        """`context` names the node (see `line_context`). Raises SettingsError. Connects to nobody."""
        self._context, self._limit = context, limit
        self._link: NodeLink | None = None
        self._at = ""  # the address it goes to
        self._failed = ""  # the address that broke the last question off
        self.use(urls)

    def use(self, urls: Sequence[str]) -> None:
        """These addresses from the next link on. Raises SettingsError."""
        for url in urls:
            address_of(url)
        self._urls = tuple(urls)

    def exchange(self, method: str, path: str, body: bytes | None, name: str) -> bytes:
        """The answer's bytes, whole. Raises Problem: what the node said, or UNREACHABLE with reason no-link, timeout or broken."""
        try:
            link = self._connected()
            headers = {EXCHANGE: name, DEADLINE: str(int(self._limit.left() * 1000))}
            if body is not None:
                headers["Content-Type"] = JSON
            link.request(method, path, body, headers)
            response = link.getresponse()
            answer = response.read(LARGEST_ANSWER + 1)
        except TimeoutError:
            self._fail()
            raise Problem(Kind.UNREACHABLE, "timeout") from None
        except (OSError, http.client.HTTPException):
            self._fail()
            raise Problem(Kind.UNREACHABLE, "broken") from None
        if response.length != 0:  # what is left of the announced length: a shorter body, a longer one than we take, or none announced
            self._fail()
            raise Problem(Kind.UNREACHABLE, "broken")
        if response.status != http.client.OK:
            raise problem_from(response.status, answer)
        return answer

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _fail(self) -> None:
        self._failed = self._at
        self.close()

    def _connected(self) -> NodeLink:
        """A link over which a question may go; nothing has left before."""
        if self._link is not None and self._link.is_usable():
            return self._link
        self.close()
        urls = sorted(self._urls, key=lambda url: url == self._failed)
        for at, url in enumerate(urls):
            link = NodeLink(url, self._context, self._limit)
            try:
                link.connect(self._limit.left() / (len(urls) - at))
            except TimeoutError:
                link.close()
                self._limit.left()  # raises when it was our own time that ran out, else the next address may be better
            except OSError:
                link.close()
            else:
                self._link, self._at, self._failed = link, url, ""
                return link
        raise Problem(Kind.UNREACHABLE, "no-link")
