"""A problem goes out and comes in as the same one; whatever else comes in is a line that does not work."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jukinet.errors import Kind, Problem
from jukinet.wire import problem_bytes, problem_from


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_goes_out_and_comes_in(kind: Kind) -> None:
    sent = problem_bytes(Problem(kind, "counter", 30), "visit-1")
    came = problem_from(500, sent)
    assert (came.kind, came.reason, came.retry_after) == (kind, "counter", 30)
    document = json.loads(sent)
    assert document["type"] == f"https://jukinet.invalid/problems/{kind.value}"
    assert document["status"] == int(came.status)
    assert document["remedy"] == came.remedy.value
    assert document["instance"] == "urn:jukinet:exchange:visit-1"


@given(st.integers(100, 599), st.binary() | st.text().map(str.encode) | st.just(b"{}") | st.just(b'{"type":"x","status":1}'))
def test_anything_else_is_an_unreachable_node(status: int, body: bytes) -> None:
    problem = problem_from(status, body)
    assert (problem.kind, problem.reason) == (Kind.UNREACHABLE, f"status-{status}")
