"""The data file of log events: every id is written by somebody, and the page is the file."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jukinet.events import DEEDS, KIOSK, SERVER, events, page
from jukinet.node.log import Log

PROJECT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 28, 3, tzinfo=UTC)


def source(package: str) -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted((PROJECT / package).rglob("*.py")))


def test_the_page_is_the_file() -> None:
    assert (PROJECT / "docs" / "log.md").read_text(encoding="utf-8") == page(), "stale: python -m jukinet.events > docs/log.md"


def test_each_id_is_written_by_the_program_it_is_named_after() -> None:
    kiosk, node = source("kiosk"), source("jukinet")
    for name in events():
        assert name.startswith((KIOSK, SERVER, DEEDS)), name
        assert f'"{name}"' in (kiosk if name.startswith(KIOSK) else node), f"{name}: nobody writes it"


def test_a_log_line_has_no_other_id_and_no_other_field() -> None:
    out = io.StringIO()
    log = Log(out, lambda: NOON)
    for event, fields in (("server_hello", {}), ("server_ended", {"name": "山田花子"}), ("kiosk_state", {"state": "attract"})):
        with pytest.raises(KeyError):
            log.line(event, **fields)
    assert out.getvalue() == ""
    log.line("server_ended", node="jukinet://node/21361")
    assert out.getvalue() == '{"at": "2026-11-28T03:00:00.000+00:00", "event": "server_ended", "node": "jukinet://node/21361"}\n'
