"""The figures of nodes that run, as Prometheus gets them."""

import json
import ssl
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from socket import create_connection
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

from jukinet.client import RegisterClient
from jukinet.errors import WrongAnswer
from jukinet.lab.network import NODES
from jukinet.lab.run import Lab
from jukinet.messages import KioskStatus
from jukinet.notes import Checkpoint, LogKey, log_origin, log_owner
from kiosk.settings import load_settings
from kiosk.terminal import line_of
from tests.jukinet.node.metrics.conftest import TOWN, Watcher, now

ENDED = datetime(2026, 11, 28, 1, 2, 3, tzinfo=UTC)
STATUS = KioskStatus(
    town=TOWN,
    kiosk="k1",
    version="1.0",
    state="out_of_service",
    paper="out",
    reader="ready",
    visit_ended=ENDED,
    findings=["printer.bad", "disk.warning"],
)


@pytest.mark.parametrize("code", [node.code for node in NODES])
def test_every_node_has_them(watcher: Watcher, code: str) -> None:
    assert watcher.value("jukinet_node_info", code, node=code) == 1
    assert watcher.value("jukinet_log_lines_total", code, kind="node_started") == 1
    assert watcher.value("jukinet_log_lines_total", code, kind="node_split_view") is not None
    assert watcher.value("jukinet_too_old", code, work="issue") == 0


def test_what_a_kiosk_says_is_shown_until_it_says_something_else(watcher: Watcher, client: RegisterClient) -> None:
    before = datetime.now(UTC).timestamp()
    client.tell(STATUS, 5)
    assert watcher.value("jukinet_kiosk_state", kiosk="k1", state="out_of_service") == 1
    assert watcher.value("jukinet_kiosk_paper", kiosk="k1", level="out") == 1
    assert watcher.value("jukinet_kiosk_visit_ended_timestamp_seconds", kiosk="k1") == ENDED.timestamp()
    assert watcher.value("jukinet_kiosk_finding", kiosk="k1", finding="printer", severity="bad") == 1
    assert watcher.value("jukinet_kiosk_finding", kiosk="k1", finding="disk", severity="warning") == 1
    heard = watcher.value("jukinet_kiosk_heard_timestamp_seconds", kiosk="k1")
    assert heard is not None
    assert heard >= before - 0.001
    client.tell(KioskStatus(town=TOWN, kiosk="k1", version="1.0", state="attract", paper="ready", reader="ready"), 5)
    assert watcher.value("jukinet_kiosk_state", kiosk="k1", state="out_of_service") is None
    assert watcher.value("jukinet_kiosk_state", kiosk="k1", state="attract") == 1
    assert watcher.value("jukinet_kiosk_finding", kiosk="k1") is None
    assert watcher.value("jukinet_kiosk_visit_ended_timestamp_seconds", kiosk="k1") is None


def test_questions_and_links_are_counted(watcher: Watcher, client: RegisterClient) -> None:
    labels = {"path": "/v1/health", "outcome": "ok", "peer": "kiosk"}
    before = watcher.value("jukinet_requests_total", **labels) or 0
    client.health(5)
    client.health(5)
    assert watcher.value("jukinet_requests_total", **labels) == before + 2
    assert watcher.value("jukinet_links", peer="kiosk") == 1


def test_who_was_turned_away_is_counted_by_reason(watcher: Watcher, lab: Lab) -> None:
    at = urlsplit(load_settings(lab.paths.kiosk_settings).network.urls[0])
    stranger = ssl.create_default_context()
    stranger.check_hostname, stranger.verify_mode = False, ssl.CERT_NONE
    before = refused(watcher)
    with create_connection((str(at.hostname), at.port), 5) as plain, suppress(OSError), stranger.wrap_socket(plain) as link:
        link.recv(1)  # with TLS 1.3 a client without a certificate learns it when it reads
    assert refused(watcher) == before + 1


def test_a_split_view_is_counted_and_a_line_of_the_running_log(watcher: Watcher, lab: Lab, tmp_path: Path) -> None:
    """A kiosk comes back with a checkpoint that the town's key has signed, of a history that is not the town's."""
    key = LogKey.load(log_owner(TOWN), lab.paths.node(TOWN) / "log.key")
    seen = tmp_path / "log.note"
    seen.write_text(key.sign(Checkpoint(log_origin(TOWN, "exchanges"), 1, bytes(32))))
    kiosk = RegisterClient(line_of(load_settings(lab.paths.kiosk_settings)), now, seen=seen)
    before = watcher.value("jukinet_log_lines_total", kind="node_split_view") or 0
    with pytest.raises(WrongAnswer):
        kiosk.nonce("01J00000000000000000000001", 5)
    kiosk.close()
    assert watcher.value("jukinet_log_lines_total", kind="node_split_view") == before + 1
    lines = [json.loads(line) for line in (lab.paths.node(TOWN) / "node.log").read_text().splitlines()]
    alarm = next(line for line in lines if line["event"] == "node_split_view")
    assert (alarm["log"], alarm["said_by"], alarm["size"]) == ("jukinet/21361/exchanges", "kiosk", 1)


def refused(watcher: Watcher) -> float:
    return sum(sample.value for sample in watcher.families()["jukinet_refused_handshakes"].samples)


def test_health_without_a_certificate_and_nothing_else(lab: Lab) -> None:
    at = lab.figures[TOWN].removesuffix("/metrics")
    with urlopen(f"{at}/health") as answer:
        told = json.loads(answer.read())
    assert (told["node"], told["stale"], told["hours"]) == (TOWN, "", "open")
    for method, path, status in (("GET", "/v1/health", 404), ("GET", "/v1/directory", 404), ("POST", "/metrics", 405), ("GET", "/", 404)):
        link = HTTPConnection(urlsplit(at).netloc, timeout=5)
        link.request(method, path)
        assert link.getresponse().status == status, (method, path)
        link.close()
