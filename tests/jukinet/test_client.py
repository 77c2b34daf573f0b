"""The kiosk's client over the real door; and against nodes that are slow, broken, old or mixed up."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from time import monotonic

import msgspec
import pytest
from aiohttp import web

from jukinet.client import RegisterClient
from jukinet.errors import Kind, Problem, SettingsError, WrongAnswer
from jukinet.messages import Extract, Household, Issue, IssueStatus, Item, Member, OutcomeReport, Person, Result, Signed
from jukinet.signing import AnswerKey, digest, sign_answer
from jukinet.tls import door_context


def problem(call: Callable[[], object]) -> tuple[Kind, str]:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.kind, caught.value.reason


def wrong(call: Callable[[], object]) -> str:
    with pytest.raises(WrongAnswer) as caught:
        call()
    return caught.value.field


# -- a visit ----------------------------------------------------------------------------------------------------------


def test_a_whole_visit(open_town, client_of, asks, visits) -> None:
    town = open_town()
    client, visit = client_of(town.url), next(visits)
    assert client.health(5).hours == "open"
    assert client.nonce(visit, 5) == digest(visit.encode())
    assert client.household(asks.household(visit), asks.card, 5).members[0].holder
    extract, token = client.extract(asks.extract(visit), asks.card, 5)
    assert extract.town == "21202"
    assert client.issue_state(visit, 5) is None
    issue = client.issue(asks.issue(visit, token, copies=2), asks.card, 5)
    assert [copy.number for copy in issue.copies] == ["no 1", "no 2"]
    assert issue == client.issue(asks.issue(visit, token, copies=2), asks.card, 5)
    assert problem(lambda: client.issue(asks.issue(visit, token, copies=3), asks.card, 5))[0] is Kind.OTHER_REQUEST
    assert client.issue_state(visit, 5).status is IssueStatus.ISSUED
    report = OutcomeReport(visit=visit, result=Result.PRINTED, copies_printed=2)
    assert client.report(report, 5).status is IssueStatus.PRINTED
    assert client.exchanges == 11  # ten questions and the directory, once
    assert client.bytes_sent > 1000
    assert client.bytes_received > 1000


def test_one_link_serves_a_visit_and_names_each_exchange(open_town, client_of, asks, visits) -> None:
    town = open_town()
    client, visit = client_of(town.url), next(visits)
    client.nonce(visit, 5)
    client.household(asks.household(visit), asks.card, 5)
    names = [line["exchange"] for line in town.log_lines() if line["event"] == "server_exchange"]
    assert names == [f"{visit}-1", "k1-2", f"{visit}-3"]  # the directory is the kiosk's own question, once
    assert town.services.refusals.empty()


def test_what_the_node_says_is_raised(world, line, open_town, visits) -> None:
    town = open_town()
    files = world.files("other-kiosk")
    other = RegisterClient(replace(line, urls=[town.url], certificate=files.certificate, key=files.key), lambda: None)
    assert problem(lambda: other.nonce(next(visits), 5)) == (Kind.WRONG_TOWN, "kiosk")
    other.close()


# -- the line ---------------------------------------------------------------------------------------------------------


def test_addresses_are_tried_in_order(world, open_town, client_of) -> None:
    town, impostor = open_town(), open_town(certificate="home")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"https://127.0.0.1:{closed.getsockname()[1]}"
        assert client_of(dead, impostor.url, town.url).health(5).node == "21361"
        assert problem(lambda: client_of(dead, impostor.url).health(5)) == (Kind.UNREACHABLE, "no-link")
    assert impostor.services.asked == []


def test_a_node_that_came_back_is_reached_by_the_next_question(open_town, client_of) -> None:
    town = open_town()
    client = client_of(town.url)
    client.health(5)
    town.stop()
    assert problem(lambda: client.health(5)) == (Kind.UNREACHABLE, "no-link")
    open_town(port=town.port)
    assert client.health(5).node == "21361"


def test_an_address_that_swallows_everything_takes_its_share_of_the_time_and_no_more(open_town, client_of) -> None:
    town = open_town()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert client_of(f"https://127.0.0.1:{silent.getsockname()[1]}", town.url).health(2).node == "21361"


def test_the_addresses_of_the_directory_come_first_and_replace_none(world, open_town, client_of, asks, visits) -> None:
    """A town has moved: the kiosk's settings name a node that is going away."""
    new = open_town()
    old = open_town(directory=world.directory(urls={"21361": [new.url]}))
    client, visit = client_of(old.url), next(visits)
    client.household(asks.household(visit), asks.card, 5)
    assert new.services.asked == []
    client.close()
    client.household(asks.household(visit), asks.card, 5)
    assert new.services.asked[-1:] == ["household"]
    new.stop()
    client.household(asks.household(visit), asks.card, 5)
    assert old.services.asked[-1:] == ["household"]


class Scripted:
    """A node at the wire that plays one script a link: a function that gets the link after its question came."""

    def __init__(self, world, *scripts: Callable[[ssl.SSLSocket], None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context = door_context(world.files("town"))
        self.links = 0
        self.ended = threading.Semaphore(0)  # one for each link that this side has closed
        self._thread = threading.Thread(target=self._serve, args=scripts, daemon=True)
        self._thread.start()
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    def _serve(self, *scripts: Callable[[ssl.SSLSocket], None]) -> None:
        for script in scripts:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return  # closed
            self.links += 1
            try:
                with self._context.wrap_socket(plain, server_side=True) as link:
                    while b"\r\n\r\n" not in link.recv(65536):
                        pass
                    script(link)
            except OSError:
                pass  # the client left, as it should
            self.ended.release()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes whoever waits in accept
        self._listener.close()
        self._thread.join(5)


@pytest.fixture
def scripted(world) -> Iterator[Callable[..., Scripted]]:
    nodes: list[Scripted] = []

    def make(*scripts: Callable[[ssl.SSLSocket], None]) -> Scripted:
        nodes.append(Scripted(world, *scripts))
        return nodes[-1]

    yield make
    for node in nodes:
        node.close()


def sends(*pieces: bytes, every: float = 0.0) -> Callable[[ssl.SSLSocket], None]:
    def script(link: ssl.SSLSocket) -> None:
        for piece in pieces:
            link.sendall(piece)
            threading.Event().wait(every)

    return script


HEALTH = b'{"v":1,"node":"21361","hours":"open","directory":1}'
NEWER = b'{"type":"https://jukinet.invalid/problems/newer-than-we-are","status":418}'
WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(HEALTH), HEALTH)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (WHOLE[:-10], "broken"),  # shorter than announced
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", "broken"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + HEALTH, "broken"),  # no length: whole or cut off, nobody can tell
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{", "broken"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b" " * 100, "broken"),
        (b"", "broken"),
        (b"SSH-2.0-x\r\n", "broken"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "shape"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull", "shape"),
        (b"HTTP/1.1 302 Found\r\nLocation: https://example.invalid/\r\nContent-Length: 0\r\n\r\n", "status-302"),
        (b"HTTP/1.1 502 Bad\r\nContent-Length: 9\r\n\r\n<html>no!", "status-502"),
        (
            b'HTTP/1.1 418 T\r\nContent-Length: 68\r\n\r\n{"type":"https://jukinet.invalid/problems/teapot","status":418,"a":1} ',
            "status-418",
        ),
    ],
)
def test_answers_that_are_none(scripted, client_of, answer: bytes, reason: str) -> None:
    assert problem(lambda: client_of(scripted(sends(answer)).url).health(5)) == (Kind.UNREACHABLE, reason)


def test_a_failed_question_is_not_asked_again(scripted, client_of) -> None:
    node = scripted(sends(WHOLE[:-10]), sends(WHOLE))
    client = client_of(node.url)
    assert problem(lambda: client.health(5)) == (Kind.UNREACHABLE, "broken")
    assert node.links == 1
    assert client.health(5).hours == "open"


def test_who_asks_again_reaches_another_address_with_the_same_key(scripted, open_town, client_of, asks, visits) -> None:
    """The first node takes the question and dies. Nobody asks again by himself; the second question is the first, byte for byte."""
    town, visit = open_town(), next(visits)
    _, token = client_of(town.url).extract(asks.extract(visit), asks.card, 5)
    dying = scripted(sends(b""), sends(b""))
    client = client_of(dying.url, town.url)
    assert problem(lambda: client.issue(asks.issue(visit, token), asks.card, 5)) == (Kind.UNREACHABLE, "broken")
    assert "issue" not in town.services.asked
    issue = client.issue(asks.issue(visit, token), asks.card, 5)
    assert client.issue(asks.issue(visit, token), asks.card, 5) == issue
    assert (dying.links, list(town.services.issues)) == (1, [visit])


def test_a_link_that_the_node_ended_meanwhile_is_replaced_before_anything_leaves(scripted, client_of) -> None:
    node = scripted(sends(WHOLE), sends(WHOLE))
    client = client_of(node.url)
    assert client.health(5).hours == "open"
    assert node.ended.acquire(timeout=5)
    assert client.health(5).hours == "open"
    assert node.links == 2


@pytest.mark.parametrize("answer", [WHOLE, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200])
def test_one_deadline_however_small_the_pieces(scripted, client_of, answer: bytes) -> None:
    node = scripted(sends(*[answer[at : at + 1] for at in range(len(answer))], every=0.03))
    began = monotonic()
    assert problem(lambda: client_of(node.url).health(0.3)) == (Kind.UNREACHABLE, "timeout")
    assert monotonic() - began < 1


def test_a_silent_listener_costs_no_more_than_the_deadline(client_of) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = monotonic()
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        assert problem(lambda: client_of(url, url).health(0.3)) == (Kind.UNREACHABLE, "timeout")
        assert monotonic() - began < 1


# -- wrong answers ----------------------------------------------------------------------------------------------------


def altered(change: Callable[[web.Request, bytes], bytes]):
    """A middleware that changes answers on their way out."""

    @web.middleware
    async def handle(request, handler):
        response = await handler(request)
        response.body = change(request, response.body)
        return response

    return handle


def test_a_recorded_answer_is_refused_for_another_visit(open_town, client_of, asks, visits) -> None:
    first: dict[str, bytes] = {}
    town = open_town(within=[altered(lambda request, body: first.setdefault(request.path, body))])
    client, mine, other = client_of(town.url), next(visits), next(visits)
    client.nonce(mine, 5)
    assert wrong(lambda: client.nonce(other, 5)) == "visit"
    client.household(asks.household(mine), asks.card, 5)
    assert wrong(lambda: client.household(asks.household(other), asks.card, 5)) == "visit"
    _, token = client.extract(asks.extract(mine), asks.card, 5)
    assert wrong(lambda: client.extract(asks.extract(other), asks.card, 5)) == "visit"
    client.issue(asks.issue(mine, token), asks.card, 5)
    assert wrong(lambda: client.issue(asks.issue(other, token), asks.card, 5)) == "visit"


def test_an_answer_for_another_card_or_another_question_is_refused(open_town, client_of, asks, visits) -> None:
    first: dict[str, bytes] = {}
    town = open_town(within=[altered(lambda request, body: first.setdefault(request.path, body))])
    client, visit = client_of(town.url), next(visits)
    client.extract(asks.extract(visit), asks.card, 5)
    assert wrong(lambda: client.extract(asks.extract(visit), digest(b"another"), 5)) == "card"
    assert wrong(lambda: client.extract(asks.extract(visit, persons=[1, 2]), asks.card, 5)) == "request"
    assert wrong(lambda: client.extract(asks.extract(visit, nonce=digest(b"n")), asks.card, 5)) == "nonce"


def resigned(town, change: Callable[[msgspec.Struct], msgspec.Struct], node: str = "21202"):
    """A town whose every signed answer is changed before it is signed, by a key the directory knows."""

    class Changed(town):
        def signed(self, claims) -> Signed:
            return Signed(answer=sign_answer(msgspec.structs.replace(claims, body=change(claims.body), node=node), self.world.keys[node]))

    return Changed


def person(body: Extract, **fields: object) -> Person:
    return msgspec.structs.replace(body.persons[0], **fields)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda body: msgspec.structs.replace(body, persons=[]), "persons"),
        (
            lambda body: msgspec.structs.replace(body, persons=[*body.persons, person(body, number=2)]),
            "persons",
        ),
        (lambda body: msgspec.structs.replace(body, persons=[person(body, my_number="1")]), "items"),
        (lambda body: msgspec.structs.replace(body, persons=[person(body, relationship="妻")]), "items"),
        (lambda body: msgspec.structs.replace(body, head="x"), "items"),
        (lambda body: msgspec.structs.replace(body, town="21361"), "town"),
        (lambda body: Household(town="21202", town_name="h", members=[Member(number=1, name="n")], items=[]), "body"),
    ],
)
def test_more_than_was_asked_for_is_refused(open_town, client_of, asks, visits, change, field: str) -> None:
    town = open_town(services=resigned(type(open_town().services), change))
    client = client_of(town.url)
    assert wrong(lambda: client.extract(asks.extract(next(visits)), asks.card, 5)) == field


def test_items_that_were_asked_for_come(open_town, client_of, asks, visits) -> None:
    def with_number(body: Extract) -> Extract:
        return msgspec.structs.replace(body, persons=[person(body, my_number="1")])

    town = open_town(services=resigned(type(open_town().services), with_number))
    extract, _ = client_of(town.url).extract(asks.extract(next(visits), items=[Item.MY_NUMBER]), asks.card, 5)
    assert extract.persons[0].my_number == "1"


@pytest.mark.parametrize(
    ("change", "node", "field"),
    [
        (lambda issue: msgspec.structs.replace(issue, extract=digest(b"another")), "21361", "extract"),
        (lambda issue: msgspec.structs.replace(issue, copies=issue.copies * 2), "21361", "copies"),
        (lambda issue: msgspec.structs.replace(issue, issuer=msgspec.structs.replace(issue.issuer, town="21202")), "21361", "town"),
        (lambda issue: issue, "21202", "kid"),  # signed by another town: its key is not among our own town's
    ],
)
def test_an_issue_on_something_else_is_refused(open_town, client_of, asks, visits, change, node: str, field: str) -> None:
    def only_issues(body):
        return change(body) if isinstance(body, Issue) else body

    plain = open_town()
    town = open_town(services=resigned(type(plain.services), only_issues, node))
    visit = next(visits)
    _, token = client_of(plain.url).extract(asks.extract(visit), asks.card, 5)
    assert wrong(lambda: client_of(town.url).issue(asks.issue(visit, token), asks.card, 5)) == field


# -- the directory ----------------------------------------------------------------------------------------------------


def test_a_new_key_is_learnt_from_a_new_directory(world, open_town, client_of, asks, visits) -> None:
    town = open_town()
    client = client_of(town.url)
    client.household(asks.household(next(visits)), asks.card, 5)
    newer = replace(world, keys={**world.keys, "21202": AnswerKey.make()})
    town.services.world, town.services.raw_directory = newer, newer.directory(version=2)
    assert client.household(asks.household(next(visits)), asks.card, 5)
    # And no way back: an older directory may bring a withdrawn key back.
    town.services.world, town.services.raw_directory = world, world.directory(version=1)
    assert wrong(lambda: client.household(asks.household(next(visits)), asks.card, 5)) == "kid"


def test_a_withdrawn_key_is_refused_once_the_node_tells_of_a_newer_directory(world, open_town, client_of, asks, visits) -> None:
    town = open_town()
    client = client_of(town.url)
    client.household(asks.household(next(visits)), asks.card, 5)
    newer = replace(world, keys={**world.keys, "21202": AnswerKey.make()})
    town.services.raw_directory, town.services.version = newer.directory(version=2), 2
    assert client.household(asks.household(next(visits)), asks.card, 5)  # the old key still, as far as anybody has said
    assert client.health(5).directory == 2
    assert wrong(lambda: client.household(asks.household(next(visits)), asks.card, 5)) == "kid"


def test_a_directory_by_another_key_is_refused(world, open_town, client_of, asks, visits) -> None:
    town = open_town()
    town.services.raw_directory = replace(world, directory_key=AnswerKey.make()).directory()
    assert wrong(lambda: client_of(town.url).household(asks.household(next(visits)), asks.card, 5)) == "kid"


# -- settings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"urls": []}, {"town": "2136"}, {"kiosk": "K 1"}, {"urls": ["https://127.0.0.1:1", "http://a:1"]}])
def test_bad_lines_are_named(line, change) -> None:
    with pytest.raises(SettingsError, match=r"required"):
        RegisterClient(replace(line, **{"urls": ["https://127.0.0.1:1"], **change}), lambda: None)
