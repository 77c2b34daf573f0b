"""Lines to other nodes: mutual TLS to whom the directory names, one question, one answer, one deadline, no hidden retry."""

import asyncio

import aiohttp

from jukinet.errors import Kind, Problem
from jukinet.node.directory import DirectoryBook
from jukinet.node.trace import CURRENT
from jukinet.tls import Context, TlsFiles, line_context
from jukinet.wire import DEADLINE, EXCHANGE, JSON, LARGEST_ANSWER, problem_from

# Links to one node at once. Each carries one question at a time; beyond this, askers queue within their own deadlines.
LINKS_A_NODE = 32
# A link is kept this long after its last answer, well below what the other side keeps it (app.KEEP_SECONDS).
KEEP_SECONDS = 60.0


class Lines:
    """Must be used on one event loop and closed on it."""

    def __init__(self, book: DirectoryBook, files: TlsFiles) -> None:
        self._book, self._files = book, files
        self._contexts: dict[str, Context] = {}
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, code: str, path: str, body: bytes, seconds: float) -> bytes:
        """POSTs `body` to a town, a prefecture or "centre" and returns the answer's bytes.

        Waits `seconds`, or as long as our own asker still does if that is less. Addresses are tried in order for connecting only:
        once a question may have left, its outcome is what it is. Raises Problem: what the node said, or UNREACHABLE with
        reason unknown-node, no-link, timeout, broken or too-large.
        """
        urls = self._book.urls(code)
        if not urls:
            raise Problem(Kind.UNREACHABLE, "unknown-node")
        loop = asyncio.get_running_loop()
        until, trace = loop.time() + seconds, CURRENT.get()
        headers = {"Content-Type": JSON}
        if trace is not None:
            until = min(until, trace.until)
            headers[EXCHANGE] = trace.exchange
        for url in urls:
            headers[DEADLINE] = str(max(0, int((until - loop.time()) * 1000)))
            try:
                async with asyncio.timeout_at(until):
                    return await self._post(code, url + path, body, headers)
            except aiohttp.ClientConnectorError:
                continue
            except TimeoutError:
                raise Problem(Kind.UNREACHABLE, "timeout") from None
            except aiohttp.ClientError:
                raise Problem(Kind.UNREACHABLE, "broken") from None
        raise Problem(Kind.UNREACHABLE, "no-link")

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _post(self, code: str, url: str, body: bytes, headers: dict[str, str]) -> bytes:
        async with self._links().post(url, data=body, headers=headers, ssl=self._context(code), allow_redirects=False) as response:
            answer = await _read(response)
        if response.status != 200:
            raise problem_from(response.status, answer)
        return answer

    def _context(self, code: str) -> Context:
        if code not in self._contexts:
            self._contexts[code] = line_context(self._files, code)
        return self._contexts[code]

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
