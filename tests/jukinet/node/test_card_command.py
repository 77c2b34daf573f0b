"""`jukinet card` at a town's counter: what it says, and to whom it says no."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from typer.testing import CliRunner, Result

from jukinet.__main__ import app
from jukinet.lab.cards import Authority, now_utc
from jukinet.lab.network import CENTRE, HOME_TOWN, PREFECTURE, LabNode
from jukinet.node.cases import resident_ids
from jukinet.node.register import change, everybody
from jukinet.node.resident import Resident, Standing
from jukinet.node.storage.open import File, open_store, read_once
from tests.jukinet.node.commands import settings_of

TARO = resident_ids(HOME_TOWN.code)["taro"]


@pytest.fixture
def storage() -> str:
    """Settings of the lab are for files."""
    return ""


@pytest.fixture
def card(network: Any) -> Any:
    """A deed of the command at a node's settings, the home town's unless another is named."""

    def run(deed: str, *words: str | int | Path, at: LabNode = HOME_TOWN) -> Result:
        return CliRunner().invoke(app, ["card", deed, *map(str, words), "--settings", str(settings_of(network, at))])

    return run


@pytest.fixture
def fresh(network: Any, tmp_path: Path) -> Path:
    """A certificate of the lab's CA that no register knows, of a key that a lab's card has already."""
    authority = Authority.at(network.root / "jpki", "auth", "JPKI for user authentication", now_utc())
    file = tmp_path / "fresh.der"
    file.write_bytes(authority.certify("FIRST00001A", network.card("taro").key.public_key(), now_utc()))
    return file


def of_case(network: Any, case: str, name: str = "auth") -> Path:
    return Path(network.root / "cards" / case / f"{name}.der")


def people(network: Any) -> list[Resident]:
    found = partial(lambda connection: [each.person for each in everybody(connection, HOME_TOWN.code)])
    return read_once(network.file(HOME_TOWN.code, "register.db"), found)


def test_from_the_application_to_the_handing_over(network: Any, card: Any, fresh: Path) -> None:
    today = card("apply", TARO, "--kind", "juki-b").stdout.split("applied ")[1][:10]
    said = [
        card("applications"),
        card("hand-over", TARO, fresh),
        card("applications"),
        card("apply", TARO),
        card("withdraw", TARO),
        card("applications", "--all"),
    ]
    first, second = f"   1  resident {TARO}  juki-b     applied {today}", f"   2  resident {TARO}  my-number  applied {today}"
    assert [each.stdout for each in said] == [
        f"{first}: open\n",
        f"{first}, handed over {today}: given\n",
        f"{first}, handed over {today}: given\n",
        f"{second}: open\n",
        f"{second}: withdrawn\n",
        f"{first}, handed over {today}: given\n{second}: withdrawn\n",
    ]
    assert all(each.exit_code == 0 for each in said)


def test_nobody_has_applied(card: Any) -> None:
    assert card("applications").stdout == "none\n"


@pytest.mark.parametrize("node", [CENTRE, PREFECTURE], ids=lambda node: node.code)
@pytest.mark.parametrize("deed", ["apply", "withdraw", "hand-over", "applications"])
def test_centre_and_prefectures_hand_no_cards_out(card: Any, fresh: Path, deed: str, node: LabNode) -> None:
    words = {"applications": [], "hand-over": [TARO, fresh]}.get(deed, [TARO])
    result = card(deed, *words, at=node)
    assert (result.exit_code, f"{node.code} hands no cards out" in result.stderr) == (1, True), result.stderr


@pytest.mark.parametrize(("state", "says"), [(Standing.MOVED, "has moved away; the municipality"), (Standing.DECEASED, "has died")])
def test_who_lives_here_no_more_gets_none(network: Any, card: Any, fresh: Path, state: Standing, says: str) -> None:
    """Neither who had left before the application, nor who leaves before the card is there; that application is given up."""
    card("apply", TARO)
    store = open_store(network.file(HOME_TOWN.code, "register.db"), File.REGISTER)

    def leave(connection: Connection) -> None:
        change(connection, HOME_TOWN.code, TARO, "転出", "2026-11-01", state=state)

    store.write_now(leave)
    store.close()
    for result in (card("apply", TARO), card("hand-over", TARO, fresh)):
        assert (result.exit_code, says in result.stderr) == (1, True), result.stderr
    assert card("withdraw", TARO).exit_code == 0


def test_what_an_application_needs(network: Any, card: Any, fresh: Path) -> None:
    nobody = 1 + max(each.id for each in people(network))
    assert f"nobody in the register of {HOME_TOWN.code} has that number" in card("apply", nobody).stderr
    assert "has no open application" in card("hand-over", TARO, fresh).stderr
    card("apply", TARO)
    again = card("apply", TARO)
    assert (again.exit_code, "has application 1 of" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("case", "name", "says"),
    [
        ("hanako", "auth", "has a holder already"),
        ("hanako", "sign", "not for user authentication"),
        ("foreign_ca_card", "auth", "of no CA for cards that this node knows"),
        ("expired_card", "auth", "not in force"),
        ("no_such_card", "auth", "No such file"),
    ],
)
def test_which_cards_are_not_handed_over(network: Any, card: Any, case: str, name: str, says: str) -> None:
    card("apply", TARO)
    result = card("hand-over", TARO, of_case(network, case, name))
    assert (result.exit_code, says in result.stderr) == (1, True), result.stderr
    assert card("applications").stdout.endswith(": open\n")


def test_no_name_is_said(network: Any, card: Any, fresh: Path) -> None:
    said = [card("apply", TARO), card("apply", TARO), card("hand-over", TARO, of_case(network, "hanako")), card("hand-over", TARO, fresh)]
    text = "".join(each.output for each in [*said, card("applications")])
    taro = next(each for each in people(network) if each.id == TARO)
    assert taro.name
    assert not {word for word in (taro.name, taro.kana, taro.birth, taro.resident_code, taro.address) if word in text}
