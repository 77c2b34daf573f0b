"""A town closes for a while: whom it turns away, with which words, and that what is on its way still arrives."""

from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from jukinet.__main__ import app
from jukinet.errors import Kind, NotToday, Problem
from jukinet.lab.network import CENTRE, HOME_TOWN, KIOSK_TOWN
from jukinet.messages import IssueStatus
from jukinet.messages import Result as Came
from jukinet.node.closure import FILE, Why, close, closure, reopen
from tests.jukinet.node.commands import settings_of

HERE, HOME = KIOSK_TOWN.code, HOME_TOWN.code


@pytest.mark.parametrize("why", Why)
def test_closed_until_opened(tmp_path: Path, why: Why) -> None:
    assert closure(tmp_path) is None
    close(tmp_path, why, "2026-11-24T01:00:00Z")
    found = closure(tmp_path)
    assert found is not None
    assert (found.why, found.since) == (why, "2026-11-24T01:00:00Z")
    reopen(tmp_path)
    reopen(tmp_path)
    assert closure(tmp_path) is None


@pytest.mark.parametrize("content", [b"", b"{}", b'{"why":"because","since":""}', b"\xff"])
def test_what_cannot_be_read_was_meant_to_close(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    found = closure(tmp_path)
    assert found is not None
    assert found.why is Why.TROUBLE


def test_a_closed_town_begins_no_visit_and_says_so_to_its_kiosks(network: Any) -> None:
    async def story(network: Any) -> tuple[str, str]:
        kiosk = network.kiosk()
        close(network.settings(HERE).data, Why.MAINTENANCE, "2026-11-24T01:00:00Z")
        with pytest.raises(Problem) as told:
            await kiosk.begin("hanako")
        assert (told.value.kind, told.value.reason) == (Kind.CLOSED, "closure")
        health = await kiosk.node.health(kiosk.peer)
        reopen(network.settings(HERE).data)
        await kiosk.begin("hanako")
        return health.hours, health.closure

    assert network.run(story) == ("closed", "maintenance")


def test_a_closed_home_town_is_a_neutral_not_today_at_others(network: Any) -> None:
    """The class that any slip may name: not why, and not for how long."""

    async def story(network: Any) -> Problem:
        close(network.settings(HOME).data, Why.ORDER, "2026-11-24T01:00:00Z")
        visit = await network.kiosk().begin("hanako")
        with pytest.raises(Problem) as told:
            await visit.household()
        return told.value

    told = network.run(story)
    assert (told.kind, told.reason) == (Kind.NOT_TODAY, NotToday.HOME_CLOSED)


def test_who_has_a_copy_on_the_way_gets_it(network: Any) -> None:
    async def story(network: Any) -> IssueStatus:
        visit = await network.kiosk().begin("hanako")
        _, extract = await visit.extract([2])
        for town in (HERE, HOME):
            close(network.settings(town).data, Why.TROUBLE, "2026-11-24T01:00:00Z")
        await visit.issue(extract)
        state: IssueStatus = (await visit.report(Came.PRINTED, printed=1)).status
        return state

    assert network.run(story) is IssueStatus.PRINTED


# -- the command ------------------------------------------------------------------------------------------------------


def said(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def storage() -> str:
    """Settings of the lab are for files."""
    return ""


def test_the_command_closes_at_once_and_the_log_has_it(network: Any) -> None:
    settings = str(settings_of(network, KIOSK_TOWN))

    async def story(network: Any) -> str:
        kiosk = network.kiosk()
        await kiosk.begin("hanako")
        assert said("close", "--settings", settings, "--why", "order").stdout == f"{HERE} is closed: order\n"
        with pytest.raises(Problem):
            await kiosk.begin("taro")
        told = said("reopen", "--settings", settings)
        await kiosk.begin("taro")
        return told.stdout

    assert network.run(story) == f"{HERE} keeps its hours again\n"
    assert "is not closed" in said("reopen", "--settings", settings).stderr


def test_only_a_town_has_doors(network: Any) -> None:
    told = said("close", "--settings", str(settings_of(network, CENTRE)), "--why", "order")
    assert (told.exit_code, "no doors of its own" in told.stderr) == (1, True)
