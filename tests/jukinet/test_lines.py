"""Node to node: the directory says where, the certificate says who."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

import msgspec
import pytest

from jukinet.errors import Kind, Problem
from jukinet.node.directory import DirectoryBook
from jukinet.node.lines import Lines
from jukinet.node.trace import CURRENT, Trace
from jukinet.node_messages import CardAnswer, CardAsk
from jukinet.peers import Peer, PeerKind
from jukinet.tls import line_context

ASK = msgspec.json.encode(CardAsk(visit="01J00000000000000000000001", certificate=b"c"))
CHECK = "/v1/cards/check"


@pytest.fixture
def through(world) -> Callable[..., bytes]:
    """through(urls, deed) runs `deed(lines)` as town 21361 with a directory that names `urls` by code."""

    def run(urls: dict[str, list[str]], deed: Callable[[Lines], Awaitable[bytes]]) -> bytes:
        async def whole() -> bytes:
            context = line_context(world.files("town"))
            lines = Lines(DirectoryBook(world.directory(urls=urls), world.directory_key.public()), lambda: context)
            try:
                return await deed(lines)
            finally:
                await lines.close()

        return asyncio.run(whole())

    return run


def problem(call: Callable[[], object]) -> tuple[Kind, str]:
    with pytest.raises(Problem) as caught:
        call()
    return caught.value.kind, caught.value.reason


@pytest.fixture
def centre(open_town):
    return open_town(role=PeerKind.CENTRE, code="centre", certificate="centre")


def test_the_centre_is_asked(centre, through) -> None:
    answer = through({"centre": [centre.url]}, lambda lines: lines.ask("centre", CHECK, ASK, 5))
    assert msgspec.json.decode(answer, type=CardAnswer).town == "21202"
    assert centre.services.asked == ["check_card"]


def test_addresses_in_order_and_the_wrong_node_is_not_told(open_town, centre, through) -> None:
    impostor = open_town(role=PeerKind.CENTRE, code="centre", certificate="home")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = f"https://127.0.0.1:{closed.getsockname()[1]}"
        assert through({"centre": [dead, impostor.url, centre.url]}, lambda lines: lines.ask("centre", CHECK, ASK, 5))
        assert problem(lambda: through({"centre": [dead, impostor.url]}, lambda lines: lines.ask("centre", CHECK, ASK, 5))) == (
            Kind.UNREACHABLE,
            "no-link",
        )
    assert impostor.services.asked == []


def test_nobody_outside_the_directory(through) -> None:
    for code in ("99999", "21", "21202", "centre"):
        assert problem(lambda code=code: through({}, lambda lines: lines.ask(code, CHECK, ASK, 5))) == (Kind.UNREACHABLE, "unknown-node")


def test_a_no_is_passed_on(open_town, through) -> None:
    home = open_town(code="21202", certificate="home")
    assert problem(lambda: through({"21202": [home.url]}, lambda lines: lines.ask("21202", CHECK, ASK, 5))) == (Kind.NOT_FOUND, "path")
    assert problem(lambda: through({"21202": [home.url]}, lambda lines: lines.ask("21202", "/v1/nonces", ASK, 5))) == (
        Kind.NOT_ALLOWED,
        "municipality",
    )


def test_a_silent_node_costs_no_more_than_the_time_given(through) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        assert problem(lambda: through({"centre": [url]}, lambda lines: lines.ask("centre", CHECK, ASK, 0.2))) == (
            Kind.UNREACHABLE,
            "timeout",
        )


def test_a_silent_address_takes_its_share_of_the_time_and_no_more(centre, through) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        assert through({"centre": [url, centre.url]}, lambda lines: lines.ask("centre", CHECK, ASK, 2))


def test_an_address_that_broke_a_question_off_comes_last(open_town, centre, through) -> None:
    other = open_town(role=PeerKind.CENTRE, code="centre")

    async def deed(lines: Lines) -> bytes:
        await lines.ask("centre", CHECK, ASK, 5)
        await asyncio.to_thread(other.stop)
        with suppress(Problem):  # broken, or not even connected to: then the other address was tried
            await lines.ask("centre", CHECK, ASK, 5)
        return await lines.ask("centre", CHECK, ASK, 5)

    assert through({"centre": [other.url, centre.url]}, deed)
    assert (len(other.services.asked), centre.services.asked[-1]) == (1, "check_card")


def test_what_is_asked_for_without_a_body(centre, through) -> None:
    assert b'"hours":"open"' in through({"centre": [centre.url]}, lambda lines: lines.get("centre", "/v1/health", 5))


def test_the_exchange_and_its_deadline_go_along(centre, through) -> None:
    async def within(lines: Lines, left: float) -> bytes:
        CURRENT.set(Trace("visit-3", asyncio.get_running_loop().time() + left))
        return await lines.ask("centre", CHECK, ASK, 5)

    through({"centre": [centre.url]}, lambda lines: within(lines, 5))
    assert centre.log_lines()[-1]["exchange"] == "visit-3"
    assert problem(lambda: through({"centre": [centre.url]}, lambda lines: within(lines, 0)))[0] is Kind.UNREACHABLE
    assert centre.services.asked == ["check_card"]


def test_one_link_for_many_questions_and_after_the_node_came_back(open_town, world, through) -> None:
    centre = open_town(role=PeerKind.CENTRE, code="centre", certificate="centre")

    async def deed(lines: Lines) -> bytes:
        await asyncio.gather(*(lines.ask("centre", CHECK, ASK, 10) for _ in range(50)))
        await asyncio.to_thread(centre.stop)
        with pytest.raises(Problem):
            await lines.ask("centre", CHECK, ASK, 5)
        await asyncio.to_thread(open_town, role=PeerKind.CENTRE, code="centre", certificate="centre", port=centre.port)
        return await lines.ask("centre", CHECK, ASK, 5)

    assert through({"centre": [centre.url]}, deed)
    assert len(centre.services.asked) == 50


# -- the directory ----------------------------------------------------------------------------------------------------


def test_who_belongs_to_the_network(world) -> None:
    book = DirectoryBook(world.directory(), world.directory_key.public())
    known = [
        (PeerKind.MUNICIPALITY, "21361", True),
        (PeerKind.MUNICIPALITY, "99999", False),
        (PeerKind.KIOSK, "21361", True),
        (PeerKind.KIOSK, "99999", False),
        (PeerKind.PREFECTURE, "21", True),
        (PeerKind.PREFECTURE, "13", False),
        (PeerKind.CENTRE, "centre", True),
        (PeerKind.AGENCY, "tax", False),
    ]
    for kind, code, belongs in known:
        assert book.knows(Peer("", kind, code)) is belongs
    assert book.keys("21202") == [world.keys["21202"].public()]
    assert book.keys("99999") == []
    assert book.town("21361") is not None
    assert book.raw == world.directory() or book.directory.version == 1
