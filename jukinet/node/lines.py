"""Lines to other nodes: mutual TLS to whom the directory names, one question, one answer, one deadline, no hidden retry."""

import asyncio
from collections.abc import Callable

import aiohttp

from jukinet.errors import Kind, Problem
from jukinet.node.directory import DirectoryBook
from jukinet.node.trace import CURRENT
from jukinet.tls import Context, name_of
from jukinet.wire import DEADLINE, EXCHANGE, JSON, LARGEST_ANSWER, problem_from

# Links to one node at once. Each carries one question at a time; beyond this, askers queue within their own deadlines.
LINKS_A_NODE = 32
# A link is kept this long after its last answer, well below what the other side keeps it (app.KEEP_SECONDS).
KEEP_SECONDS = 60.0


class Lines:
    """Must be used on one event loop and closed on it. `context` gives the one that is current (`line_context` without a node): links
    made with a former one carry the questions under way and no new ones."""

    def __init__(self, book: DirectoryBook, context: Callable[[], Context]) -> None:
        self._book, self._context = book, context
        self._failed: dict[str, str] = {}  # node -> its address that broke a question off, to be tried last
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, code: str, path: str, body: bytes, seconds: float) -> bytes:
        """POSTs `body` to a town, a prefecture or "centre" and returns the answer's bytes.

        Waits `seconds`, or as long as our own asker still does if that is less. Addresses are tried in the directory's order, for
        connecting only, each with its share of the time: once a question may have left, its outcome is what it is. The next question
        begins with another address then. Raises Problem: what the node said, or UNREACHABLE with reason unknown-node, no-link, timeout,
        broken or too-large.
        """
        return await self._exchange("POST", code, path, body, seconds)

    async def get(self, code: str, path: str, seconds: float) -> bytes:
        """As `ask`, for what changes nothing."""
        return await self._exchange("GET", code, path, None, seconds)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _exchange(self, method: str, code: str, path: str, body: bytes | None, seconds: float) -> bytes:
        urls = sorted(self._book.urls(code), key=lambda url: url == self._failed.get(code))
        if not urls:
            raise Problem(Kind.UNREACHABLE, "unknown-node")
        loop = asyncio.get_running_loop()
        until, trace = loop.time() + seconds, CURRENT.get()
        headers = {"Content-Type": JSON} if body is not None else {}
        if trace is not None:
            until = min(until, trace.until)
            headers[EXCHANGE] = trace.exchange
        for at, url in enumerate(urls):
            left = max(0.0, until - loop.time())
            headers[DEADLINE] = str(int(left * 1000))
            try:
                async with asyncio.timeout_at(until):
                    return await self._send(method, code, url + path, body, headers, left / (len(urls) - at))
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
                continue
            except TimeoutError:
                self._failed[code] = url
                raise Problem(Kind.UNREACHABLE, "timeout") from None
            except aiohttp.ClientError:
                self._failed[code] = url
                raise Problem(Kind.UNREACHABLE, "broken") from None
        raise Problem(Kind.UNREACHABLE, "no-link")

    async def _send(self, method: str, code: str, url: str, body: bytes | None, headers: dict[str, str], connecting: float) -> bytes:
        """`connecting`: seconds for a new link, handshake included."""
        asked = self._links().request(
            method,
            url,
            data=body,
            headers=headers,
            ssl=self._context(),
            server_hostname=name_of(code),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=connecting),
            allow_redirects=False,
        )
        async with asked as response:
            answer = await _read(response)
        if response.status != 200:
            raise problem_from(response.status, answer)
        return answer

    def _links(self) -> aiohttp.ClientSession:
        """Made at first use, since aiohttp wants a running loop."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, limit_per_host=LINKS_A_NODE, keepalive_timeout=KEEP_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                auto_decompress=False,
                skip_auto_headers=("Accept-Encoding", "User-Agent"),
            )
        return self._session


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole body; a shorter one than announced raises ClientPayloadError."""
    pieces, size = [], 0
    async for piece in response.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER:
            response.close()
            raise Problem(Kind.UNREACHABLE, "too-large")
    return b"".join(pieces)
