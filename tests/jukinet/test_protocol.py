"""docs/protocol.md against the program: each example is a whole message of its type, and there is one for each message, kind and vector."""

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

import jukinet.agency_messages
import jukinet.disclosure_messages
import jukinet.messages
import jukinet.move_messages
import jukinet.node_messages
from jukinet.errors import Kind, Problem
from jukinet.messages import Body, Claims
from jukinet.node.routes import ROUTES
from jukinet.openapi import answer_of
from jukinet.peers import parse_uri
from jukinet.signing import PAYLOADS
from jukinet.wire import ProblemDocument

PROJECT = Path(__file__).parents[2]
TEXT = (PROJECT / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES: list[tuple[str, str]] = re.findall(r"^```json (\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SHAPES: dict[str, Any] = {"ProblemDocument": ProblemDocument} | {
    name: shape
    for module in (jukinet.messages, jukinet.node_messages, jukinet.move_messages, jukinet.agency_messages, jukinet.disclosure_messages)
    for name, shape in vars(module).items()
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct)
}


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_an_example_is_a_whole_message(name: str, example: str) -> None:
    msgspec.json.decode(example.encode(), type=SHAPES[name])


def test_every_message_has_an_example() -> None:
    asked = {shape for route in ROUTES for shape in (route.shape, answer_of(route)) if shape is not None}
    assert {shape.__name__ for shape in (*asked, *PAYLOADS.values(), ProblemDocument)} <= {name for name, _ in EXAMPLES}
    bodies = {type(msgspec.json.decode(example.encode(), type=Claims).body) for name, example in EXAMPLES if name == "Claims"}
    assert bodies == set(Body.__args__)
    assert all(typ in TEXT for typ in PAYLOADS)


def test_every_kind_of_problem_stands_in_its_table_with_its_status() -> None:
    rows = {
        kind: int(status)
        for kinds, status in re.findall(r"^\| (`[\w`, -]+`) \| (\d{3}) \|", TEXT, re.MULTILINE)
        for kind in re.findall(r"`([\w-]+)`", kinds)
    }
    assert rows == {str(kind): int(Problem(kind).status) for kind in Kind}


def test_every_file_of_vectors_is_told_of() -> None:
    told = set(re.findall(r"^\| `(\w+\.json)` \|", TEXT, re.MULTILINE))
    assert told == {file.name for file in (PROJECT / "tests" / "vectors").glob("*.json")} - {"keys.json"}


def test_every_way_to_ask_is_told_of() -> None:
    assert [route.path for route in ROUTES if route.path not in TEXT] == []


def test_identities_are_identities() -> None:
    named = re.findall(r"`(jukinet://[\w/.-]+)`", TEXT)
    assert len(named) >= 5
    assert [uri for uri in named if parse_uri(uri) is None] == []
