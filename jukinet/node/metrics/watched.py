"""What a node shows on its listener of figures.

    GET /metrics   Prometheus's text format: what was counted, and what is read at this moment
    GET /health    the same as /v1/health, for watchers without a certificate: 200, or 503 when nothing can be issued because directory or
                   lists are too old. Closed hours are no illness.

Both answer only while the node's loop, its writer's database and its threads do; a node that hangs does not look well.
"""

import asyncio
from dataclasses import dataclass
from importlib.metadata import version
from typing import Protocol

import msgspec
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from jukinet.node.freshness import Work
from jukinet.node.links import LiveLinks
from jukinet.node.metrics.counts import Counts
from jukinet.node.metrics.readings import Figures, Readings, Standing
from jukinet.node.trust import Trust
from jukinet.node_messages import Health
from jukinet.wire import JSON

_VERSION = version("juki-kiosk")


class Telling(Protocol):
    """The services behind the figures."""

    async def figures(self) -> Figures: ...
    async def well_being(self) -> Health: ...


@dataclass(frozen=True)
class Watched:
    node: str
    services: Telling
    trust: Trust
    links: LiveLinks
    counts: Counts

    async def metrics(self) -> bytes:
        figures = await self.services.figures()
        readings = CollectorRegistry()
        readings.register(Readings(self._standing(), figures))
        # The text of a town's figures is 1 ms of work: not on the loop of the questions.
        return await asyncio.to_thread(lambda: generate_latest(self.counts.registry) + generate_latest(readings))

    def _standing(self) -> Standing:
        trust = self.trust.current
        return Standing(
            node=self.node,
            version=_VERSION,
            directory=trust.edition.directory.version,
            directory_issued=trust.edition.issued,
            crl_issued=trust.lists.issued,
            crl_due=trust.lists.due,
            certificate_ends=trust.certificate.not_valid_after_utc,
            forbidden={work: self.trust.too_old(work) for work in (Work.ISSUE, Work.ANSWER)},
            links=self.links.by_kind(),
            at_work=self.links.at_work,
        )


def make_watched_app(watched: Watched) -> web.Application:
    async def metrics(request: web.Request) -> web.Response:
        return web.Response(body=await watched.metrics(), headers={"Content-Type": CONTENT_TYPE_LATEST, "Cache-Control": "no-store"})

    async def health(request: web.Request) -> web.Response:
        told = await watched.services.well_being()
        headers = {"Cache-Control": "no-store"}
        return web.Response(status=503 if told.stale else 200, body=msgspec.json.encode(told), content_type=JSON, headers=headers)

    app = web.Application(client_max_size=1)
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/health", health)
    return app
