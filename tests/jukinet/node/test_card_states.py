"""A card is lost, found, void or renewed: who says so, from when on it holds, and what a resident is told."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from sqlalchemy import select
from typer.testing import CliRunner, Result

from jukinet.__main__ import app
from jukinet.errors import Kind, Problem
from jukinet.lab.cards import Authority
from jukinet.lab.network import CENTRE, HOME_TOWN, KIOSK_TOWN
from jukinet.node.storage.open import read_once
from jukinet.node.storage.tables import audit
from jukinet.revoked import Revoked
from tests.jukinet.node.commands import settings_of


@pytest.fixture
def storage() -> str:
    """Settings of the lab are for files."""
    return ""


def certificate(network: Any, case: str) -> str:
    return str(network.root / "cards" / case / "auth.der")


def card(deed: str, *words: str) -> Result:
    return CliRunner().invoke(app, ["card", deed, *words])


async def told(network: Any, case: str = "taro") -> str:
    """What a visit with this card comes to: "" is good."""
    try:
        await (await network.kiosk().begin(case)).household()
    except Problem as problem:
        return problem.reason if problem.kind is Kind.CARD_REVOKED else str(problem)
    return ""


def deeds(network: Any, code: str) -> list[dict[str, Any]]:
    query = select(audit.c.entry).where(audit.c.town == code).order_by(audit.c.seq)
    found = read_once(network.file(code), lambda connection: connection.execute(query).scalars().all())
    lines = [msgspec.json.decode(entry) for entry in found]
    return [line for line in lines if line["kind"] == "node_card_state"]


def test_lost_and_found_again(network: Any) -> None:
    centre, taro = settings_of(network, CENTRE), certificate(network, "taro")

    async def story(network: Any) -> list[str]:
        before = await told(network)
        assert card("suspend", taro, "--settings", centre).stdout == f"suspended; its holder lives in {HOME_TOWN.code}\n"
        lost = await told(network)
        assert card("show", taro, "--settings", centre).stdout == f"suspended, of {HOME_TOWN.code}\n"
        assert card("resume", taro, "--settings", centre).exit_code == 0
        return [before, lost, await told(network)]

    assert network.run(story) == ["", Revoked.SUSPENDED, ""]
    assert [line["deed"] for line in deeds(network, CENTRE.code)] == ["suspended", "resumed"]
    assert len({line["subject"] for line in deeds(network, CENTRE.code)}) == 1, "of one card, and nobody else knows whose"


@pytest.mark.parametrize("why", [why for why in Revoked if why is not Revoked.SUSPENDED])
def test_void_for_good_with_its_reason(network: Any, why: Revoked) -> None:
    centre, taro = settings_of(network, CENTRE), certificate(network, "taro")

    async def story(network: Any) -> str:
        assert card("suspend", taro, "--settings", centre).exit_code == 0
        assert card("revoke", taro, "--settings", centre, "--why", why).exit_code == 0
        assert "only a suspended card" in card("resume", taro, "--settings", centre).stderr
        return await told(network)

    assert network.run(story) == why


def test_renewed_at_the_keeper_and_at_home(network: Any) -> None:
    """The older card says that there is a newer one, and the newer one finds its holder."""
    centre, home = settings_of(network, CENTRE), settings_of(network, HOME_TOWN)
    older, other = certificate(network, "taro"), certificate(network, "hanako")
    fresh = network.root / "fresh.der"
    fresh.write_bytes(_fresh(network))

    async def story(network: Any) -> tuple[str, str]:
        assert "kept here already" in card("renew", older, other, "--settings", centre).stderr
        assert card("renew", older, str(fresh), "--settings", centre).exit_code == 0
        assert card("renew", older, str(fresh), "--settings", home).stdout == "the newer card has its holder\n"
        return await told(network), card("show", str(fresh), "--settings", centre).stdout

    assert network.run(story) == (Revoked.SUPERSEDED, f"valid, of {HOME_TOWN.code}\n")
    assert [line["deed"] for line in deeds(network, HOME_TOWN.code)] == ["renewed"]


def _fresh(network: Any) -> bytes:
    """A certificate of the lab's CA that no register knows."""
    authority = Authority.at(network.root / "jpki", "auth", "JPKI for user authentication", datetime.now(UTC))
    return authority.certify("RENEWED00001A", generate_private_key(65537, 2048).public_key(), datetime.now(UTC))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("resume", "taro"), "it is valid; only a suspended card is let go again"),
        (("suspend", "superseded_card"), "it is superseded; only a valid card is suspended"),
        (("revoke", "held_card"), "it is void already: certificateHold"),
        (("show", "no_such_card"), "No such file or directory"),
    ],
)
def test_what_cannot_be_is_said_in_plain_words(network: Any, words: tuple[str, str], says: str) -> None:
    deed, case = words
    result = card(deed, certificate(network, case), "--settings", settings_of(network, CENTRE))
    assert (result.exit_code, says in result.stderr) == (1, True), result.stderr


def test_a_municipality_keeps_no_cards(network: Any) -> None:
    result = card("suspend", certificate(network, "taro"), "--settings", settings_of(network, KIOSK_TOWN))
    assert (result.exit_code, "keeps no cards" in result.stderr) == (1, True)


def test_suspended_is_not_for_good(network: Any) -> None:
    result = card("revoke", certificate(network, "taro"), "--settings", settings_of(network, CENTRE), "--why", Revoked.SUSPENDED)
    assert result.exit_code == 2
