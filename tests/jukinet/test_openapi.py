"""What a node says can be asked of it is what can be asked of it, in a form that others' tools read."""

import json
from typing import Any

import msgspec
import pytest
from openapi_spec_validator import validate
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.errors import TYPE_PREFIX, Kind, Problem
from jukinet.node.routes import ROUTES
from jukinet.openapi import answer_of, deed_name, document
from jukinet.peers import PeerKind
from jukinet.tls import Limit, NodeLink, line_context

NODES = {PeerKind.MUNICIPALITY: "21361", PeerKind.PREFECTURE: "21", PeerKind.CENTRE: "centre"}


def operations(said: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(method.upper(), path): each for path, methods in said["paths"].items() for method, each in methods.items()}


@pytest.mark.parametrize("role", [None, *NODES])
def test_it_is_openapi(role: PeerKind | None) -> None:
    validate(document(role))


@pytest.mark.parametrize("role", [None, *NODES])
def test_each_route_of_the_table_is_an_operation_and_nothing_else_is(role: PeerKind | None) -> None:
    found = operations(document(role))
    assert found.keys() == {(route.method, route.path) for route in ROUTES if role is None or role in route.roles}


def test_an_operation_says_who_may_ask_what_is_sent_and_what_comes_back() -> None:
    said = document()
    for route in ROUTES:
        operation = operations(said)[route.method, route.path]
        assert {role for line in operation["security"] for role in line["peer"]} == {str(kind) for kind in route.peers}
        assert all(len(line["peer"]) == 1 for line in operation["security"])  # any of them will do
        assert set(operation["x-nodes"]) == {str(kind) for kind in route.roles}
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
        assert answer.removeprefix("#/components/schemas/") == answer_of(route).__name__
        if route.shape is None:
            assert "requestBody" not in operation
        else:
            asked = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            assert asked.removeprefix("#/components/schemas/") == route.shape.__name__
    assert len({deed_name(route) for route in ROUTES}) == len(ROUTES)


def test_each_problem_stands_under_its_status_with_what_the_asker_may_do() -> None:
    said = document()
    for kind in Kind:
        problem = Problem(kind)
        schema = said["components"]["schemas"][f"Problem{int(problem.status)}"]
        assert TYPE_PREFIX + kind in schema["properties"]["type"]["enum"]
        assert problem.remedy in schema["properties"]["remedy"]["enum"]
        assert all(str(int(problem.status)) in each["responses"] for each in operations(said).values())
    assert "retry_after" in said["components"]["schemas"]["Problem503"]["required"]


def test_messages_refuse_what_they_do_not_know_and_so_do_their_schemas() -> None:
    schemas = document()["components"]["schemas"]
    shapes = [shape for route in ROUTES for shape in (route.shape, answer_of(route)) if shape is not None]
    assert all(schemas[shape.__name__]["additionalProperties"] is False for shape in shapes)


def test_whoever_may_speak_here_is_told(world, open_town) -> None:
    for role, code in NODES.items():
        node = open_town(role=role, code=code)
        for certificate in ("kiosk", "home", "prefecture", "centre"):
            link = NodeLink(node.url, line_context(world.files(certificate), code), Limit(lambda: 0.0, until=30))
            link.request("GET", "/openapi.json")
            answer = link.getresponse()
            body, own_kiosk = answer.read(), code == "21361"
            if certificate == "kiosk" and not own_kiosk:
                assert answer.status == 403
            else:
                assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
                assert msgspec.json.decode(body) == document(role)
            link.close()


def test_the_command_prints_it() -> None:
    whole = CliRunner().invoke(app, ["openapi"])
    assert json.loads(whole.stdout) == document()
    assert json.loads(CliRunner().invoke(app, ["openapi", "--role", "centre"]).stdout) == document(PeerKind.CENTRE)
