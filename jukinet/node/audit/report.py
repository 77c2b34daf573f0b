"""What a month's log says to whoever must look through it: how much, when, by whom, what was refused, and what nothing explains.

Counts and marks only. A subject is the log's own keyed hash; nobody can be found by it without the municipality's key.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from jukinet.node.audit.log import Stream, within
from jukinet.node.hours import JST
from jukinet.node.storage.tables import audit

MANY_ASKERS = 3  # different peers about one person in a month
LOOKS = ("node_household_told", "node_extract_told")
VERDICTS = ("match", "changed", "deceased", "not_found")


@dataclass
class Month:
    """`month` is "2026-11", in local time like all hours here."""

    month: str
    lines: Counter[str] = field(default_factory=Counter)  # by kind
    hours: Counter[int] = field(default_factory=Counter)  # of the exchanges
    peers: Counter[str] = field(default_factory=Counter)
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)  # (peer, problem)
    outcomes: Counter[str] = field(default_factory=Counter)
    unexplained: dict[str, str] = field(default_factory=dict)  # visit -> the peer that looked, and no paper came of it
    gaps: list[str] = field(default_factory=list)  # serials that are missing, by day
    asked_often: dict[str, int] = field(default_factory=dict)  # subject -> how many peers
    splits: list[str] = field(default_factory=list)  # logs in two versions
    asked_by_bodies: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # (body, affair, ground) -> persons asked for


def month_of(connection: Connection, town: str, month: str) -> Month:
    return read_month(month, lines_of(connection, town))


def lines_of(connection: Connection, town: str) -> Iterator[Mapping[str, Any]]:
    """All lines that still have their text."""
    for stream in Stream:
        for entry in connection.execute(select(audit.c.entry).where(*within(audit, town, stream)).order_by(audit.c.seq)).scalars():
            if entry:
                yield json.loads(entry)


def read_month(month: str, lines: Iterable[Mapping[str, Any]]) -> Month:
    """A look-up counts as explained when a paper was issued on it, a move was begun, or the resident gave the visit up at the kiosk."""
    found = Month(month)
    explained: set[str] = set()
    serials: dict[str, list[tuple[int, int]]] = defaultdict(list)
    askers: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        at = datetime.fromisoformat(line["at"]).astimezone(JST)
        kind, visit = line["kind"], line.get("visit", "")
        if kind in ("node_issued", "node_issue_told", "node_visit_closed", "node_move_noticed"):
            explained.add(visit)  # of later months too: a visit may go over midnight
        if f"{at:%Y-%m}" != month:
            continue
        found.lines[kind] += 1
        if "actor" in line:
            found.hours[at.hour] += 1
            found.peers[line["actor"]] += 1
        match kind:
            case "node_refused":
                found.refusals[line["actor"], line["reason"]] += 1
            case "node_agency_answered" | "node_agency_batch":
                persons = sum(line[verdict] for verdict in VERDICTS)
                found.asked_by_bodies[line["actor"], line["affair"], line["ground"]] += persons
            case "node_question_refused" | "node_agency_refused":
                found.refusals[line["actor"], line["problem"]] += 1
            case "node_outcome":
                found.outcomes[line["status"]] += 1
            case "node_issued":
                serials[line["day"]].append((line["first_serial"], line["copies"]))
            case "node_split_view":
                found.splits.append(f"{line['log']} at {line['size']}, said by {line['said_by']}")
            case _ if kind in LOOKS:
                found.unexplained[visit] = line["actor"]
                askers[line["subject"]].add(line["actor"])
    found.unexplained = {visit: actor for visit, actor in found.unexplained.items() if visit not in explained}
    found.asked_often = {subject: len(peers) for subject, peers in askers.items() if len(peers) >= MANY_ASKERS}
    found.gaps = [gap for day in sorted(serials) for gap in _gaps(day, sorted(serials[day]))]
    return found


def _gaps(day: str, taken: list[tuple[int, int]]) -> Iterator[str]:
    expected = 1
    for first, copies in taken:
        if first != expected:
            yield f"{day}: {expected:03d} to {first - 1:03d}"
        expected = first + copies


def as_text(month: Month) -> str:
    """For a screen or a printer, 80 columns."""
    return "\n".join(_sections(month)) + "\n"


def _sections(month: Month) -> Iterator[str]:
    yield f"Use of the register network in {month.month}"
    yield from _table("Lines by kind", [(kind, count) for kind, count in sorted(month.lines.items())])
    yield from _table("By hour (local time)", [(f"{hour:02d}:00", month.hours[hour]) for hour in sorted(month.hours)])
    yield from _table("By peer", [(peer, count) for peer, count in month.peers.most_common()])
    yield from _table("Refusals", [(f"{peer}  {why}", count) for (peer, why), count in month.refusals.most_common()])
    yield from _table("What became of issued papers", sorted(month.outcomes.items()))
    yield from _list(
        "Look-ups without a paper or a word of the resident", [f"{visit}  {actor}" for visit, actor in month.unexplained.items()]
    )
    yield from _list("One person asked for by many", [f"{subject}  {count} peers" for subject, count in month.asked_often.items()])
    yield from _list("Serial numbers missing", month.gaps)
    yield from _list("Logs shown in two versions", month.splits)
    bodies = [(f"{body.rpartition('/')[2]} {affair} {ground}", n) for (body, affair, ground), n in month.asked_by_bodies.most_common()]
    yield from _table("Persons asked for by administrative bodies", bodies)


def _table(title: str, rows: list[tuple[str, int]]) -> Iterator[str]:
    yield from _list(title, [f"{name:<68}{count:>8,}" for name, count in rows])


def _list(title: str, rows: list[str]) -> Iterator[str]:
    yield f"\n{title}: {len(rows) or 'none'}"
    yield from (f"  {row}" for row in rows)
