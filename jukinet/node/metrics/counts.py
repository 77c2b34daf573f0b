"""What is counted while the node works.

One registry a node, nothing global: several towns share a process. Counting costs 1 to 2 µs a question, and as much a line. No figure
names a person, a visit or a card; labels are words of ours, names of peers and kiosks, and codes of nodes.

Every label that is known beforehand stands at zero from the start. A counter that appears with its first event has no value before it, and
`increase()` over it sees nothing: the one event that matters would be missed.
"""

from collections.abc import Callable, Sequence

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics

from jukinet.errors import Kind
from jukinet.node.audit.log import Group, kinds
from jukinet.node.routes import ROUTES
from jukinet.node.storage.place import File
from jukinet.openapi import PATH as OPENAPI

# A question answered here takes 1 to 20 ms, a relayed one two round trips more; 20 s is the longest a kiosk waits.
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
# A disk with a battery answers in 0.1 ms, a good one in 1, a bad or a shared one in 100.
COMMIT_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
GROUP_SIZES = (1, 2, 4, 8, 16, 32, 64)
# OpenSSL knows some hundred ways to fail; a label for each would be somebody else's way to fill a disk.
MOST_REASONS = 50
OTHER = "other"
UNKNOWN = "unknown"  # a path that is in no row
OK = "ok"
# Outcomes that alarms and panels are about.
EXPECTED = (OK, Kind.BUSY, Kind.INTERNAL)

# When each counter was made is one more series each, and nobody asks: a counter that starts again is seen by its value.
disable_created_metrics()  # type: ignore[no-untyped-call]


class _Entry(msgspec.Struct):
    """What is needed of a line of the log of deeds."""

    kind: str
    status: str = ""


class Counts:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = self._counter("requests", "Questions by row of the table, outcome and kind of peer", "path", "outcome", "peer")
        self._seconds = self._histogram("request_seconds", "From a question's head to its answer", SECONDS, "path")
        self._refused = self._counter("refused_handshakes", "Who did not get through the door", "reason")
        self._groups = self._histogram("group_jobs", "Jobs of a commit", GROUP_SIZES, "database")
        self._commits = self._histogram("commit_seconds", "A group's commit; on SQLite that is its fsync", COMMIT_SECONDS, "database")
        self._lines = self._counter("log_lines", "Committed lines of the log of deeds", "kind")
        self._outcomes = self._counter("outcomes", "What kiosks said became of issues", "status")
        self._reasons: set[str] = set()
        self._entries = msgspec.json.Decoder(_Entry)
        # Looking up a label costs more than counting: what is counted all the time is looked up once.
        self._of_kind = {kind: self._lines.labels(kind) for kind in kinds()}
        self._of_path = {path: self._seconds.labels(path) for path in (*(route.path for route in ROUTES), OPENAPI, UNKNOWN)}
        self._of_question: dict[tuple[str, str, str], Counter] = {}
        for status in ("printed", "voided", "unknown"):
            self._outcomes.labels(status)
        for route in ROUTES:
            for peer in route.peers:
                for outcome in EXPECTED:
                    self._requests.labels(route.path, outcome, peer)

    def asked(self, path: str, outcome: str, peer: str, seconds: float) -> None:
        """`path` is a row of the table, OPENAPI or UNKNOWN."""
        question = self._of_question.get((path, outcome, peer))
        if question is None:
            question = self._of_question[path, outcome, peer] = self._requests.labels(path, outcome, peer)
        question.inc()
        self._of_path[path].observe(seconds)

    def refused(self, reason: str) -> None:
        if reason not in self._reasons:
            if len(self._reasons) >= MOST_REASONS:
                reason = OTHER
            self._reasons.add(reason)
        self._refused.labels(reason).inc()

    def group(self, database: File) -> Callable[[int, float], None]:
        """Gets each group of this database: how many jobs, how many seconds its commit took. In the writer's thread."""
        jobs, seconds = self._groups.labels(database), self._commits.labels(database)

        def count(number: int, took: float) -> None:
            jobs.observe(number)
            seconds.observe(took)

        return count

    def lines(self, groups: Sequence[Group]) -> None:
        """Lines that are committed. In the writer's thread."""
        for entry in (entry for group in groups for entry in group.entries):
            line = self._entries.decode(entry)
            self._of_kind[line.kind].inc()
            if line.kind == "node_outcome":
                self._outcomes.labels(line.status).inc()

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"jukinet_{name}", text, labels, registry=self.registry)

    def _histogram(self, name: str, text: str, buckets: Sequence[float], *labels: str) -> Histogram:
        return Histogram(f"jukinet_{name}", text, labels, buckets=buckets, registry=self.registry)
