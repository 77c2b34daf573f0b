"""Certificate, key, CA, revocation list and directory change while the node is asked, and nobody's question is lost."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from jukinet.client import RegisterClient
from jukinet.errors import Problem
from jukinet.node.freshness import Patience
from jukinet.peers import PeerKind
from jukinet.tls import Limit, NodeLink, line_context
from tests.jukinet.conftest import ends, now

HEALTH = "/v1/health"


def health(link: NodeLink) -> int:
    link.request("GET", HEALTH)
    answer = link.getresponse()
    answer.read()
    return answer.status


def link_to(world, town, certificate: str = "kiosk") -> NodeLink:
    return NodeLink(town.url, line_context(world.files(certificate), town.services.code), Limit(lambda: 0.0, until=20))


def install_ca_to_come(world, town) -> None:
    """As an operator does it: the CA beside the old one, its list, then our certificate of it."""
    town.put(town.files.tls.ca, world.both())
    town.put(town.files.crl, world.crl(2) + world.crl(1, by=world.next_authority))
    town.note("node_renewed")
    town.use_certificate("next-town")


def test_all_of_it_changes_under_load(world, open_town, line, asks, visits) -> None:
    """Visits of four kiosks' worth without a pause while everything is changed, the CA of the node's own certificate too. None fails."""
    town, ended = open_town(), threading.Event()
    both = world.folder / "both.pem"
    both.write_bytes(world.both())
    lock = threading.Lock()

    def visit_after_visit() -> int:
        done = 0
        kiosk = type(line)([town.url], line.certificate, line.key, both, line.town, line.kiosk, line.directory_key)
        while not ended.is_set() or done < 3:
            with lock:
                visit = next(visits)
            client = RegisterClient(kiosk, now)  # a new link each visit, as a kiosk has it
            client.nonce(visit, 20)
            client.household(asks.household(visit), asks.card, 20)
            _, token = client.extract(asks.extract(visit), asks.card, 20)
            client.issue(asks.issue(visit, token), asks.card, 20)
            client.close()
            done += 1
        return done

    with ThreadPoolExecutor(4) as kiosks:
        running = [kiosks.submit(visit_after_visit) for _ in range(4)]
        try:
            town.use_certificate("second-town")
            install_ca_to_come(world, town)
            town.put(town.files.crl, world.crl(3, "kiosk2") + world.crl(1, by=world.next_authority))
            assert town.note("node_renewed")["crl"] == "3 1"
            town.put(town.files.directory, world.directory(2))
            assert town.note("node_renewed")["directory"] == 2
        finally:
            ended.set()
        visits_done = sum(future.result(60) for future in running)
    assert visits_done == len(town.services.issues) >= 12
    assert town.services.refusals.empty()


def test_a_revoked_peers_open_links_end_by_themselves(world, open_town) -> None:
    """Within a second of the list's arrival (POLL_SECONDS and a walk over the table); here: by the event, not by the clock. Others stay."""
    town = open_town()
    revoked, other = [link_to(world, town) for _ in range(20)], link_to(world, town, "kiosk2")
    assert {health(link) for link in [*revoked, other]} == {200}
    assert len(town.links) == 21
    town.put(town.files.crl, world.crl(2, "kiosk"))
    assert town.note("node_links_cut") == {"kind": "node_links_cut", "actor": "jukinet://kiosk/21361/k1", "links": 20}
    assert all(ends(link) for link in revoked)
    assert health(other) == 200
    assert health(link_to(world, town)) == 403
    assert len([line for line in town.log_lines() if line["event"] == "server_links_cut"]) == 1


def test_whoever_leaves_the_directory_is_cut(world, open_town) -> None:
    town = open_town()
    home = link_to(world, town, "home")
    assert health(home) == 200
    town.put(town.files.directory, world.directory(2, towns=["21361"]))
    assert town.note("node_links_cut")["actor"] == "jukinet://node/21202"
    assert ends(home)
    assert health(link_to(world, town, "home")) == 403


def test_links_of_a_ca_that_is_no_longer_trusted_are_cut(world, open_town) -> None:
    town = open_town()
    install_ca_to_come(world, town)
    context = line_context(world.files("kiosk"), "21361")
    context.load_verify_locations(cadata=world.next_authority.certificate.public_bytes(Encoding.DER))
    old = NodeLink(town.url, context, Limit(lambda: 0.0, until=20))
    assert health(old) == 200
    town.put(town.files.tls.ca, world.next_authority.certificate.public_bytes(Encoding.PEM))
    town.put(town.files.crl, world.crl(1, by=world.next_authority))
    assert town.note("node_links_cut")["links"] == 1
    assert ends(old)
    with pytest.raises(OSError, match=r"(?i)eof|reset|alert|broken|closed"):
        health(NodeLink(town.url, context, Limit(lambda: 0.0, until=20)))
    # OpenSSL's client sends its CA along when it knows it.
    assert town.refusal()[1] in ("unable to get local issuer certificate", "self-signed certificate in certificate chain")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda world, town: town.put(town.files.crl, world.crl(1)[:-60]), "crl.pem: not a revocation list in PEM"),
        (lambda world, town: town.put(town.files.crl, world.crl(0)), "crl.pem: older than the one in force"),
        (lambda world, town: town.put(town.files.directory, world.directory(0)), "directory.jws: older than the one in force"),
        (lambda world, town: town.put(town.files.tls.key, ""), "cert.pem, key.pem: a certificate in PEM with its own"),
        (lambda world, town: town.files.tls.ca.unlink(), "ca.pem: CA certificates in PEM"),
    ],
)
def test_what_is_not_good_is_recorded_and_the_former_goes_on(world, open_town, spoil: Callable[..., None], reason: str) -> None:
    town = open_town()
    for kept in (town.files.newest_crl, town.files.newest_directory):  # else an older file is just not taken
        kept.unlink()
    open_link, former = link_to(world, town), town.trust.current
    assert health(open_link) == 200
    spoil(world, town)
    recorded = str(town.note("node_renewal_refused")["reason"])
    assert reason in recorded
    assert "/" not in recorded
    assert health(open_link) == health(link_to(world, town)) == 200
    assert town.trust.current is former
    for path, content in ((town.files.crl, world.crl(2)), (town.files.directory, world.directory(2))):
        town.put(path, content)
    for path, given in ((town.files.tls.key, world.files("town").key), (town.files.tls.ca, world.files("town").ca)):
        town.put(path, given.read_bytes())
    while town.note("node_renewed")["directory"] != 2:
        pass


# -- from the centre --------------------------------------------------------------------------------------------------


def test_a_newer_directory_and_list_come_from_the_centre(world, open_town) -> None:
    centre = open_town(role=PeerKind.CENTRE, code="centre")
    centre.services.version, centre.services.crl = 7, [5]
    centre.services.raw_lists = world.crl(5, "kiosk2")
    centre.services.raw_directory = world.directory(7)
    town = open_town(directory=world.directory(urls={"centre": [centre.url]}))
    while (note := town.note("node_renewed"))["directory"] != 7 or note["crl"] != "5":
        pass
    assert health(link_to(world, town, "kiosk2")) == 403
    assert town.files.newest_directory.read_text() == centre.services.raw_directory
    assert town.files.newest_crl.read_bytes() == centre.services.raw_lists


def test_what_the_centre_did_not_sign_or_has_taken_back_is_not_taken(world, open_town) -> None:
    centre = open_town(role=PeerKind.CENTRE, code="centre")
    centre.services.version, centre.services.crl = 7, [0]
    centre.services.raw_directory = world.directory(7)[:-8] + "AAAAAAAA"
    centre.services.raw_lists = world.crl(0)
    town = open_town(directory=world.directory(urls={"centre": [centre.url]}), fetching=0.01)
    while centre.services.asked.count("directory") < 3:
        threading.Event().wait(0.01)
    centre.services.raw_directory = world.directory(1)
    while centre.services.asked.count("revocations") < 3:
        threading.Event().wait(0.01)
    assert town.trust.current.edition.directory.version == 1
    assert list(town.trust.current.lists.numbers.values()) == [1]
    assert [line["error"] for line in town.log_lines() if line["event"] == "server_not_fetched"]


def test_the_prefecture_hands_on_when_the_centre_is_silent(world, open_town) -> None:
    prefecture = open_town(role=PeerKind.PREFECTURE, code="21")
    prefecture.services.version, prefecture.services.raw_directory = 2, world.directory(2)
    prefecture.services.crl = [1]
    town = open_town(directory=world.directory(urls={"21": [prefecture.url], "centre": []}))
    assert town.note("node_renewed")["directory"] == 2


# -- too old ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "issue", "answer"), [(0, "", ""), (2, "stale", ""), (4, "stale", "stale")])
@pytest.mark.parametrize("what", ["directory", "crl"])
def test_what_is_too_old_stops_issuing_then_answering_and_never_status(
    world, open_town, client_of, asks, visits, days: int, issue: str, answer: str, what: str
) -> None:
    hours = (24, 72, 99_999, 99_999) if what == "directory" else (99_999, 99_999, 0, 48)

    def later() -> datetime:
        return now() + timedelta(days=days)  # the world's list is due in a day, its directory is of now

    town = open_town(patience=Patience.of_hours(*hours), clock=later)
    client, visit = client_of(town.url), next(visits)
    assert client.health(5).node == "21361"
    assert client.issue_state(visit, 5) is None
    assert _kind(lambda: client.nonce(visit, 5)) == issue
    assert _kind(lambda: client.household(asks.household(visit), asks.card, 5)) == issue
    home = link_to(world, town, "home")
    home.request("POST", "/v1/households", msgspec.json.encode(asks.household(visit, town="21202")))
    response = home.getresponse()
    assert response.status == (503 if answer else 200)
    if answer:
        assert response.headers["Retry-After"] == "600"
        assert f'"reason":"{what}"'.encode() in response.read()
    if days:
        assert town.note("node_overdue")["state"] == (f"no answers: {what}" if answer else f"no issue: {what}")


def _kind(call: Callable[[], object]) -> str:
    try:
        call()
    except Problem as problem:
        return str(problem.kind)
    return ""
