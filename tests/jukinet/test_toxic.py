"""The equipment itself: a line does what it is said to do, and is well again afterwards."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.jukinet.toxic import CLEAR, HOLE, REFUSE, Toxic, ToxicLine, ToxicLines


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(65_536):
            self.server.got.append(data)  # type: ignore[attr-defined]
            self.request.sendall(data)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        self.got: list[bytes] = []
        super().__init__(("127.0.0.1", 0), Echo)


@pytest.fixture
def echo() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def line(echo: Server) -> Iterator[ToxicLine]:
    with ToxicLines() as lines:
        yield lines.to(echo.server_address[1], listens=True)


def linked(line: ToxicLine) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", line.port), 10)
    assert said(link, b"hello") == b"hello"
    return link


def said(link: socket.socket, data: bytes) -> bytes:
    link.sendall(data)
    return whole(link, len(data))


def whole(link: socket.socket, count: int) -> bytes:
    """Up to `count` bytes, fewer where the link ends."""
    got = b""
    while len(got) < count and (piece := link.recv(count - len(got))):
        got += piece
    return got


def test_a_line_that_is_well(line: ToxicLine) -> None:
    with linked(line) as link:
        assert said(link, bytes(200_000)) == bytes(200_000)
        link.shutdown(socket.SHUT_WR)
        assert link.recv(1) == b""
    assert len(line.heard) == 2 * 200_010 - 10


@pytest.mark.parametrize("count", [0, 1, 9])
def test_an_answer_is_cut(line: ToxicLine, echo: Server, count: int) -> None:
    """The question has arrived: that is the point."""
    with linked(line) as link:
        line.be(Toxic(cut=count))
        assert said(link, b"0123456789") == b"0123456789"[:count]
    assert echo.got[-1] == b"0123456789"
    line.be(CLEAR)
    linked(line).close()


def test_an_answer_is_reset(line: ToxicLine, echo: Server) -> None:
    with linked(line) as link:
        line.be(Toxic(reset=0))
        with pytest.raises(ConnectionResetError):
            said(link, b"0123456789")
    assert echo.got[-1] == b"0123456789"


def test_links_are_refused_until_the_line_is_well(line: ToxicLine) -> None:
    link = linked(line)
    for _ in range(2):
        line.be(REFUSE)
        with pytest.raises(ConnectionRefusedError):
            linked(line)
        line.be(CLEAR)
        linked(line).close()
    with link, pytest.raises(ConnectionError):
        said(link, b"again")


def test_a_hole_gives_back_what_it_has_swallowed(line: ToxicLine, echo: Server) -> None:
    with linked(line) as link:
        line.be(HOLE)
        link.sendall(b"late")
        link.settimeout(0.2)
        with pytest.raises(TimeoutError):
            link.recv(1)
        link.settimeout(10)
        assert echo.got == [b"hello"]
        link.shutdown(socket.SHUT_WR)  # whoever asked has given up
        line.be(CLEAR)
        assert whole(link, 4) == b"late"
        assert echo.got == [b"hello", b"late"]


@pytest.mark.parametrize(("toxic", "least"), [(Toxic(latency=0.15), 0.3), (Toxic(rate=100_000), 0.3)])
def test_a_slow_line_is_slow_and_whole(line: ToxicLine, toxic: Toxic, least: float) -> None:
    """A bound from below, which a busy machine keeps too."""
    with linked(line) as link:
        line.be(toxic)
        began = time.monotonic()
        assert said(link, bytes(30_000)) == bytes(30_000)
        assert time.monotonic() - began >= least


def test_a_server_that_is_gone(line: ToxicLine, echo: Server) -> None:
    echo.shutdown()
    echo.server_close()
    with pytest.raises(ConnectionResetError), socket.create_connection(("127.0.0.1", line.port), 10) as link:
        link.recv(1)
