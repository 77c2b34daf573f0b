"""What a keeper of identities says when a resident asks, through the home town, which administrative bodies were told of them (開示).

What is under an embargo is left out before anything is counted, ordered or cut off: neither a gap nor a number nor "there are more" tells
of it. A line's place in the log does not either, since the lines between are about everybody. Mass runs come as one line a body and affair,
the newest, with how many they were.

Only the town where the person is recorded now may ask, and only for that person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, select

from jukinet.agency_messages import Embargo
from jukinet.disclosure_messages import Provisions, ProvisionsAsk
from jukinet.errors import Kind, Problem
from jukinet.messages import MOST_LOOKS, Look
from jukinet.node.agencies.desk import Desk
from jukinet.node.agencies.provisions import Provision, path_in_line, provisions_of, subject_of
from jukinet.node.audit.log import instant
from jukinet.node.audit.prover import Prover
from jukinet.node.hours import local_date
from jukinet.node.storage.tables import identities
from jukinet.node_messages import Change
from jukinet.peers import Peer


@dataclass(frozen=True)
class Shown:
    """`times`: how many of the kind it stands for."""

    provision: Provision
    times: int = 1


def shown(provisions: Sequence[Provision], embargo_days: int, now: datetime) -> list[Shown]:
    """Newest first. `provisions`: all of one person, oldest first."""
    over = instant(now - timedelta(days=embargo_days))
    found: list[Shown] = []
    runs: dict[tuple[str, str], int] = {}
    for each in reversed(provisions):
        run = (each.body, each.affair)
        if each.embargo is Embargo.LATER and each.at > over:
            continue
        if each.embargo is Embargo.COUNTS and run in runs:
            at = runs[run]
            found[at] = Shown(found[at].provision, found[at].times + 1)
            continue
        if each.embargo is Embargo.COUNTS:
            runs[run] = len(found)
        found.append(Shown(each))
    return found


async def disclose(desk: Desk, prover: Prover, peer: Peer, ask: ProvisionsAsk) -> Provisions:
    """Raises Problem(NOT_ALLOWED): the person is not recorded in that town."""
    if not await desk.register.read(partial(_lives, town=ask.town, code=ask.resident_code)):
        raise Problem(Kind.NOT_ALLOWED, "resident")
    subject, now = subject_of(desk.log, ask.resident_code), desk.clock()

    def look(connection: Connection) -> tuple[list[tuple[Shown, list[bytes]]], bool]:
        found = shown(provisions_of(connection, desk.code, subject), desk.keeping.embargo_days, now)
        told = found[:MOST_LOOKS]
        return [(each, path_in_line(connection, desk.code, each.provision)) for each in told], len(found) > len(told)

    found, more = await desk.issues.read(look)
    proofs = await prover.lines([each.provision.line for each, _ in found])
    await desk.issues.write(
        partial(desk.log.append, kind="node_provisions_told", actor=peer.uri, visit=ask.visit, subject=subject),
    )
    looks = [
        Look(
            logged=proofs[each.provision.line],
            subject=subject,
            place=each.provision.place,
            path=path,
            told=list(each.provision.told),
            times=each.times,
        )
        for each, path in found
        if each.provision.line in proofs
    ]
    since = local_date(now - timedelta(days=desk.keeping.provisions_days)).isoformat()
    return Provisions(since=since, looks=looks, more=more, agencies=desk.rights().raw)


def _lives(connection: Connection, town: str, code: str) -> bool:
    here = (identities.c.town == town, identities.c.resident_code == code)
    change = connection.execute(select(identities.c.change).where(*here)).scalar()
    return change is not None and change not in (Change.REMOVED, Change.DECEASED)
