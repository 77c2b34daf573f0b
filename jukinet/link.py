"""One TLS link to a node, kept from question to question: who asks over it sees bytes and Problems, never sockets.

A question is sent once. Before it leaves, everything may be tried: the addresses in order, a new link for one that the node ended
meanwhile. Once it may have left, a failure is a failure: only the asker knows whether asking again is safe.
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
        for url in urls:
            address_of(url)
        self._urls, self._context, self._limit = urls, context, limit
        self._link: NodeLink | None = None

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
            self.close()
            raise Problem(Kind.UNREACHABLE, "timeout") from None
        except (OSError, http.client.HTTPException):
            self.close()
            raise Problem(Kind.UNREACHABLE, "broken") from None
        if response.length != 0:  # what is left of the announced length: a shorter body, a longer one than we take, or none announced
            self.close()
            raise Problem(Kind.UNREACHABLE, "broken")
        if response.status != http.client.OK:
            raise problem_from(response.status, answer)
        return answer

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _connected(self) -> NodeLink:
        """A link over which a question may go; nothing has left before."""
        if self._link is not None and self._link.is_usable():
            return self._link
        self.close()
        for url in self._urls:
            link = NodeLink(url, self._context, self._limit)
            try:
                link.connect()
            except TimeoutError:
                link.close()
                self._limit.left()  # raises when it was our own time that ran out, else the next address may be better
            except OSError:
                link.close()
            else:
                self._link = link
                return link
        raise Problem(Kind.UNREACHABLE, "no-link")
