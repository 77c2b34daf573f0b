"""A first card: applied for, handed over and told by the town of its holder, by no other; and used at another town's kiosk."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from msgspec import json, structs
from sqlalchemy import Connection, select

from hardware.card import jpki
from hardware.errors import WrongPin
from hardware.simulated.card_file import load_card
from hardware.simulated.card_reader import SimulatedReader
from jukinet.errors import Kind, Problem
from jukinet.lab.cards import BLANK, MAKERS_PIN, Authority
from jukinet.messages import CardProof, Extract, HouseholdAsk, proof_message
from jukinet.move_messages import CardChange, CardNotice
from jukinet.node.audit.log import AuditLog
from jukinet.node.backup import make_backup
from jukinet.node.cards import register_card
from jukinet.node.cases import resident_ids
from jukinet.node.directory import Edition
from jukinet.node.first_cards import CardKind, FirstCardError, applications, apply, hand_over, withdraw
from jukinet.node.moves.cards import PATH
from jukinet.node.register import bind_card, everybody, household_of
from jukinet.node.resident import Resident, Standing
from jukinet.node.storage.open import File, open_store, read_once
from jukinet.node.storage.tables import audit, card_registry
from jukinet.revoked import Revoked
from jukinet.signing import sign_directory

HERE, HOME, PREFECTURE, CENTRE = "21361", "21202", "21", "centre"
OWN_PIN = b"2580"
T = TypeVar("T")


@pytest.fixture(scope="module")
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@pytest.fixture
def fresh(network: Any, key: RSAPrivateKey) -> Any:
    """A card that the CA has made and no register knows."""
    authority = Authority.at(network.root / "jpki", "auth", "JPKI for user authentication", datetime.now(UTC))
    return replace(network.card("taro"), certificate=authority.certify("FIRST00001A", key.public_key(), datetime.now(UTC)), key=key)


@pytest.fixture
def applicant(network: Any) -> Resident:
    """Somebody of the home town without a card, with nothing in their household that a copy would stop at."""

    def find(connection: Connection) -> Resident:
        holders = set(resident_ids(HOME).values())
        grown = (each.person for each in everybody(connection, HOME) if each.person.birth < "1990" and each.person.id not in holders)
        return next(
            person
            for person in grown
            if person.state == Standing.RESIDENT
            and not any(one.protected or one.moving or one.pending for one in household_of(connection, HOME, person.household))
        )

    return read_once(network.file(HOME, "register.db"), find)


def counter(network: Any, job: Callable[..., T], **more: Any) -> T:
    """As the command does, beside the running node."""
    log = AuditLog(HOME, b"k" * 32, network.clock)
    store = open_store(network.file(HOME), File.ISSUES, log.seal_group)
    try:
        return store.write_now(partial(job, log=log, **more))
    finally:
        store.close()


def words(network: Any) -> list[str]:
    return [each.word for each in read_once(network.file(HOME), partial(applications, town=HOME))]


def kept(network: Any, card: Any, keeper: str = CENTRE) -> tuple[str, str] | None:
    """Home and reason."""
    query = select(card_registry.c.home, card_registry.c.reason).where(card_registry.c.certificate == card.fingerprint)
    row = read_once(
        network.file(keeper, "register.db"), lambda connection: connection.execute(query.where(card_registry.c.town == keeper)).first()
    )
    return None if row is None else (row.home, row.reason)


def keep(network: Any, keeper: str, card: Any, town: str, revoked: str = "") -> None:
    store = open_store(network.file(keeper, "register.db"), File.REGISTER)
    store.write_now(partial(register_card, certificate=card.fingerprint, town=town, revoked=revoked, keeper=keeper))
    store.close()


async def visit(network: Any, card: Any) -> Any:
    """At the other town's kiosk."""
    return replace(await network.kiosk().begin("taro"), card=card)


async def refused(coming: Any) -> tuple[str, str]:
    with pytest.raises(Problem) as caught:
        await coming
    return caught.value.kind, caught.value.reason


def test_applied_for_handed_over_told_and_used_at_another_town(network: Any, fresh: Any, applicant: Resident) -> None:
    async def story(network: Any) -> list[Any]:
        counter(network, apply, resident=applicant.id, kind=CardKind.MY_NUMBER)
        counter(network, hand_over, resident=applicant.id, certificate=fresh.fingerprint)
        early = await refused((await visit(network, fresh)).household())
        before = words(network)
        await network.nodes[HOME].drained()
        later = await visit(network, fresh)
        await later.household()
        claims, extract = await later.extract([applicant.number])
        return [early, before, words(network), claims, await later.issue(extract)]

    early, before, after, claims, issue = network.run(story)
    assert early == (Kind.CARD_UNKNOWN, "")
    assert (before, after) == (["given"], ["told to the keeper"])
    assert isinstance(claims.body, Extract)
    assert (claims.node, [each.name for each in claims.body.persons]) == (HOME, [applicant.name])
    assert issue.node == HERE
    assert kept(network, fresh) == (HOME, "")


def test_its_pin_is_the_holders_own_from_the_counter_on(network: Any, applicant: Resident, tmp_path: Path) -> None:
    """The card as its maker has left it, at the wire, with the field's driver: the maker's PIN is replaced at the counter (CHANGE REFERENCE
    DATA), and with the holder's own it signs at another town's kiosk."""
    folder = tmp_path / "card"
    shutil.copytree(network.root / "cards" / BLANK, folder)
    reader = SimulatedReader()
    reader.insert(load_card(folder))
    connection = reader.connect()
    jpki.identify(connection)
    jpki.tries_left(connection)
    jpki.change_pin(connection, bytearray(MAKERS_PIN, "ascii"), bytearray(OWN_PIN))
    certificate = jpki.read_certificate(connection)
    counter(network, apply, resident=applicant.id, kind=CardKind.MY_NUMBER)
    counter(network, hand_over, resident=applicant.id, certificate=sha256(certificate).digest())
    reader.pull()
    reader.insert(load_card(folder))
    connection = reader.connect()

    async def story(network: Any) -> str:
        await network.nodes[HOME].drained()
        begun = await network.kiosk().begin("taro")
        jpki.identify(connection)
        left = jpki.tries_left(connection)
        with pytest.raises(WrongPin):
            jpki.verify(connection, bytearray(MAKERS_PIN, "ascii"))
        jpki.verify(connection, bytearray(OWN_PIN))
        assert jpki.tries_left(connection) == left
        signature = jpki.sign(connection, sha256(proof_message(begun.id, begun.nonce, begun.kiosk.name)).digest())
        proof = CardProof(certificate=certificate, signature=signature)
        ask = HouseholdAsk(visit=begun.id, nonce=begun.nonce, town=HERE, kiosk=begun.kiosk.name, proof=proof)
        raw = json.encode(ask)
        signed = await begun.kiosk.node.household(begun.kiosk.peer, ask, raw)
        return str(replace(begun, card=replace(begun.card, certificate=certificate)).open(signed.answer, raw).node)

    assert network.run(story) == HOME


@pytest.mark.parametrize("bound", [False, True])
def test_what_was_decided_is_done_when_the_node_starts(network: Any, fresh: Any, applicant: Resident, bound: bool) -> None:
    """It was down, or was killed between its two databases: the card had its holder, and nobody was told."""
    if bound:
        store = open_store(network.file(HOME, "register.db"), File.REGISTER)
        store.write_now(partial(bind_card, town=HOME, certificate=fresh.fingerprint, resident=applicant.id))
        store.close()
    counter(network, apply, resident=applicant.id, kind=CardKind.JUKI_B)
    counter(network, hand_over, resident=applicant.id, certificate=fresh.fingerprint)

    async def story(network: Any) -> None:
        await network.nodes[HOME].drained()

    assert kept(network, fresh) is None
    network.run(story, start=True)
    assert kept(network, fresh) == (HOME, "")
    sent = [json.decode(body, type=CardNotice) for _, code, path, body, _ in network.heard if (code, path) == (CENTRE, PATH)]
    assert [each.cards for each in sent] == [[CardChange(certificate=fresh.fingerprint, home=HOME, issued=True)]]


def test_a_backup_holds_the_applications(network: Any, tmp_path: Path) -> None:
    counter(network, apply, resident=7, kind=CardKind.JUKI_A)
    log = AuditLog(HOME, b"k" * 32, network.clock)
    register = open_store(network.file(HOME, "register.db"), File.REGISTER)
    issues = open_store(network.file(HOME), File.ISSUES, log.seal_group)
    make_backup(tmp_path / "monday", HOME, register, issues, log)
    for store in (register, issues):
        store.close()
    assert [each.resident for each in read_once(tmp_path / "monday", partial(applications, town=HOME))] == [7]


def test_a_keeper_that_says_no_is_seen_at_the_counter(network: Any, fresh: Any, applicant: Resident) -> None:
    """The card is another town's: nothing is altered there, and the notice is given up."""
    keep(network, CENTRE, fresh, HERE)
    counter(network, apply, resident=applicant.id, kind=CardKind.MY_NUMBER)
    counter(network, hand_over, resident=applicant.id, certificate=fresh.fingerprint)

    async def story(network: Any) -> None:
        await network.nodes[HOME].drained()

    network.run(story)
    assert words(network) == ["refused by the keeper"]
    assert kept(network, fresh) == (HERE, "")


def test_a_prefecture_that_keeps_cards_itself_is_told_and_the_centre_too(network: Any, fresh: Any, applicant: Resident) -> None:
    directory = network.book.directory
    own = [structs.replace(each, delegates=False) for each in directory.prefectures]
    edition = structs.replace(directory, version=directory.version + 1, prefectures=own)
    network.book.edition = Edition(sign_directory(edition, network.centre), network.centre.public())
    counter(network, apply, resident=applicant.id, kind=CardKind.MY_NUMBER)
    counter(network, hand_over, resident=applicant.id, certificate=fresh.fingerprint)

    async def story(network: Any) -> str:
        await network.nodes[HOME].drained()
        return str((await (await visit(network, fresh)).household()).node)

    assert network.run(story) == HOME
    assert kept(network, fresh, PREFECTURE) == kept(network, fresh, CENTRE) == (HOME, "")


@pytest.mark.parametrize("keeper", [CENTRE, PREFECTURE])
@pytest.mark.parametrize(
    ("known", "change"),
    [
        (None, {"home": HERE}),  # for another town
        (None, {"home": HOME, "revoked": "keyCompromise"}),  # void in one breath
        ((HERE, ""), {"home": HOME}),  # another town's card
        ((HERE, ""), {"home": HERE}),  # … told to be that town's
        (("", ""), {"home": HOME}),  # nobody's
        ((HOME, Revoked.LOST), {"home": HOME}),  # void: it does not come back
    ],
)
def test_nothing_else_is_a_first_card(network: Any, fresh: Any, keeper: str, known: tuple[str, str] | None, change: dict[str, str]) -> None:
    if known is not None:
        keep(network, keeper, fresh, *known)

    async def story(network: Any) -> Any:
        notice = CardNotice(number=1, cards=[CardChange(certificate=fresh.fingerprint, issued=True, **change)])
        return await refused(network.nodes[keeper].card_notice(network.peer(f"jukinet://node/{HOME}"), notice, b""))

    assert network.run(story) == (Kind.NOT_ALLOWED, "card")
    assert kept(network, fresh, keeper) == known


def test_only_with_its_word_a_card_becomes_known_to_the_centre(network: Any, fresh: Any) -> None:
    async def story(network: Any) -> None:
        notice = CardNotice(number=1, cards=[CardChange(certificate=fresh.fingerprint, home=HOME)])
        await network.nodes[CENTRE].card_notice(network.peer(f"jukinet://node/{HOME}"), notice, b"")

    network.run(story)
    assert kept(network, fresh) is None


def test_told_again_a_card_that_was_suspended_since_stays_so(network: Any, fresh: Any) -> None:
    """The keeper was killed between its two databases."""
    keep(network, CENTRE, fresh, HOME, Revoked.SUSPENDED)

    async def story(network: Any) -> int:
        notice = CardNotice(number=1, cards=[CardChange(certificate=fresh.fingerprint, home=HOME, issued=True)])
        receipt = await network.nodes[CENTRE].card_notice(network.peer(f"jukinet://node/{HOME}"), notice, b"")
        return int(receipt.number)

    assert network.run(story) == 1
    assert kept(network, fresh) == (HOME, Revoked.SUSPENDED)


def test_one_application_at_a_time_and_one_card_for_each(network: Any) -> None:
    card = {"certificate": b"c" * 32}
    with pytest.raises(FirstCardError, match="no open application"):
        counter(network, hand_over, resident=7, **card)
    assert counter(network, apply, resident=7, kind=CardKind.JUKI_A).number == 1
    with pytest.raises(FirstCardError, match=r"has application 1 of .* open"):
        counter(network, apply, resident=7, kind=CardKind.MY_NUMBER)
    assert counter(network, apply, resident=8, kind=CardKind.MY_NUMBER).number == 2
    counter(network, withdraw, resident=7)
    with pytest.raises(FirstCardError, match="no open application"):
        counter(network, withdraw, resident=7)
    counter(network, hand_over, resident=8, **card)
    assert counter(network, apply, resident=7, kind=CardKind.MY_NUMBER).number == 3
    with pytest.raises(FirstCardError, match="to somebody else already"):
        counter(network, hand_over, resident=7, **card)
    assert words(network) == ["withdrawn", "given", "open"]


def test_handed_to_the_same_person_again_where_the_register_has_forgotten_it(network: Any, fresh: Any, applicant: Resident) -> None:
    """It was put back from a backup made before."""
    keep(network, CENTRE, fresh, HOME)
    for _ in range(2):
        counter(network, apply, resident=applicant.id, kind=CardKind.MY_NUMBER)
        counter(network, hand_over, resident=applicant.id, certificate=fresh.fingerprint)

    async def story(network: Any) -> None:
        await network.nodes[HOME].drained()
        await (await visit(network, fresh)).household()

    network.run(story)
    assert words(network) == ["told to the keeper", "told to the keeper"]


def test_the_log_has_each_deed_and_nobodys_number(network: Any) -> None:
    counter(network, apply, resident=4711, kind=CardKind.MY_NUMBER)
    counter(network, hand_over, resident=4711, certificate=b"c" * 32)
    query = select(audit.c.entry).where(audit.c.town == HOME, audit.c.stream == "operations").order_by(audit.c.seq)
    entries = read_once(network.file(HOME), lambda connection: connection.execute(query).scalars().all())
    lines = [line for line in map(json.decode, entries) if line["kind"] == "node_card_application"]
    assert [(line["deed"], line["number"]) for line in lines] == [("applied", 1), ("handed-over", 1)]
    assert len({line["subject"] for line in lines}) == 1
    assert not any(b"4711" in bytes(entry) for entry in entries)
