"""Whose work it is to tell of a prefecture's residents: the centre's where the prefecture has delegated (委任), else its own."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from jukinet.errors import Kind, Problem
from jukinet.node.cards import register_card
from jukinet.node.directory import Edition
from jukinet.node.storage.open import File, open_store
from jukinet.node.storage.tables import audit
from jukinet.node_messages import CardAsk, Directory, IdentityNotice
from jukinet.signing import sign_directory

HERE, HOME, PREFECTURE, CENTRE = "21361", "21202", "21", "centre"


def undelegate(network: Any) -> None:
    """The next directory: the prefecture does this itself from now on."""
    old: Directory = network.book.directory
    prefectures = [type(each)(code=each.code, name=each.name, urls=each.urls, delegates=False) for each in old.prefectures]
    new = Directory(
        version=old.version + 1,
        issued=old.issued,
        centre_name=old.centre_name,
        centre_urls=old.centre_urls,
        prefectures=prefectures,
        towns=old.towns,
    )
    network.book.edition = Edition(sign_directory(new, network.centre), network.centre.public())


def let_the_prefecture_know(network: Any, case: str) -> None:
    register = open_store(network.file(PREFECTURE, "register.db"), File.REGISTER)
    register.write_now(partial(register_card, certificate=network.card(case).fingerprint, town=HOME, keeper=PREFECTURE))
    register.close()


def refused(network: Any, code: str, asker: str, path: str, question: object) -> tuple[Kind, str]:
    async def told(network: Any) -> None:
        await getattr(network.nodes[code], path)(network.peer(asker), question, b"")

    with pytest.raises(Problem) as caught:
        network.run(told)
    return caught.value.kind, caught.value.reason


def test_a_visit_is_the_same_with_and_without_delegation(network: Any) -> None:
    async def told(network: Any) -> list[str]:
        visit = await network.kiosk().begin("hanako")
        assert (await visit.household()).body.town == HOME
        return [code for _, code, path, _, _ in network.heard if path == "/v1/cards/check"]

    assert network.run(told) == [CENTRE]
    network.heard.clear()
    let_the_prefecture_know(network, "hanako")
    undelegate(network)
    assert network.run(told) == [PREFECTURE]  # the centre's no is none of the answers heard


def test_each_names_the_other(network: Any) -> None:
    ask = CardAsk(visit=network.new_visit(), certificate=network.card("hanako").certificate)
    town = f"jukinet://node/{HERE}"
    let_the_prefecture_know(network, "hanako")
    assert refused(network, PREFECTURE, town, "check_card", ask) == (Kind.DELEGATION, CENTRE)
    undelegate(network)
    assert refused(network, CENTRE, town, "check_card", ask) == (Kind.DELEGATION, PREFECTURE)
    issues = open_store(network.file(CENTRE), File.ISSUES)
    entries = b"".join(issues.read_now(lambda connection: list(connection.execute(select(audit.c.entry)).scalars())))
    issues.close()
    assert b'"problem":"delegation:21"' in entries


def test_identities_stay_in_a_prefecture_that_has_not_delegated(network: Any) -> None:
    notice = IdentityNotice(number=1, town=HOME, identities=[])
    undelegate(network)

    async def told(network: Any) -> int:
        await network.nodes[PREFECTURE].identity_notice(network.peer(f"jukinet://node/{HOME}"), notice, b"")
        await network.nodes[PREFECTURE].drained()
        return len([code for _, code, path, _, _ in network.heard if code == CENTRE])

    assert network.run(told) == 0
    assert refused(network, CENTRE, f"jukinet://node/{PREFECTURE}", "identity_notice", notice) == (Kind.DELEGATION, PREFECTURE)
