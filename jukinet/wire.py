"""What both ends of a line write the same way: header names, content types, size limits, and a problem as bytes and back (RFC 9457)."""

import msgspec

from jukinet.errors import TYPE_PREFIX, Kind, Problem
from jukinet.messages import UNREADABLE

JSON = "application/json"
PROBLEM_JSON = "application/problem+json"

EXCHANGE = "X-Exchange"  # names one exchange through all nodes it passes: the visit and a counter, or what the first node chose
DEADLINE = "X-Deadline"  # milliseconds for which the asker still waits

# A question carries a card certificate (2 kB) or an extract of up to 99 persons (256 kB).
LARGEST_QUESTION = 512 * 1024
# The directory of all towns is the largest answer: 1,741 x 400 bytes, signed.
LARGEST_ANSWER = 8 * 1024 * 1024


class ProblemDocument(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A problem on the wire. `reason` is a word from a closed list, `retry_after` is in seconds, `instance` names the exchange."""

    type: str
    status: int
    reason: str = ""
    remedy: str = ""
    retry_after: int | None = None
    instance: str = ""


def problem_bytes(problem: Problem, exchange: str) -> bytes:
    """`exchange` lets a person find the log line; it is the only thing a peer learns about an internal error."""
    return msgspec.json.encode(
        ProblemDocument(
            type=TYPE_PREFIX + problem.kind,
            status=int(problem.status),
            reason=problem.reason,
            remedy=problem.remedy,
            retry_after=problem.retry_after,
            instance=f"urn:jukinet:exchange:{exchange}",
        )
    )


def problem_from(status: int, body: bytes) -> Problem:
    """Total: an answer that is no problem document, or of a kind newer than we are, is a line that does not work."""
    try:
        document = msgspec.json.decode(body, type=ProblemDocument)
        kind = Kind(document.type.removeprefix(TYPE_PREFIX))
    except (*UNREADABLE, ValueError):
        return Problem(Kind.UNREACHABLE, f"status-{status}")
    return Problem(kind, document.reason, document.retry_after)
