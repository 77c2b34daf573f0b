"""What is counted: from zero, committed lines only, and never more labels than can be borne."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from jukinet.errors import Kind, Problem
from jukinet.node.audit.log import AuditLog, kinds
from jukinet.node.metrics.counts import MOST_REASONS, OTHER, Counts
from jukinet.node.routes import ROUTES
from jukinet.node.storage.open import File, open_store

NOON = datetime(2026, 11, 28, 3, tzinfo=UTC)


def value(counts: Counts, name: str, **labels: str) -> float | None:
    return counts.registry.get_sample_value(name, labels)


def test_what_may_happen_once_stands_at_zero_before() -> None:
    """`increase()` sees nothing of a counter that comes into being with its first event."""
    counts = Counts()
    for kind in kinds():
        assert value(counts, "jukinet_log_lines_total", kind=kind) == 0
    for route in ROUTES:
        assert value(counts, "jukinet_request_seconds_count", path=route.path) == 0


def test_questions_by_path_outcome_and_peer() -> None:
    counts = Counts()
    counts.asked("/v1/issues", "ok", "kiosk", 0.004)
    counts.asked("/v1/issues", "busy", "kiosk", 0.0)
    assert value(counts, "jukinet_requests_total", path="/v1/issues", outcome="ok", peer="kiosk") == 1
    assert value(counts, "jukinet_request_seconds_bucket", path="/v1/issues", le="0.005") == 2
    assert value(counts, "jukinet_request_seconds_bucket", path="/v1/issues", le="0.0025") == 1


@given(some.lists(some.text(max_size=8)))
def test_whoever_knocks_cannot_fill_the_watchers_disk(reasons: list[str]) -> None:
    counts = Counts()
    for reason in [*reasons, *(f"made up {number}" for number in range(2 * MOST_REASONS)), *reasons]:
        counts.refused(reason)
    (family,) = [family for family in counts.registry.collect() if family.name == "jukinet_refused_handshakes"]
    assert len(family.samples) <= MOST_REASONS + 1
    assert sum(sample.value for sample in family.samples) == 2 * len(reasons) + 2 * MOST_REASONS
    assert OTHER in {sample.labels["reason"] for sample in family.samples}


def test_lines_count_once_they_are_committed(tmp_path: Path) -> None:
    counts = Counts()
    log = AuditLog("21361", b"k" * 32, lambda: NOON, committed=counts.lines)
    store = open_store(tmp_path / "issue.db", File.ISSUES, log.seal_group, counts.group(File.ISSUES))

    def undone(connection) -> None:
        log.append(connection, "node_split_view", log="l", said_by="w", size=1)
        raise Problem(Kind.INTERNAL)

    words = {"actor": "k", "visit": "v", "reason": "", "copies_printed": 1}
    with pytest.raises(Problem):
        store.write_now(undone)
    store.write_now(lambda connection: log.append(connection, "node_outcome", status="printed", **words))
    store.close()
    assert value(counts, "jukinet_log_lines_total", kind="node_split_view") == 0
    assert value(counts, "jukinet_log_lines_total", kind="node_outcome") == 1
    assert value(counts, "jukinet_outcomes_total", status="printed") == 1
    assert value(counts, "jukinet_outcomes_total", status="voided") == 0
    assert value(counts, "jukinet_group_jobs_count", database="issues") == 2
    assert (value(counts, "jukinet_commit_seconds_sum", database="issues") or 0) > 0


def test_towns_in_one_process_count_apart() -> None:
    mine, theirs = Counts(), Counts()
    mine.refused("time-out")
    assert value(theirs, "jukinet_refused_handshakes_total", reason="time-out") is None
    assert value(mine, "jukinet_refused_handshakes_total", reason="time-out") == 1
