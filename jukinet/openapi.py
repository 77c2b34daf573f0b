"""What can be asked of a node, as OpenAPI 3.1: drawn from the table of routes, the messages and the problems, so that it cannot say
anything else than the program does.

Who may ask stands in each operation's `security` (OpenAPI 3.1 lets a mutual-TLS requirement name roles): one line a kind of peer, any of
which will do. `x-nodes` are the kinds of node that have the operation. What a signed answer holds is not in the answer's own schema, where
it is one text; the payloads are among the schemas all the same, under the `typ` of their JWS in `x-signed`.
"""

import inspect
import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

import msgspec

from jukinet.errors import TYPE_PREFIX, Kind, Problem
from jukinet.messages import VERSION, Message, VisitId
from jukinet.node.routes import ROUTES, Answering, Route
from jukinet.peers import PeerKind
from jukinet.signing import PAYLOADS
from jukinet.wire import DEADLINE, EXCHANGE, JSON, PROBLEM_JSON, ProblemDocument

PATH = "/openapi.json"

_SCHEMAS = "#/components/schemas/{name}"
_PEER = "peer"
_ROLES = {
    PeerKind.KIOSK: "jukinet://kiosk/TOWN/NAME",
    PeerKind.MUNICIPALITY: "jukinet://node/NNNNN",
    PeerKind.PREFECTURE: "jukinet://node/NN",
    PeerKind.CENTRE: "jukinet://node/centre",
    PeerKind.AGENCY: "jukinet://agency/NAME",
}
_IDENTITY = (
    "Mutual TLS 1.3 with a certificate by a CA of the network; its one SAN URI says who asks: "
    + ", ".join(f"{kind} {uri}" for kind, uri in _ROLES.items())
    + ". The asker must be in the centre's signed directory and on no revocation list."
)
_ABOUT = (
    "The register network: what kiosks, municipalities, prefectures, the centre and administrative bodies ask of its nodes. "
    "docs/protocol.md tells in which order, and what must be checked of an answer before it is believed."
)
# A problem of these statuses is of a moment: it always says when to come back.
_COME_BACK = 503

_Json = dict[str, Any]


def document(role: PeerKind | None = None) -> _Json:
    """Of a node of this role; None: of all of them."""
    routes = [route for route in ROUTES if role is None or role in route.roles]
    shapes = [shape for route in routes for shape in (route.shape, answer_of(route)) if shape is not None]
    paths: dict[str, _Json] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "jukinet",
            "version": str(VERSION),
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{_PEER: []}],
        "paths": paths,
        "components": {
            "schemas": _schemas([*shapes, *PAYLOADS.values()]) | {_problem_name(status): _problem(kinds) for status, kinds in _statuses()},
            "responses": {_problem_name(status): _refusal(status, kinds) for status, kinds in _statuses()},
            "parameters": _PARAMETERS,
            "securitySchemes": {_PEER: {"type": "mutualTLS", "description": _IDENTITY}},
        },
        "x-signed": {typ: _reference(shape) for typ, shape in PAYLOADS.items()},
    }


def answer_of(route: Route) -> type[Message]:
    """What a route answers with: it stands in the node's own type."""
    deed = route.deed(cast(Answering, Answering))
    return cast(type[Message], inspect.get_annotations(deed, eval_str=True)["return"])


def deed_name(route: Route) -> str:
    return route.deed(cast(Answering, Answering)).__name__


def _operation(route: Route) -> _Json:
    answer = {"description": f"{answer_of(route).__name__}", "content": {JSON: {"schema": _reference(answer_of(route))}}}
    operation: _Json = {
        "operationId": deed_name(route),
        "security": [{_PEER: [str(kind)]} for kind in sorted(route.peers)],
        "x-nodes": sorted(route.roles),
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in _PARAMETERS if name in (*_HEADERS, *_in_path(route.path))],
        "responses": {"200": answer}
        | {str(status): {"$ref": f"#/components/responses/{_problem_name(status)}"} for status, _ in _statuses()},
    }
    if route.shape is not None:
        operation["description"] = inspect.getdoc(route.shape)
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": _reference(route.shape)}}}
    return operation


def _in_path(path: str) -> list[str]:
    return re.findall(r"\{(\w+)\}", path)


_HEADERS: Mapping[str, _Json] = {
    EXCHANGE: {
        "description": "Names this exchange in the logs of all nodes it passes: 1 to 64 of 0-9, A-Z, a-z and -. Others are replaced.",
        "schema": {"type": "string"},
    },
    DEADLINE: {
        "description": "Milliseconds for which the asker still waits. What nobody waits for is not begun.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
    },
}
_PARAMETERS: Mapping[str, _Json] = {name: {"name": name, "in": "header", "required": False, **rest} for name, rest in _HEADERS.items()} | {
    "visit": {"name": "visit", "in": "path", "required": True, "schema": msgspec.json.schema(VisitId)}
}


# -- messages ---------------------------------------------------------------------------------------------------------


def _reference(shape: type[msgspec.Struct]) -> _Json:
    return {"$ref": _SCHEMAS.format(name=shape.__name__)}


def _schemas(shapes: Iterable[type[msgspec.Struct]]) -> _Json:
    _, components = msgspec.json.schema_components(dict.fromkeys(shapes), ref_template=_SCHEMAS)
    for schema in components.values():
        if "description" in schema:
            schema["description"] = inspect.cleandoc(schema["description"])
    return dict(sorted(components.items()))


# -- problems ---------------------------------------------------------------------------------------------------------


def _statuses() -> list[tuple[int, list[Kind]]]:
    found: dict[int, list[Kind]] = {}
    for kind in Kind:
        found.setdefault(int(Problem(kind).status), []).append(kind)
    return sorted(found.items())


def _problem_name(status: int) -> str:
    return f"Problem{status}"


def _problem(kinds: list[Kind]) -> _Json:
    status = int(Problem(kinds[0]).status)
    schema: _Json = msgspec.json.schema_components([ProblemDocument])[1][ProblemDocument.__name__]
    schema["title"] = _problem_name(status)
    schema["properties"] |= {
        "type": {"enum": [TYPE_PREFIX + kind for kind in kinds]},
        "status": {"const": status},
        "remedy": {"enum": sorted({str(Problem(kind).remedy) for kind in kinds})},
        "retry_after": {"type": "integer", "minimum": 1},
    }
    schema["required"] = ["type", "status", "remedy", "instance", *(["retry_after"] if status == _COME_BACK else [])]
    return schema


def _refusal(status: int, kinds: list[Kind]) -> _Json:
    seconds = {"Retry-After": {"description": "As `retry_after`.", "required": True, "schema": {"type": "integer", "minimum": 1}}}
    return {
        "description": ", ".join(kinds),
        **({"headers": seconds} if status == _COME_BACK else {}),
        "content": {PROBLEM_JSON: {"schema": {"$ref": _SCHEMAS.format(name=_problem_name(status))}}},
    }
