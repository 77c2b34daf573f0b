"""Problems: the few ways in which a node says no (RFC 9457), each with what the asker may do next.

`type` on the wire is "https://jukinet.invalid/problems/" + the kind; `.invalid` because nothing needs to be fetched there.
A kind that would tell somebody why a record is closed does not exist: protection (支援措置), a move under way and every other
"not today" are the one kind NOT_TODAY with a class from `NotToday`, and protection shares its class with harmless causes.
"""

from enum import StrEnum
from http import HTTPStatus


class Remedy(StrEnum):
    RETRY_AFTER = "retry_after"  # the same request, after `retry_after` seconds
    FINAL = "final"  # asking again changes nothing
    ASK_STAFF = "ask_staff"  # a person at a counter can go on


class Kind(StrEnum):
    # the message
    MALFORMED = "malformed"  # not JSON, unknown field, wrong type
    TOO_LARGE = "too-large"
    NOT_FOUND = "not-found"
    DEADLINE = "deadline"  # nobody waits for this any more, so it was not begun
    # the peer
    NOT_ALLOWED = "not-allowed"  # this peer may not ask this
    PEER_REVOKED = "peer-revoked"
    WRONG_TOWN = "wrong-town"
    DELEGATION = "delegation"  # this work is another node's; `reason` is the code of the one that does it
    # the proof
    PROOF = "proof"  # signature, nonce or binding does not hold
    REPLAY = "replay"  # the nonce was used before
    OTHER_REQUEST = "other-request"  # this visit already asked something else (422)
    # the card
    CARD_EXPIRED = "card-expired"
    CARD_REVOKED = "card-revoked"  # with `reason`
    CARD_UNKNOWN = "card-unknown"  # issuer not trusted, or nobody's card
    # the record
    UNDER_AGE = "under-age"
    NO_MEMBER = "no-member"  # a person asked for is not of the household
    GONE = "gone"  # moved away or deceased: no longer recorded there
    NOT_TODAY = "not-today"  # with `reason`, a NotToday
    # a move by card (転入届の特例)
    PAPER_WAY = "paper-way"  # not by card; the paper moving-out certificate is the way; `reason`, a PaperWay
    MOVE_USED = "move-used"  # the notice was given already; `reason` is how far the move is
    MOVE_DATE = "move-date"  # no day for this notice: still to come, or too far off
    # the time and the line
    CLOSED = "closed"  # outside the hours of the town or of the network
    UNREACHABLE = "unreachable"  # a node further on does not answer
    BUSY = "busy"
    STALE = "stale"  # what this node knows of the network is too old for this work; `reason`: directory or crl
    INTERNAL = "internal"


class NotToday(StrEnum):
    """即日発行できない: classes that a slip may name. Protection is always COUNTER, like a pending change or an odd character."""

    COUNTER = "counter"  # only at the counter of the home town
    HOME_CLOSED = "home-closed"
    HOME_UNREACHABLE = "home-unreachable"


class PaperWay(StrEnum):
    """Why somebody moves with a paper moving-out certificate (転出証明書), made at a counter of the old town, and not by card alone."""

    CARD_EXPIRED = "card-expired"
    CARD_REVOKED = "card-revoked"
    CARD_UNKNOWN = "card-unknown"
    NOT_CARRIED_ON = "not-carried-on"  # moved with this card before, and it was not carried on (継続利用) since
    NO_CARD = "no-card"  # the card's holder is not among those who move
    LATE_NOTICE = "late-notice"  # of moving out, more than 14 days after the move
    LATE = "late"  # more than 14 days since moving in, or 30 since the day that was given when moving out
    NOT_EXPECTED = "not-expected"  # no town has announced this card's holder here
    SAME_TOWN = "same-town"  # no move but a change of address (転居届), which its own counter takes
    NO_SUCH_TOWN = "no-such-town"  # abroad, or a town that is not in the network


_RULES: dict[Kind, tuple[HTTPStatus, Remedy]] = {
    Kind.MALFORMED: (HTTPStatus.BAD_REQUEST, Remedy.FINAL),
    Kind.TOO_LARGE: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Remedy.FINAL),
    Kind.NOT_FOUND: (HTTPStatus.NOT_FOUND, Remedy.FINAL),
    Kind.DEADLINE: (HTTPStatus.GATEWAY_TIMEOUT, Remedy.RETRY_AFTER),
    Kind.NOT_ALLOWED: (HTTPStatus.FORBIDDEN, Remedy.FINAL),
    Kind.PEER_REVOKED: (HTTPStatus.FORBIDDEN, Remedy.ASK_STAFF),
    Kind.WRONG_TOWN: (HTTPStatus.FORBIDDEN, Remedy.FINAL),
    Kind.DELEGATION: (HTTPStatus.MISDIRECTED_REQUEST, Remedy.FINAL),
    Kind.PROOF: (HTTPStatus.FORBIDDEN, Remedy.FINAL),
    Kind.REPLAY: (HTTPStatus.CONFLICT, Remedy.FINAL),
    Kind.OTHER_REQUEST: (HTTPStatus.UNPROCESSABLE_ENTITY, Remedy.FINAL),
    Kind.CARD_EXPIRED: (HTTPStatus.FORBIDDEN, Remedy.ASK_STAFF),
    Kind.CARD_REVOKED: (HTTPStatus.FORBIDDEN, Remedy.ASK_STAFF),
    Kind.CARD_UNKNOWN: (HTTPStatus.FORBIDDEN, Remedy.ASK_STAFF),
    Kind.UNDER_AGE: (HTTPStatus.FORBIDDEN, Remedy.ASK_STAFF),
    Kind.NO_MEMBER: (HTTPStatus.FORBIDDEN, Remedy.FINAL),
    Kind.GONE: (HTTPStatus.FORBIDDEN, Remedy.ASK_STAFF),
    Kind.NOT_TODAY: (HTTPStatus.FORBIDDEN, Remedy.ASK_STAFF),
    Kind.PAPER_WAY: (HTTPStatus.FORBIDDEN, Remedy.ASK_STAFF),
    Kind.MOVE_USED: (HTTPStatus.CONFLICT, Remedy.ASK_STAFF),
    Kind.MOVE_DATE: (HTTPStatus.UNPROCESSABLE_ENTITY, Remedy.FINAL),
    Kind.CLOSED: (HTTPStatus.SERVICE_UNAVAILABLE, Remedy.RETRY_AFTER),
    Kind.UNREACHABLE: (HTTPStatus.BAD_GATEWAY, Remedy.RETRY_AFTER),
    Kind.BUSY: (HTTPStatus.SERVICE_UNAVAILABLE, Remedy.RETRY_AFTER),
    Kind.STALE: (HTTPStatus.SERVICE_UNAVAILABLE, Remedy.RETRY_AFTER),
    Kind.INTERNAL: (HTTPStatus.INTERNAL_SERVER_ERROR, Remedy.RETRY_AFTER),
}

TYPE_PREFIX = "https://jukinet.invalid/problems/"


class Problem(Exception):
    """Raised by node services and by the client alike. `reason` is a word from a closed list, never free text about a person."""

    def __init__(self, kind: Kind, reason: str = "", retry_after: int | None = None) -> None:
        super().__init__(f"{kind}{': ' + reason if reason else ''}")
        self.kind = kind
        self.reason = reason
        self.retry_after = retry_after

    @property
    def status(self) -> HTTPStatus:
        return _RULES[self.kind][0]

    @property
    def remedy(self) -> Remedy:
        return _RULES[self.kind][1]


class WrongAnswer(Exception):
    """An answer that is not the answer to our question: its signature, visit, nonce, card, kiosk or digest differs. `field` says
    which. Nothing of it may be used; the node that sent it is mixed up or hostile."""

    def __init__(self, field: str) -> None:
        super().__init__(f"answer does not match the question: {field}")
        self.field = field


class SettingsError(Exception):
    """A settings file or a file it names is not usable. `str()` says file, key and what would be right."""
