"""A body's commands against a lab of four processes, by hand as the manual says it; and killed, client and centre."""

import csv
import json
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import pytest
from typer.testing import CliRunner, Result

from jukinet.__main__ import app
from jukinet.agency.settings import load
from jukinet.errors import Kind, Problem
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.run import Lab
from jukinet.link import KeptLink
from jukinet.tls import Limit, line_context
from tests.conftest import WithCards

HANAKO = ("青葉　花子", "1980-02-29", "女", "岐阜県大垣市若葉台２丁目15番地3")
WHOLE = "the whole item is required, of at most 300 characters, and no *, ? or %"
LINES = 1300  # six pieces
SECONDS = 60.0  # for what takes one, on a machine that does other things as well


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, with_cards: WithCards) -> Iterator[Lab]:
    with Lab(prepare(with_cards(tmp_path_factory.mktemp("lab")), 40, 1, datetime.now(UTC))) as lab:
        people = sum(len(rows(lab, "register.db", "select 1 from residents", town)) for town in ("21202", "21361"))
        within(lambda: len(rows(lab, "register.db", "select 1 from identities")) == people)  # all are told
        yield lab


def within(holds: Callable[[], bool]) -> None:
    """Waits for another process."""
    until = monotonic() + SECONDS
    while not holds():
        assert monotonic() < until
        sleep(0.02)


def rows(lab: Lab, name: str, query: str, node: str = "centre") -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{lab.paths.node(node) / name}?mode=ro", uri=True)) as file:
        return file.execute(query).fetchall()


def settings(paths: LabPaths, body: str) -> str:
    return str(paths.agency_settings(body))


def check(lab: Lab, body: str, affair: str, *items: str) -> Result:
    words = ["agency", "check", "--settings", settings(lab.paths, body), "--affair", affair]
    return CliRunner().invoke(app, words, input="\n".join(items) + "\n")


def test_one_person(lab: Lab) -> None:
    same = check(lab, "licences", "licence-application", *HANAKO)
    assert (same.exit_code, same.stdout) == (0, "結果: 生存\n")
    nobody = check(lab, "licences", "licence-application", *HANAKO[:3], "岐阜県大垣市")
    assert (nobody.exit_code, nobody.stdout) == (0, "結果: 該当なし\n")


@pytest.mark.parametrize(
    ("body", "affair", "items", "said"),
    [
        ("shop", "licence-application", HANAKO, "the node says: not-allowed: private\n"),
        ("licences", "pension-status", HANAKO, "the node says: not-allowed: affair\n"),
        ("pension-fund", "fund-status", HANAKO, "the node says: not-allowed: form\n"),
        ("licences", "licence-application", ("", "", "", "", "10000000009"), "the node says: not-allowed: code\n"),
        (
            "pension",
            "pension-status",
            ("青葉%", *HANAKO[1:]),
            "氏名: the whole item is required, of at most 300 characters, and no *, ? or %\n",
        ),
        ("pension", "pension-status", (), "住民票コード: it may not be empty\n"),
    ],
)
def test_a_no_in_plain_words(lab: Lab, body: str, affair: str, items: tuple[str, ...], said: str) -> None:
    result = check(lab, body, affair, *items)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", said)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/health"), ("GET", "/v1/directory"), ("POST", "/v1/cards/check"), ("POST", "/v1/witness")]
)
def test_a_body_may_ask_nothing_else(lab: Lab, method: str, path: str) -> None:
    own = load(lab.paths.agency_settings("pension"))
    limit = Limit(monotonic, monotonic() + SECONDS)
    link = KeptLink(own.urls, line_context(own.tls, own.node), limit)
    with closing(link), pytest.raises(Problem) as caught:
        link.exchange(method, path, b"{}" if method == "POST" else None, "test")
    assert (caught.value.kind, caught.value.reason) == (Kind.NOT_ALLOWED, "agency")


def test_one_line_of_the_table_changed_and_put_back(lab: Lab) -> None:
    root = lab.paths.root
    whole = (root / "agencies.toml").read_text(encoding="utf-8")
    changed = whole.replace('affair = "pension-status"', 'affair = "something-else"')
    assert check(lab, "pension", "pension-status", *HANAKO).exit_code == 0
    for version, text, code in ((2, changed, 1), (3, whole, 0)):
        (root / "changed.toml").write_text(text, encoding="utf-8")
        words = ["agency-table", "sign", str(root / "changed.toml"), str(root / "agencies.jws"), "--version", str(version)]
        assert CliRunner().invoke(app, [*words, "--key", str(root / "ca" / "directory.key.jwk")]).exit_code == 0
        assert check(lab, "pension", "pension-status", *HANAKO).exit_code == code
    shown = CliRunner().invoke(app, ["agency-table", "show", str(root / "agencies.jws"), "--key", str(root / "directory.jwk.json")])
    assert shown.stdout.startswith("version 3, ")
    assert "番号法14条2項" in shown.stdout


def test_the_digits_of_a_code_are_in_no_log(lab: Lab) -> None:
    (code,) = rows(lab, "register.db", "select resident_code from identities where name = '青葉 花子'")[0]
    found = check(lab, "pension", "pension-claim", "", "", "", "", str(code))
    assert "氏名: 青葉 花子" in found.stdout
    assert str(code) not in found.stdout
    codes = {str(row[0]) for row in rows(lab, "register.db", "select resident_code from identities")}
    for node in ("centre", "21", "21202", "21361"):
        said = (lab.paths.node(node) / "node.log").read_text(encoding="utf-8")
        said += "".join(bytes(row[0]).decode() for row in rows(lab, "issue.db", "select entry from audit", node))
        assert "/v1/agencies/checks" in said or node != "centre"
        assert not [each for each in codes if each in said]


# -- a file -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(lab: Lab, tmp_path: Path) -> Path:
    people = rows(lab, "register.db", "select name, birth, sex, address from identities order by resident_code")
    sexes = {"male": "男", "female": "女", "unknown": "空欄"}
    with (tmp_path / "in.csv").open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(["氏名", "生年月日", "性別", "住所"])
        for at in range(LINES):
            name, birth, sex, address = people[at % len(people)]
            writer.writerow([name, birth if at % 50 else "1900-01-01", sexes[str(sex)], address])
    return tmp_path / "in.csv"


def batch(lab: Lab, asked: Path, out: Path) -> "subprocess.Popen[str]":
    words = ["agency", "batch", str(asked), str(out), "--settings", settings(lab.paths, "pension"), "--affair", "pension-status"]
    command = [sys.executable, "-m", "jukinet", *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def pieces(out: Path) -> int:
    note = out.with_name(out.name + ".state")
    return int(json.loads(note.read_bytes())["piece"]) if note.exists() else 0


def test_killed_client_and_killed_centre_count_each_line_once(lab: Lab, asked: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    client = batch(lab, asked, out)
    within(lambda: pieces(out) >= 1)
    lab.restart("centre")  # SIGKILL, then up again: the client waits for it
    within(lambda: pieces(out) >= 2)
    client.kill()
    client.communicate()
    assert not out.exists()
    again = batch(lab, asked, out)
    said, wrong = again.communicate(timeout=SECONDS)
    assert (again.returncode, wrong) == (0, "")
    with out.open(encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert [row["行"] for row in found] == [str(number) for number in range(2, LINES + 2)]
    counts = Counter(row["結果"] for row in found)
    assert counts["該当なし"] == LINES // 50
    assert dict(line.split() for line in said.splitlines()) == {
        word: str(counts[word]) for word in ("生存", "変更", "死亡", "該当なし", "誤り")
    }
    logged: Counter[str] = Counter()
    for (entry,) in rows(lab, "issue.db", "select entry from audit where stream = 'exchanges'"):
        line = json.loads(bytes(entry))
        if line["kind"] == "node_agency_batch":
            logged.update({word: line[word] for word in ("match", "changed", "deceased", "not_found")})
    assert [logged[word] for word in ("match", "changed", "deceased", "not_found")] == [
        counts[word] for word in ("生存", "変更", "死亡", "該当なし")
    ]
    assert out.stat().st_mode & 0o777 == 0o600
