"""The alarms for Prometheus: each told by promtool's own engine what happened minute by minute, once when it must stay silent and once when
it must not."""

import json
import subprocess
from pathlib import Path

import pytest

RULES = Path(__file__).parents[4] / "docs" / "monitoring" / "rules.yml"
NODE = 'job="jukinet",instance="n"'

Series = dict[str, str]


def bucket(name: str, labels: str, fast: int, slow: int, between: tuple[str, str]) -> Series:
    """`fast` a minute took no longer than the lower of two limits, `slow` no longer than the upper one."""
    low, high = between
    rates = {low: fast, high: fast + slow, "+Inf": fast + slow}
    return {f'{name}{{{labels},le="{limit}"}}': f"0+{rate}x60" for limit, rate in rates.items()}


SIZE, CONFIRMED = 'jukinet_log_size{stream="exchanges"}', 'jukinet_log_confirmed{stream="exchanges"}'

# alarm, what happened from minute 0 on (promtool's notation), after how many minutes, whether it has come by then
CASES: tuple[tuple[str, Series, int, bool], ...] = (
    ("NodeDown", {"up{}": "1 0 1x20"}, 3, False),
    ("NodeDown", {"up{}": "1 0x20"}, 4, True),
    ("SplitView", {'jukinet_log_lines_total{kind="node_split_view"}': "0x20"}, 15, False),
    ("SplitView", {'jukinet_log_lines_total{kind="node_refused"}': "0+1x20"}, 15, False),
    ("SplitView", {'jukinet_log_lines_total{kind="node_split_view"}': "0x5 1x10"}, 6, True),
    ("SplitView", {'jukinet_log_lines_total{kind="node_split_view"}': "1x20"}, 0, True),  # found before anybody asked
    ("SplitView", {'jukinet_log_lines_total{kind="node_split_view"}': "0x5 1x10 0x99"}, 90, True),  # a restart does not end it
    ("LogUnconfirmed", {SIZE: "5x90", CONFIRMED: "5x90"}, 80, False),
    ("LogUnconfirmed", {SIZE: "5+1x90", CONFIRMED: "4+1x90"}, 80, False),
    ("LogUnconfirmed", {SIZE: "5+1x90", CONFIRMED: "5x90"}, 80, True),
    ("WitnessNotAsked", {'jukinet_witnessed_timestamp_seconds{log="jukinet/21361/exchanges"}': "0+60x90"}, 85, False),
    ("WitnessNotAsked", {'jukinet_witnessed_timestamp_seconds{log="jukinet/21361/exchanges"}': "0x90"}, 75, True),
    ("CannotIssue", {'jukinet_too_old{work="answer"}': "1x9", 'jukinet_too_old{work="issue"}': "0x9"}, 5, False),
    ("CannotIssue", {'jukinet_too_old{work="issue"}': "0 1"}, 1, True),
    ("DirectoryOld", {"jukinet_directory_issued_timestamp_seconds{}": "0x800"}, 715, False),
    ("DirectoryOld", {"jukinet_directory_issued_timestamp_seconds{}": "0x800"}, 731, True),
    ("RevocationListOverdue", {"jukinet_crl_due_timestamp_seconds{}": "3600x100"}, 60, False),
    ("RevocationListOverdue", {"jukinet_crl_due_timestamp_seconds{}": "3600x100"}, 72, True),
    ("CertificateEnds", {"jukinet_certificate_ends_timestamp_seconds{}": "1209660x9"}, 1, False),
    ("CertificateEnds", {"jukinet_certificate_ends_timestamp_seconds{}": "1209660x9"}, 2, True),
    ("NoticeDead", {'jukinet_outbox_dead{destination="21202"}': "0 1"}, 0, False),
    ("NoticeDead", {'jukinet_outbox_dead{destination="21202"}': "0 1"}, 1, True),
    ("NoticesWait", {'jukinet_outbox_wait_seconds{destination="21202"}': "900 901"}, 0, False),
    ("NoticesWait", {'jukinet_outbox_wait_seconds{destination="21202"}': "900 901"}, 1, True),
    ("NodeFails", {'jukinet_requests_total{path="/v1/issues",outcome="ok",peer="kiosk"}': "0+9x40"}, 8, False),
    ("NodeFails", {'jukinet_requests_total{path="/v1/issues",outcome="internal",peer="kiosk"}': "0x5 1x30"}, 8, True),
    ("NodeBusy", {'jukinet_requests_total{path="/v1/issues",outcome="busy",peer="kiosk"}': "0+1x30"}, 20, False),
    ("NodeBusy", {'jukinet_requests_total{path="/v1/issues",outcome="busy",peer="kiosk"}': "0+5x30"}, 20, True),
    ("QueueLong", {'jukinet_queue_jobs{database="issues"}': "0 200 0 200x9"}, 4, False),
    ("QueueLong", {'jukinet_queue_jobs{database="issues"}': "0 200 0 200x9"}, 6, True),
    ("DiskSlow", bucket("jukinet_commit_seconds_bucket", 'database="issues"', 60, 0, ("0.05", "0.25")), 30, False),
    ("DiskSlow", bucket("jukinet_commit_seconds_bucket", 'database="issues"', 50, 10, ("0.05", "0.25")), 30, True),
    ("AnswersSlow", bucket("jukinet_request_seconds_bucket", 'path="/v1/issues"', 60, 0, ("2.5", "10.0")), 30, False),
    ("AnswersSlow", bucket("jukinet_request_seconds_bucket", 'path="/v1/issues"', 50, 10, ("2.5", "10.0")), 30, True),
    ("ManyRefused", {'jukinet_refused_handshakes_total{reason="time-out"}': "0+40x40"}, 30, False),
    (
        "ManyRefused",
        {'jukinet_refused_handshakes_total{reason="time-out"}': "0+40x40", 'jukinet_refused_handshakes_total{reason="left"}': "0+40x40"},
        30,
        True,
    ),
    ("IssuesUnsettled", {"jukinet_issues_unsettled{}": "1x30 0x90"}, 70, False),
    ("IssuesUnsettled", {"jukinet_issues_unsettled{}": "2x90"}, 70, True),
    ("KioskSilent", {'jukinet_kiosk_heard_timestamp_seconds{kiosk="k1"}': "0x60"}, 15, False),
    ("KioskSilent", {'jukinet_kiosk_heard_timestamp_seconds{kiosk="k1"}': "0x60"}, 16, True),
    ("KioskMissing", {'jukinet_kiosk_heard_timestamp_seconds{kiosk="k1"}': "0+60x30 _x3 2040+60x90"}, 85, False),
    ("KioskMissing", {'jukinet_kiosk_heard_timestamp_seconds{kiosk="k1"}': "0+60x30 _x90"}, 85, True),
    ("KioskOutOfService", {'jukinet_kiosk_state{kiosk="k1",state="out_of_service"}': "1 1 1 stale"}, 8, False),
    ("KioskOutOfService", {'jukinet_kiosk_state{kiosk="k1",state="attract"}': "1x20"}, 8, False),
    ("KioskOutOfService", {'jukinet_kiosk_state{kiosk="k1",state="out_of_service"}': "1x20"}, 8, True),
    ("KioskFinding", {'jukinet_kiosk_finding{kiosk="k1",finding="printer",severity="warning"}': "1x20"}, 8, False),
    ("KioskFinding", {'jukinet_kiosk_finding{kiosk="k1",finding="reader",severity="bad"}': "1x20"}, 8, True),
    ("KioskPaperLow", {'jukinet_kiosk_paper{kiosk="k1",level="ready"}': "1x5"}, 1, False),
    ("KioskPaperLow", {'jukinet_kiosk_paper{kiosk="k1",level="low"}': "1x5"}, 1, True),
)


def of_node(series: str) -> str:
    name, _, labels = series.partition("{")
    return f"{name}{{{NODE}{',' if labels != '}' else ''}{labels}"


def promtool(*arguments: str) -> None:
    done = subprocess.run(["promtool", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_takes_the_rules() -> None:
    promtool("check", "rules", str(RULES))


def test_every_alarm_is_tried_silent_and_not() -> None:
    alarms = {line.split("alert: ")[1] for line in RULES.read_text().splitlines() if "alert: " in line}
    assert {name for name, *_, comes in CASES if comes} == alarms
    assert {name for name, *_, comes in CASES if not comes} == alarms


@pytest.mark.parametrize("comes", [False, True], ids=["stays silent", "comes"])
def test_alarms(tmp_path: Path, comes: bool) -> None:
    """One run for all: promtool takes a second to start, and says which alarm was wrong."""
    tests = [
        {
            "interval": "1m",
            "input_series": [{"series": of_node(name), "values": values} for name, values in series.items()],
            "promql_expr_test": [
                {
                    "expr": f'count by (alertname) (ALERTS{{alertname="{alarm}",alertstate="firing"}})',
                    "eval_time": f"{minute}m",
                    "exp_samples": [{"labels": f'{{alertname="{alarm}"}}', "value": 1}] if comes else [],
                }
            ],
        }
        for alarm, series, minute, expected in CASES
        if expected is comes
    ]
    file = tmp_path / "tests.json"
    file.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": tests}))
    promtool("test", "rules", str(file))
