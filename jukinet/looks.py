"""Which lines of a node's log say that somebody looked at a person's record, and what a line with its proof is worth to that person.

Whose record it was stands in a line as a keyed hash. A town's lines name the persons who were read, and nobody else of their household: who
shares a home does not learn by it what a member did. Lines about administrative bodies name them by the root of a tree over all who
were found, so that a person's place in it can be shown without the others.

Nothing that is shown comes from beside the line: who, when, for which affair and on which ground are read out of the proven text, and
titles out of the table that the centre signed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jukinet.agency_messages import AgencyTable
from jukinet.messages import Logged, Look, Looks
from jukinet.notes import Checkpoint, Verifier, WrongNote, log_origin
from jukinet.tree import is_included, leaf_hash

EXCHANGES = "exchanges"
# Kinds of lines, the field that says whose record was read, and the ground. Copies in the own town are of art. 12, elsewhere of 12-4.
_COPY, _MOVE = "住民基本台帳法12条の4", "住民基本台帳法24条の2"
_OWN_COPY = "住民基本台帳法12条"
_READ = {
    "node_household_told": ("subject", _COPY),
    "node_extract_told": ("subjects", _COPY),
    "node_move_noticed": ("subjects", _MOVE),
    "node_move_leaving": ("subjects", _MOVE),
    "node_moves_told": ("subject", _MOVE),
    "node_disclosure_told": ("subject", "個人情報の保護に関する法律76条"),
}
_BODIES = frozenset({"node_agency_answered", "node_agency_batch"})
_FOUND = ("match", "changed", "deceased")  # verdicts about a person; the others are about nobody


def whose(kind: str, fields: Mapping[str, Any]) -> Sequence[str]:
    """The persons whose record a line says was looked at. A move's step is a look when its certificate goes out."""
    if kind not in _READ or not fields.get("certificate", True):
        return ()
    named = fields[_READ[kind][0]]
    return (named,) if isinstance(named, str) else named


@dataclass(frozen=True)
class Seen:
    """A line as it may be shown. `proven` False: it does not hold, what it says is worth nothing, and `body` is the log's owner. `deed` is
    the line's kind, `who` the URI of whoever was told and `body` what the directory or the signed table calls it; `affair` is the table's,
    "" for a town's."""

    log: str  # code of the node that wrote it
    index: int
    proven: bool
    at: str = ""
    deed: str = ""
    who: str = ""
    body: str = ""
    affair: str = ""
    ground: str = ""
    items: tuple[str, ...] = ()
    times: int = 1
    checkpoint: Checkpoint | None = None


@dataclass(frozen=True)
class Disclosed:
    """All that was told to a resident, newest first. `asked` is the line that says that they asked."""

    town: str
    since: str
    seen: tuple[Seen, ...]
    more: bool
    asked: int


@dataclass(frozen=True)
class Known:
    """What is known without the answer. `keys`: of the logs that may tell of this person, by code; `names`: what the directory calls
    their owners."""

    keys: Mapping[str, Verifier | None]
    names: Mapping[str, str]
    table: AgencyTable | None


def judge_all(told: Looks, logged: Logged | None, known: Known) -> Disclosed:
    """`logged`: the line of this very answer, already held to its log: it says who the person is there. A keeper's lines are all about one
    person, whom it named for the home town's question."""
    asked = {} if logged is None else json.loads(logged.entry)
    subjects = {_node(look): look.subject for look in told.looks} | {told.town: asked.get("subject", "")}
    seen = tuple(judge(look, known, subjects) for look in told.looks)
    return Disclosed(told.town, told.since, seen, told.more, 0 if logged is None else logged.index)


def _node(look: Look) -> str:
    try:
        return str(json.loads(look.logged.entry)["node"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""


def judge(look: Look, known: Known, subjects: Mapping[str, str]) -> Seen:
    """`subjects`: the person in each log. Total: what is not so comes out unproven."""
    logged = look.logged
    try:
        line = json.loads(logged.entry)
        node = line["node"]
        key = known.keys[node]
        if key is None:
            return _unproven(node, look, known)
        checkpoint = key.checkpoint(logged.checkpoint, log_origin(node, EXCHANGES))
        stands = is_included(leaf_hash(logged.entry.encode()), logged.index, checkpoint.size, logged.path, checkpoint.root)
        if not stands or line["seq"] != logged.index or subjects[node] != look.subject or not _is_about(line, look):
            return _unproven(node, look, known)
        return _seen(line, look, checkpoint, known)
    except (WrongNote, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        return Seen("", logged.index, False)


def _unproven(node: str, look: Look, known: Known) -> Seen:
    """The log is one of those that are known, or there would be no key to ask for."""
    return Seen(node, look.logged.index, False, body=known.names.get(node, node))


def _is_about(line: Mapping[str, Any], look: Look) -> bool:
    if line["kind"] not in _BODIES:
        return look.times == 1 and not look.told and look.subject in whose(line["kind"], line)
    found = sum(line[verdict] for verdict in _FOUND)
    root = bytes.fromhex(line["subjects"])
    return set(look.told) <= set(line["items"]) and is_included(leaf_hash(look.subject.encode()), look.place, found, look.path, root)


def _seen(line: Mapping[str, Any], look: Look, checkpoint: Checkpoint, known: Known) -> Seen:
    kind, who = line["kind"], line["actor"]
    name, affair = who.split("/")[3], ""
    if kind in _BODIES:
        body, affair, ground = name, line["affair"], line["ground"]
        if known.table is not None:
            grant = next((each.title for each in known.table.grants if (each.body, each.affair) == (body, affair)), affair)
            body, affair = next((each.title for each in known.table.bodies if each.name == body), body), grant
    else:
        body, ground = known.names.get(name, name), _READ[kind][1]
        if ground == _COPY and name == line["node"]:
            ground = _OWN_COPY
    told, index = tuple(look.told), look.logged.index
    return Seen(line["node"], index, True, line["at"], kind, who, body, affair, ground, told, look.times, checkpoint)
