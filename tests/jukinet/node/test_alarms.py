"""What someone must look at stands in the log that is read by who watches over machines."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jukinet.errors import Kind, Problem
from jukinet.events import DEEDS, events
from jukinet.node.alarms import Alarms
from jukinet.node.audit.log import AuditLog
from jukinet.node.log import Log
from jukinet.node.storage.open import File, open_store

NOON = datetime(2026, 11, 28, 3, tzinfo=UTC)
ALARMS = {name for name, event in events().items() if event.alarm}


def test_a_split_view_and_a_dead_notice_are_alarms() -> None:
    assert {"node_split_view", "node_notice_dead"} <= ALARMS
    # A terminal's log is one stream; a node's deeds are the ones that nobody reads as they are written.
    assert {name for name in ALARMS if not name.startswith(DEEDS)} == {"kiosk_line_unproven"}


@pytest.mark.parametrize("kind", sorted(name for name in events() if name.startswith(DEEDS)))
def test_an_alarm_is_a_line_once_it_is_committed(tmp_path: Path, kind: str) -> None:
    out = io.StringIO()
    log = AuditLog("21361", b"k" * 32, lambda: NOON, committed=Alarms(Log(out, lambda: NOON)).lines)
    store = open_store(tmp_path / "issue.db", File.ISSUES, log.seal_group)
    fields = dict.fromkeys(events()[kind].fields, "x")

    def undone(connection) -> None:
        log.append(connection, kind, **fields)
        raise Problem(Kind.INTERNAL)

    with pytest.raises(Problem):
        store.write_now(undone)
    store.write_now(lambda connection: log.append(connection, kind, **fields))
    store.close()
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert lines == ([{"at": "2026-11-28T03:00:00.000+00:00", "event": kind, **fields}] if kind in ALARMS else [])
