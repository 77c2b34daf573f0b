"""HTTP between the door and the node's services: who asks, may they, is the message whole, is anybody still waiting, and what to say.

Every answer that is not an answer is a problem document (RFC 9457). An unexpected exception becomes INTERNAL with the name of the
exchange, under which the log has the rest; the peer never sees more.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import msgspec
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from jukinet.errors import Kind, Problem
from jukinet.messages import UNREADABLE, Message, OutcomeReport, VisitId
from jukinet.node.freshness import Work
from jukinet.node.limits import DEFAULTS, Limits, Rates
from jukinet.node.links import Link, link_of
from jukinet.node.log import Log, places
from jukinet.node.metrics.counts import UNKNOWN, Counts
from jukinet.node.routes import ROUTES, Answering, Route, claimed
from jukinet.node.trace import CURRENT, Trace
from jukinet.node.trust import Trust
from jukinet.openapi import PATH as OPENAPI
from jukinet.openapi import document
from jukinet.peers import Peer, PeerKind
from jukinet.wire import DEADLINE, EXCHANGE, JSON, LARGEST_QUESTION, PROBLEM_JSON, problem_bytes

# Longest that any question may take here, whatever its asker says: a visit's longest step is 20 s.
MOST_SECONDS = 30.0
# A question is one packet or a few; a body that takes longer is somebody holding a place.
BODY_SECONDS = 5.0
# More questions than `Limits.at_once` would wait, and waiting unseen is how one person's answer reached another: say busy instead.
BUSY_RETRY_SECONDS = 2
# A newer directory or list comes within minutes once the centre can be reached again.
STALE_RETRY_SECONDS = 600
# A resident may think for two minutes between two questions, and be given more time; the link stays for the visit.
KEEP_SECONDS = 900.0
# Then a link is made anew with the certificate and the CA that count by now. With its next answer, so that nobody's question is lost.
OLDEST_LINK_SECONDS = 3600.0

_EXCHANGE = re.compile(r"[0-9A-Za-z-]{1,64}")
_PEER = web.RequestKey("peer", Peer)


class Refusal(Problem):
    """A no of the transport itself, which the services have not seen and therefore must be told to record."""


@dataclass(frozen=True)
class Front:
    """What the application stands before. `new_exchange` names exchanges whose asker did not."""

    code: str
    role: PeerKind
    services: Answering
    trust: Trust
    log: Log
    new_exchange: Callable[[], str]
    limits: Limits = DEFAULTS
    oldest_link: float = OLDEST_LINK_SECONDS  # seconds
    counts: Counts = field(default_factory=Counts)


def make_app(front: Front, within: Sequence[Middleware] = ()) -> web.Application:
    """`within`: `web.middleware`s between the frame and the answers; test equipment that alters answers on their way out."""
    app = web.Application(client_max_size=LARGEST_QUESTION, middlewares=[_Frame(front).handle, *within])
    for route in ROUTES:
        if front.role in route.roles:
            app.router.add_route(route.method, route.path, partial(_answer, front, route))
    app.router.add_get(OPENAPI, partial(_openapi, msgspec.json.encode(document(front.role))), allow_head=False)
    return app


class _Frame:
    """Around every request: names the exchange, proves the peer, bounds the load, renders problems, writes the log line."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._at_once = 0
        self._rates = Rates(front.limits.rate, front.limits.burst)

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        link = link_of(request.transport)
        if link is None:  # left before its question was begun
            return _problem(Problem(Kind.DEADLINE), "")
        with link.at_work():
            response = await self._frame(link, request, handler)
        if link.age > self._front.oldest_link:
            response.force_close()
        return response

    async def _frame(self, link: Link, request: web.Request, handler: Handler) -> web.StreamResponse:
        front, loop = self._front, asyncio.get_running_loop()
        began, name = loop.time(), request.headers.get(EXCHANGE, "")
        exchange = name if _EXCHANGE.fullmatch(name) else front.new_exchange()
        peer = link.peer
        outcome, self._at_once = "ok", self._at_once + 1
        try:
            if self._at_once > front.limits.at_once:
                raise Problem(Kind.BUSY, retry_after=BUSY_RETRY_SECONDS)
            if peer is not None and (seconds := self._rates.take(peer.uri, began)):
                raise Problem(Kind.BUSY, "rate", retry_after=seconds)
            request[_PEER] = _admit(front, peer)
            CURRENT.set(Trace(exchange, began + _waits(request)))
            response = await handler(request)
        except Problem as problem:
            outcome, response = problem.kind.value, _problem(problem, exchange)
            if isinstance(problem, Refusal):
                front.services.refused(peer.uri if peer else str(request.remote), f"{problem.kind}:{problem.reason}")
        except web.HTTPException as said:  # aiohttp's own: no such path, wrong method
            outcome, response = Kind.NOT_FOUND.value, _problem(Problem(Kind.NOT_FOUND, "path"), exchange)
            response.headers.update({"Allow": said.headers["Allow"]} if "Allow" in said.headers else {})
        except Exception as error:  # noqa: BLE001 - the one place where whatever went wrong must become an answer
            outcome, response = Kind.INTERNAL.value, _problem(Problem(Kind.INTERNAL), exchange)
            front.log.line("server_failed", exchange=exchange, error=type(error).__name__, places=places(error))
        finally:
            self._at_once -= 1
        path, took = _path(request), loop.time() - began
        front.counts.asked(path, outcome, peer.kind if peer else "stranger", took)
        response.headers.update({EXCHANGE: exchange, "Cache-Control": "no-store", "Server": "jukinet"})
        front.log.line(
            "server_exchange",
            exchange=exchange,
            peer=peer.uri if peer else "stranger",
            method=request.method,
            path=path,
            outcome=outcome,
            received=request.content_length or 0,
            sent=response.content_length or 0,
            ms=round(took * 1000, 1),
        )
        return response


async def _openapi(described: bytes, request: web.Request) -> web.Response:
    """For whoever may speak here at all."""
    return web.Response(body=described, content_type=JSON)


async def _answer(front: Front, route: Route, request: web.Request) -> web.Response:
    peer = request[_PEER]
    if peer.kind not in route.peers:
        raise Refusal(Kind.NOT_ALLOWED, peer.kind)
    work = Work.ISSUE if route.work is Work.ANSWER and peer.kind is PeerKind.KIOSK else route.work
    if what := front.trust.too_old(work):
        raise Problem(Kind.STALE, what, retry_after=STALE_RETRY_SECONDS)
    raw = await _body(request)
    trace = CURRENT.get()
    if trace is not None and trace.until <= asyncio.get_running_loop().time():
        raise Problem(Kind.DEADLINE)
    deed = route.deed(front.services)
    if route.shape is not None:
        ask = _decode(raw, route.shape)
        _hold_to_own_name(front, peer, ask)
        if isinstance(ask, OutcomeReport) and ask.visit != request.match_info["visit"]:
            raise Refusal(Kind.MALFORMED, "visit")
        answer = await deed(peer, ask, raw)
    elif "visit" in request.match_info:
        answer = await deed(peer, _visit(request.match_info["visit"]))
    else:
        answer = await deed(peer)
    return web.Response(body=msgspec.json.encode(answer), content_type=JSON)


def _admit(front: Front, peer: Peer | None) -> Peer:
    """The certificate is good, or the door would not have opened. May its holder speak here?"""
    trust = front.trust.current
    if peer is None or not trust.edition.knows(peer):
        raise Refusal(Kind.NOT_ALLOWED, "stranger")
    if trust.is_revoked(peer):
        raise Refusal(Kind.PEER_REVOKED)
    if peer.kind is PeerKind.KIOSK and peer.code != front.code:
        raise Refusal(Kind.WRONG_TOWN, "kiosk")
    return peer


def _hold_to_own_name(front: Front, peer: Peer, ask: Message) -> None:
    """Names a message claims for its sender must be the sender's own. A prefecture speaks for its towns, a town for its kiosks."""
    town, kiosk = claimed(ask)
    if town is None:
        return
    if peer.kind is PeerKind.PREFECTURE:
        entry = front.trust.current.edition.town(town)
        if entry is None or entry.prefecture != peer.code:
            raise Refusal(Kind.WRONG_TOWN, "town")
        return
    if town != peer.code:
        raise Refusal(Kind.WRONG_TOWN, "town")
    if peer.kind is PeerKind.KIOSK and kiosk is not None and f"jukinet://kiosk/{town}/{kiosk}" != peer.uri:
        raise Refusal(Kind.NOT_ALLOWED, "kiosk")


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Refusal(Kind.TOO_LARGE) from None
    except TimeoutError:
        raise Refusal(Kind.MALFORMED, "slow") from None
    except web.RequestPayloadError:
        raise Refusal(Kind.MALFORMED, "body") from None


def _decode(raw: bytes, shape: type[Message]) -> Message:
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError:
        raise Refusal(Kind.MALFORMED, "shape") from None
    except UNREADABLE:
        raise Refusal(Kind.MALFORMED, "json") from None


def _visit(text: str) -> str:
    try:
        return msgspec.convert(text, VisitId)
    except msgspec.ValidationError:
        raise Refusal(Kind.MALFORMED, "visit") from None


def _waits(request: web.Request) -> float:
    """Seconds for which the asker still waits."""
    text = request.headers.get(DEADLINE)
    if text is None:
        return MOST_SECONDS
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Refusal(Kind.MALFORMED, "deadline")
    return min(MOST_SECONDS, int(text) / 1000)


def _problem(problem: Problem, exchange: str) -> web.Response:
    response = web.Response(status=problem.status, body=problem_bytes(problem, exchange), content_type=PROBLEM_JSON)
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _path(request: web.Request) -> str:
    """The row of the table, not the text that was sent, which may be anything."""
    resource = request.match_info.route.resource
    return UNKNOWN if resource is None else resource.canonical
