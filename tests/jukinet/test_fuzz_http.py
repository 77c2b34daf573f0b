"""A node, or a hand on its line's far side, that says anything at all: what is not the answer to the question comes out of the client as
one of its two errors, and nothing of it is used. (What a peer may throw at a node is in test_door.py.)"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jukinet.client import RegisterClient
from jukinet.errors import Problem, WrongAnswer

Twist = Callable[[bytes], bytes]
SLOW = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass
class Twister:
    """A middleware: the next answer to this path is told otherwise, once."""

    path: str = ""
    twist: Twist | None = None
    said: bytes = b""

    @web.middleware
    async def handle(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if self.twist is not None and request.path == self.path and isinstance(response, web.Response):
            assert isinstance(response.body, bytes)
            self.said, response.body, self.twist = response.body, self.twist(response.body), None
        return response


@st.composite
def twists(draw: st.DrawFn) -> Twist:
    """A byte changed, some lost, put in or said twice, or something else altogether."""
    where, length = draw(st.floats(0, 1)), draw(st.integers(1, 40))
    other = draw(st.binary(min_size=1, max_size=40))

    def changed(said: bytes) -> bytes:
        at = min(int(where * len(said)), len(said) - 1)
        return said[:at] + bytes([said[at] ^ (other[0] or 1)]) + said[at + 1 :]

    def lost(said: bytes) -> bytes:
        at = int(where * len(said))
        return said[:at] + said[at + length :]

    def put_in(said: bytes) -> bytes:
        at = int(where * len(said))
        return said[:at] + other + said[at:]

    def twice(said: bytes) -> bytes:
        at = int(where * len(said))
        return said[:at] + said[at : at + length] + said[at:]

    return draw(st.sampled_from([changed, lost, put_in, twice, lambda said: other, lambda said: said[: int(where * len(said))]]))


@dataclass
class Far:
    client: RegisterClient
    twister: Twister
    asks: Any
    numbers: "count[int]"
    tokens: dict[str, str]

    def ask(self, path: str, visit: str) -> object:
        if path == "/v1/nonces":
            return self.client.nonce(visit, 20)
        if path == "/v1/households":
            return self.client.household(self.asks.household(visit), self.asks.card, 20)
        if path == "/v1/extracts":
            return self.client.extract(self.asks.extract(visit), self.asks.card, 20)[0]
        if path == "/v1/health":
            return self.client.health(20)
        if visit not in self.tokens:
            _, self.tokens[visit] = self.client.extract(self.asks.extract(visit), self.asks.card, 20)
        return self.client.issue(self.asks.issue(visit, self.tokens[visit]), self.asks.card, 20)


@pytest.fixture
def far(open_town: Any, client_of: Any, asks: Any) -> Far:
    twister = Twister()
    town = open_town(within=[twister.handle])
    return Far(client_of(town.url), twister, asks, count(1), {})


@pytest.mark.parametrize("path", ["/v1/households", "/v1/extracts", "/v1/issues"])
def test_a_signed_answer_told_otherwise_is_none(far: Far, path: str) -> None:
    """Or it is the very same answer: JSON may be spaced otherwise, and nothing but what is signed is read."""

    @SLOW
    @given(twists())
    def told_otherwise(twist: Twist) -> None:
        visit = f"01J{next(far.numbers):023d}"
        far.twister.path, far.twister.twist = path, twist
        try:
            told = far.ask(path, visit)
        except (Problem, WrongAnswer):
            assert far.twister.twist is None
        else:
            assert told == far.ask(path, visit)

    told_otherwise()


@pytest.mark.parametrize("path", ["/v1/nonces", "/v1/health", "/v1/directory"])
def test_no_answer_makes_the_client_fail_otherwise(far: Far, path: str) -> None:
    """What is not signed may say anything about hours and numbers; it may not break the kiosk, and the next question is answered."""

    @SLOW
    @given(twists())
    def told_otherwise(twist: Twist) -> None:
        visit = f"01J{next(far.numbers):023d}"
        far.twister.path, far.twister.twist = path, twist
        with suppress(Problem, WrongAnswer):
            far.ask("/v1/households" if path == "/v1/directory" else path, visit)
        far.twister.twist = None
        assert far.ask("/v1/households", visit)

    told_otherwise()
