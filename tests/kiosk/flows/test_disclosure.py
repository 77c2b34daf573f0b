"""Who looked at my record, at the terminal against running nodes: the right lines to the right person, page by page and on paper; what is
under an embargo is not there; a line that was altered is found out by the kiosk."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.agency.client import AgencyClient
from jukinet.agency.settings import load
from jukinet.agency_messages import CheckAsk, FourItems, Sought, Verdict
from jukinet.lab.layout import LabPaths, prepare
from jukinet.lab.run import Lab
from kiosk.session.states import State
from kiosk.session.view import LooksShown
from kiosk.settings import load_settings
from tests.conftest import WithCards
from tests.jukinet.visits import now
from tests.kiosk.flows.conftest import HOME, Bench

TO_LOOKS = "see attract\ntap attract.start\ntap service.disclosure\nsee insert_card\ncard {case}\nsee enter_pin\npin 1234\n"
COPY = "see attract\ntap attract.start\ntap service.copy\nsee insert_card\ncard {case}\nsee enter_pin\npin 1234\nsee choose_persons\n"
TO_PAPER = "tap persons.next\ntap items.next\ntap copies.next\ntap confirm.yes\nsee take_card\npull\nsee take_paper\ntake\ntap receipt.no\n"
AWAY = "tap ok\nsee take_card_back\npull\nsee goodbye\n"
HANAKO = FourItems(name="青葉 花子", birth="1980-02-29", sex="female", address="岐阜県大垣市若葉台2丁目15番地3")
CENTRE = "centre"


class Net:
    """The lab, bodies that ask its centre, and hands on its files."""

    def __init__(self, paths: LabPaths, lab: Lab) -> None:
        self.paths, self.lab = paths, lab

    def check(self, body: str, affair: str) -> Verdict:
        client = AgencyClient(load(self.paths.agency_settings(body)))
        try:
            return client.check(CheckAsk(affair=affair, sought=Sought(four=HANAKO)), 20).finding.verdict
        finally:
            client.close()

    def embargo(self, body: str) -> None:
        """The centre signs another table, in which what this body asks is shown later."""
        text = (self.paths.root / "agencies.toml").read_text(encoding="utf-8")
        first, found, rest = text.partition(f'[[grants]]\nbody = "{body}"\n')
        assert found
        (self.paths.root / "agencies.toml").write_text(f'{first}{found}embargo = "later"\n{rest}', encoding="utf-8")
        words = ["sign", "agencies.toml", "agencies.jws", "--key", "ca/directory.key.jwk", "--version", "2"]
        said = CliRunner().invoke(app, ["agency-table", *(str(self.paths.root / word) if "." in word else word for word in words)])
        assert said.exit_code == 0, said.output

    def forge(self, code: str, old: bytes, new: bytes) -> int:
        """Alters lines in a node's database, as somebody with the server's password could. How many."""
        with closing(sqlite3.connect(self.paths.node(code) / "issue.db", timeout=20)) as db:
            rows = db.execute("SELECT seq, entry FROM audit WHERE stream = 'exchanges' AND instr(entry, ?)", (old,)).fetchall()
            for seq, entry in rows:
                db.execute("UPDATE audit SET entry = ? WHERE stream = 'exchanges' AND seq = ?", (entry.replace(old, new), seq))
            db.commit()
        return len(rows)


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory, with_cards: WithCards) -> Iterator[Net]:
    """One network, in which more and more has looked: the tests stand in this order."""
    paths = prepare(with_cards(tmp_path_factory.mktemp("lab")), 20, 1, now())
    with Lab(paths) as lab:
        limit = monotonic() + 60
        while not told(paths):  # by their town, through the prefecture
            assert monotonic() < limit
            Event().wait(0.05)
        yield Net(paths, lab)


def told(paths: LabPaths) -> bool:
    """Whether the centre has heard of the residents whom these tests are about."""
    asked = "SELECT count(*) FROM identities WHERE name IN ('青葉 花子', '東雲 太郎')"
    with closing(sqlite3.connect(f"file:{paths.node(CENTRE)}/register.db?mode=ro", uri=True)) as db:
        return bool(db.execute(asked).fetchone()[0] == 2)


@pytest.fixture
def bench(net: Net, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(load_settings(net.paths.kiosk_settings), tmp_path / "state", "simulated:custom-vkp80?baud=0")
    yield made
    made.close()


def lines(bench: Bench) -> list[tuple[str, str]]:
    shown = bench.shown
    assert isinstance(shown, LooksShown)
    return [(look.body, look.affair or look.deed) if look.proven else ("", "") for look in shown.looks]


def every(bench: Bench) -> list[tuple[str, str]]:
    """From the page that is shown to the last one."""
    found = lines(bench)
    while bench.shown.page < bench.shown.pages:
        page = bench.shown.page + 1
        bench.follow("tap looks.older").when(lambda page=page: bench.shown.page == page)
        found += lines(bench)
    return found


LICENCES = ("資格及び免許を与える機関", "資格及び免許の申請")
WORKS = ("岐阜県の執行機関", "用地の取得に関する事務")
HERE = "岐阜県不破郡垂井町"


def test_a_resident_reads_page_by_page_who_looked_and_takes_it_home(net: Net, bench: Bench) -> None:
    assert net.check("licences", "licence-application") is Verdict.MATCH
    bench.follow(COPY + TO_PAPER, case="hanako").wait(6)
    # The copy of another member alone: hers to see, not the card holder's.
    bench.follow(COPY + "tap persons.1\ntap persons.2\n" + TO_PAPER, case="hanako").wait(6)
    bench.follow(TO_LOOKS + "see looks", case="hanako")
    first = lines(bench)
    assert (bench.shown.page, bench.shown.pages) == (1, 2)
    bench.follow("tap looks.older").when(lambda: bench.shown.page == 2)
    first += lines(bench)
    assert [line for line in first if line != LICENCES] == [(HERE, "household_told"), (HERE, "extract_told"), (HERE, "household_told")]
    assert len(first) == 4
    bench.follow(AWAY).wait(6)

    bench.follow(TO_LOOKS + "see looks", case="hanako")
    assert (bench.shown.page, bench.shown.pages) == (1, 2)
    assert lines(bench) == [(HERE, "disclosure_told"), *first[:2]]  # the last list is a line itself
    bench.follow("tap looks.older").when(lambda: lines(bench) == first[2:])
    bench.follow("tap looks.newer").when(lambda: bench.shown.page == 1)
    bench.follow("tap looks.print\nsee take_card")
    page = bench.terminal.conductor.desk.papers["disclosure"][0]
    bench.follow("pull\nsee take_paper\ntake\nsee goodbye")
    assert bench.papers[-1].bitmap == page.pixels()
    assert "unproven" not in bench.logged.getvalue()


def test_an_altered_line_is_shown_as_one_that_does_not_hold_and_written_down(net: Net, bench: Bench) -> None:
    assert net.check("gifu-works", "land-acquisition") is Verdict.MATCH
    assert net.forge(CENTRE, b"agency/licences", b"agency/benefits") == 1
    bench.follow(TO_LOOKS + "see looks", case="hanako")
    found = every(bench)
    assert WORKS in found
    assert LICENCES not in found
    assert found.count(("", "")) == 1
    logged = [json.loads(line) for line in bench.logged.getvalue().splitlines()]
    assert [line["log"] for line in logged if line["event"] == "kiosk_line_unproven"] == [CENTRE]
    bench.follow("tap looks.print\nsee take_card\npull\nsee take_paper")


def test_what_is_under_an_embargo_is_not_there(net: Net, bench: Bench) -> None:
    net.embargo("gifu-works")
    assert net.check("gifu-works", "land-acquisition") is Verdict.MATCH
    assert net.check("licences", "licence-application") is Verdict.MATCH
    bench.follow(TO_LOOKS + "see looks", case="hanako")
    found = every(bench)
    assert LICENCES in found
    assert found.count(WORKS) == 1  # of before: a line keeps the class that it was written with
    assert not bench.shown.more


def test_nobody_looked(bench: Bench) -> None:
    bench.follow(TO_LOOKS + "see looks", case="taro")
    assert lines(bench) == []
    bench.follow(AWAY)


def test_whoever_takes_the_card_ends_the_list(bench: Bench) -> None:
    bench.follow(TO_LOOKS + "see looks\npull\nsee goodbye", case="hanako")
    assert State.LOOKS in bench.seen


def test_without_the_home_town_there_is_no_list(net: Net, bench: Bench) -> None:
    net.lab.kill(HOME)
    bench.follow(TO_LOOKS + "see not_today", case="hanako")
    assert bench.reason == "home_unreachable"
    net.lab.restart(HOME)


def test_without_the_centre_there_is_no_list(net: Net, bench: Bench) -> None:
    net.lab.kill(CENTRE)
    bench.follow(TO_LOOKS + "see refused", case="hanako")
    assert bench.reason == "network"
