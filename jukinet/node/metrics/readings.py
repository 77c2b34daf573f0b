"""What is read at the moment when somebody asks, as families of samples. Pure: values in, families out.

Whoever watches computes ages itself from instants (`time() - x`), so that a node which stops answering looks older and older; only what
the node counts in seconds of its own clock is told as seconds.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from jukinet.node.freshness import Work
from jukinet.node.kiosks import LastWord
from jukinet.node.metrics.rows import Rows

Labels = tuple[str, ...]


@dataclass(frozen=True)
class Figures:
    """What services know. `queues` are jobs waiting by database, `waits` seconds by destination (`Outbox.waits`)."""

    rows: Rows
    queues: Mapping[str, int]
    waits: Mapping[str, float]
    kiosks: tuple[LastWord, ...]


@dataclass(frozen=True)
class Standing:
    """What the transport knows. `due` is when the revocation lists should have been followed by newer ones; `forbidden` the work that
    directory or lists are too old for; `links` those open by kind of peer."""

    node: str
    version: str
    directory: int
    directory_issued: datetime
    crl_issued: datetime
    crl_due: datetime
    certificate_ends: datetime
    forbidden: Mapping[Work, str]
    links: Mapping[str, int]
    at_work: int


class Readings(Collector):
    """For one page."""

    def __init__(self, standing: Standing, figures: Figures) -> None:
        self._standing, self._figures = standing, figures

    def collect(self) -> Iterator[Metric]:
        yield from _of_trust(self._standing)
        yield from _of_work(self._standing, self._figures)
        yield from _of_log(self._figures.rows)
        yield from _of_kiosks(self._figures.kiosks)


def _of_trust(node: Standing) -> Iterator[Metric]:
    yield _gauge("jukinet_node_info", "Whose node this is, and its version", ("node", "version"), [((node.node, node.version), 1)])
    yield _gauge("jukinet_directory_version", "The directory in force", (), [((), node.directory)])
    for name, words, at in (
        ("directory_issued", "When the directory in force was signed", node.directory_issued),
        ("crl_issued", "When the oldest revocation list in force was signed", node.crl_issued),
        ("crl_due", "When the first of them should have been followed by a newer one", node.crl_due),
        ("certificate_ends", "When the node's own certificate ends", node.certificate_ends),
    ):
        yield _gauge(f"jukinet_{name}_timestamp_seconds", words, (), [((), at.timestamp())])
    forbidden = [((work,), int(bool(what))) for work, what in node.forbidden.items()]
    yield _gauge("jukinet_too_old", "1: directory or lists are too old for this work, and it is refused", ("work",), forbidden)


def _of_work(node: Standing, figures: Figures) -> Iterator[Metric]:
    rows = figures.rows
    yield _gauge("jukinet_links", "Open links by kind of peer", ("peer",), _by(node.links))
    yield _gauge("jukinet_requests_at_work", "Questions that are being answered", (), [((), node.at_work)])
    yield _gauge("jukinet_queue_jobs", "Jobs waiting to be written", ("database",), _by(figures.queues))
    waiting = [((code,), each.waiting) for code, each in rows.outbox.items()]
    dead = [((code,), each.dead) for code, each in rows.outbox.items()]
    yield _gauge("jukinet_outbox_notices", "Notices that wait to be taken", ("destination",), waiting)
    yield _gauge("jukinet_outbox_dead", "Notices that were given up; someone must look", ("destination",), dead)
    yield _gauge(
        "jukinet_outbox_wait_seconds",
        "Wait of the oldest notice since this node saw it",
        ("destination",),
        _by(figures.waits),
    )
    yield _gauge("jukinet_issues", "Issues of the last seven days by state", ("status",), _by(rows.issues))
    yield _gauge("jukinet_issues_unsettled", "Issues of former days that may or may not be printed", (), [((), rows.unsettled)])


def _of_log(rows: Rows) -> Iterator[Metric]:
    yield _gauge("jukinet_log_size", "Lines of the log of deeds", ("stream",), _by(rows.sizes))
    yield _gauge("jukinet_log_confirmed", "Lines of it that a witness has confirmed", ("stream",), _by(rows.confirmed))
    witnessed = _by({log: at.timestamp() for log, at in rows.witnessed.items()})
    yield _gauge("jukinet_witnessed_timestamp_seconds", "When this node last confirmed a log of another", ("log",), witnessed)


def _of_kiosks(kiosks: Iterable[LastWord]) -> Iterator[Metric]:
    words = tuple(kiosks)

    def by_kiosk(name: str, text: str, *more: str) -> GaugeMetricFamily:
        return GaugeMetricFamily(f"jukinet_kiosk_{name}", text, labels=("kiosk", *more))

    heard = by_kiosk("heard_timestamp_seconds", "When the kiosk last said how it is")
    ended = by_kiosk("visit_ended_timestamp_seconds", "When its last visit ended; none since its start, no sample")
    info = by_kiosk("info", "The version of its program", "version")
    state = by_kiosk("state", "1: the state its terminal is in", "state")
    paper = by_kiosk("paper", "1: how its printer is", "level")
    reader = by_kiosk("reader", "1: how its card reader is", "level")
    finding = by_kiosk("finding", "1: what its own checks found", "finding", "severity")
    for word in words:
        name, status = word.status.kiosk, word.status
        heard.add_metric((name,), word.at.timestamp())
        if status.visit_ended is not None:
            ended.add_metric((name,), status.visit_ended.timestamp())
        info.add_metric((name, status.version), 1)
        state.add_metric((name, status.state), 1)
        paper.add_metric((name, status.paper), 1)
        reader.add_metric((name, status.reader), 1)
        for each in sorted(set(status.findings)):
            what, _, severity = each.partition(".")
            finding.add_metric((name, what, severity), 1)
    yield from (heard, ended, info, state, paper, reader, finding)


def _gauge(name: str, text: str, labels: Labels, samples: Iterable[tuple[Labels, float]]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family


def _by(values: Mapping[str, float] | Mapping[str, int]) -> list[tuple[Labels, float]]:
    return [((str(name),), value) for name, value in values.items()]
