"""Questions of the public, and the answers.

    GET  /verify              the page, and below it its files, words and dictionary
    GET  /verify/keys         the towns' public keys for seals, by key id; and which town this is
    GET  /verify/directory    the directory and the centre's key in one file, for checking without a network (`kiosk verify`)
    POST /verify/status       {"seal": id in hex} -> {"status": "printed" | "issued" | "voided" | "unknown" | "absent"}

The id of a seal is the SHA-256 of what is signed in it (`jukinet.seal.seal_id`). It cannot be guessed, so whoever asks for a state holds
the seal, and learns nothing that is not on the paper but the state. The page sends nothing else: what the seal says stays in the browser.

No cookie, no log of who asked for what.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler

from jukinet.messages import IssueStatus
from jukinet.node.directory import DirectoryBook
from jukinet.node.log import Log, places
from jukinet.node.verify.page import HEADERS, JSON, SECURE, Part, parts
from jukinet.node.verify.visitors import Visitors
from jukinet.seal_keys import Bundle, owners_in, public_jwk
from jukinet.signing import PublicKey

LARGEST = 256  # bytes of a question
ABSENT = "absent"  # no copy with this seal was ever issued here
# Files change with the program, keys with the directory; a visitor who checks a stack of papers need not fetch them for each.
_FRESH = "public, max-age=600"


class SealAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seal: str


@dataclass(frozen=True)
class Public:
    """What the page stands before. `status` gives the state of the copy with this seal id, None when there is none."""

    code: str
    name: str
    book: DirectoryBook
    centre_key: PublicKey
    status: Callable[[bytes], Awaitable[IssueStatus | None]]
    log: Log


def make_public_app(public: Public, visitors: Visitors, secure: bool) -> web.Application:
    """`secure`: answers go out by TLS from here."""
    app = web.Application(client_max_size=LARGEST, middlewares=[_Frame(public.log, secure).handle])
    for path, part in parts().items():
        app.router.add_get(path, partial(_part, part))
    app.router.add_get("/verify/keys", _Keys(public).answer)
    app.router.add_get("/verify/directory", partial(_directory, public))
    app.router.add_post("/verify/status", partial(_status, public, visitors))
    for path in ("/", "/verify/"):
        app.router.add_get(path, _home)
    return app


class _Frame:
    """Headers on every answer; an unexpected exception is told to nobody but the log."""

    def __init__(self, log: Log, secure: bool) -> None:
        self._log = log
        self._headers = HEADERS | (SECURE if secure else {})

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as said:
            response = web.Response(status=said.status)
            response.headers.update({name: said.headers[name] for name in ("Allow", "Location", "Retry-After") if name in said.headers})
        except Exception as error:  # noqa: BLE001 - the one place where whatever went wrong must become an answer
            self._log.line("server_failed", path="/verify", error=type(error).__name__, places=places(error))
            response = web.Response(status=500)
        response.headers.update(self._headers)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


async def _home(request: web.Request) -> web.Response:
    raise web.HTTPFound("/verify")


async def _part(part: Part, request: web.Request) -> web.Response:
    charset = "utf-8" if part.kind.startswith("text/") else None
    response = web.Response(body=part.body, content_type=part.kind, charset=charset, headers={"Cache-Control": _FRESH})
    response.enable_compression()
    return response


class _Keys:
    """Made anew when the directory is another."""

    def __init__(self, public: Public) -> None:
        self._public, self._raw, self._body = public, "", b""

    async def answer(self, request: web.Request) -> web.Response:
        book = self._public.book
        if self._raw != book.raw:
            owners = owners_in(book.directory)
            keys = [{"id": name.hex(), "town": of.town, "name": of.name, "jwk": public_jwk(of.key)} for name, of in owners.items()]
            self._body = msgspec.json.encode({"town": self._public.code, "name": self._public.name, "keys": keys})
            self._raw = book.raw
        response = web.Response(body=self._body, content_type=JSON, headers={"Cache-Control": _FRESH})
        response.enable_compression()
        return response


async def _directory(public: Public, request: web.Request) -> web.Response:
    body = msgspec.json.encode(Bundle(public.book.raw, public.centre_key))
    as_file = {"Content-Disposition": 'attachment; filename="directory.json"', "Cache-Control": _FRESH}
    response = web.Response(body=body, content_type=JSON, headers=as_file)
    response.enable_compression()
    return response


async def _status(public: Public, visitors: Visitors, request: web.Request) -> web.Response:
    loop = asyncio.get_running_loop()
    if seconds := visitors.wait(request.remote or "", loop.time()):
        return web.Response(status=429, headers={"Retry-After": str(seconds)})
    # Another site's page cannot send this kind without being asked for leave first (CORS), and gets none.
    if request.content_type != JSON:
        raise web.HTTPUnsupportedMediaType
    status = await public.status(_seal_in(await request.read()))
    return web.Response(body=msgspec.json.encode({"status": status or ABSENT}), content_type=JSON)


def _seal_in(body: bytes) -> bytes:
    try:
        seal = bytes.fromhex(msgspec.json.decode(body, type=SealAsk).seal)
    except (msgspec.DecodeError, ValueError):
        raise web.HTTPBadRequest from None
    if len(seal) != 32:
        raise web.HTTPBadRequest
    return seal
